"""The base of all our images, `debian:trixie-slim`: pulled, or made with debootstrap where no registry is reachable.

A made one takes its mirror, its certificate authorities and its apt settings from the host, so that an ordinary
Dockerfile builds on it unchanged, also behind a proxy which has an authority of its own.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from local.command import pipe, run, succeeds
from local.errors import LocalError
from local.progress import step
from local.settings import BASE_IMAGE, BASE_SUITE, SCRATCH

HOST_AUTHORITIES = Path("/usr/local/share/ca-certificates")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
#: Settings of the host's apt which a mirror may need: an old snapshot, a proxy.
APT_SETTINGS = (
    "Acquire::Check-Valid-Until",
    "Acquire::Check-Date",
    "Acquire::Retries",
    "Acquire::http::Proxy",
    "Acquire::https::Proxy",
)


def ensure_base_image() -> None:
    """Bring the base image to the engine.

    Raises:
        LocalError: it can neither be pulled nor made.
    """
    if succeeds(["docker", "image", "inspect", BASE_IMAGE]):
        return
    with step(f"base image {BASE_IMAGE}"):
        try:
            run(["docker", "pull", BASE_IMAGE], timeout=600)
        except LocalError:
            _make()


def debian_sources(index_targets: str) -> tuple[str, str | None]:
    """Mirror and security mirror in the output of `apt-get indextargets --format '$(REPO_URI)'`.

    Raises:
        LocalError: no repository of Debian is configured.
    """
    addresses = list(dict.fromkeys(line.strip() for line in index_targets.splitlines() if line.strip()))
    security = next((a for a in addresses if "security" in urlsplit(a).path or "security" in urlsplit(a).netloc), None)
    main = next((a for a in addresses if a != security and urlsplit(a).path.rstrip("/").endswith("/debian")), None)
    if main is None:
        raise LocalError("the base image cannot be pulled, nor made: apt has no Debian mirror configured")
    return main, security


def apt_sources(main: str, security: str | None) -> str:
    """A debian.sources file (deb822) for the base image's release."""
    parts = [(main, f"{BASE_SUITE} {BASE_SUITE}-updates")]
    if security:
        parts.append((security, f"{BASE_SUITE}-security"))
    return "\n".join(
        f"Types: deb\nURIs: {address}\nSuites: {suites}\nComponents: main\nSigned-By: {KEYRING}\n"
        for address, suites in parts
    )


def apt_settings(dump: str) -> str:
    """The lines of `apt-config dump` that the image takes over; none with a password in it."""
    return "".join(f"{line}\n" for line in dump.splitlines() if line.split(" ")[0] in APT_SETTINGS and "@" not in line)


def _make() -> None:
    if os.geteuid() != 0:
        raise LocalError(f"{BASE_IMAGE} cannot be pulled, and only root can make it (run this once as root)")
    if shutil.which("debootstrap", path="/usr/sbin:/sbin:/usr/bin") is None:
        raise LocalError(f"{BASE_IMAGE} cannot be pulled and debootstrap is not installed to make it")
    SCRATCH.mkdir(parents=True, exist_ok=True)
    main, security = debian_sources(run(["apt-get", "indextargets", "--format", "$(REPO_URI)"]))
    with tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
        root = Path(folder) / "root"
        run(["/usr/sbin/debootstrap", "--variant=minbase", "--include=ca-certificates", BASE_SUITE, root, main])
        _configure(root, main, security)
        _import(root)


def _configure(root: Path, main: str, security: str | None) -> None:
    (root / "etc/apt/sources.list").unlink(missing_ok=True)
    (root / "etc/apt/sources.list.d/debian.sources").write_text(apt_sources(main, security))
    (root / "etc/apt/apt.conf.d/90host").write_text(apt_settings(run(["apt-config", "dump"])))
    for authority in HOST_AUTHORITIES.glob("*.crt"):
        shutil.copy(authority, root / HOST_AUTHORITIES.relative_to("/"))
    run(["chroot", root, "update-ca-certificates"])
    for pattern in ("var/cache/apt/archives/*.deb", "var/lib/apt/lists/*_*", "var/log/*.log"):
        for file in root.glob(pattern):
            file.unlink()


def _import(root: Path) -> None:
    changes = ["--change", 'CMD ["bash"]']
    if any(HOST_AUTHORITIES.glob("*.crt")):
        # For programs that bring a list of authorities of their own and would not see the host's.
        changes += ["--change", "ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"]
    pipe(["tar", "-C", root, "--one-file-system", "-c", "."], ["docker", "import", *changes, "-", BASE_IMAGE])
