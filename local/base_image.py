"""The bases of our images, `debian:<suite>-slim`: pulled, or made with debootstrap where no registry is reachable.

A made one takes its mirror, its certificate authorities and its apt settings from the host, so that an ordinary
Dockerfile builds on it unchanged, also behind a proxy which has an authority of its own.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from pathlib import Path
from urllib.parse import urlsplit

from local.command import pipe, run, succeeds
from local.errors import LocalError
from local.progress import step
from local.settings import BASE_SUITE, SCRATCH

HOST_AUTHORITIES = Path("/usr/local/share/ca-certificates")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
#: Releases whose support has ended. Mirrors take the security suite of such a one apart (it lists packages that are not
#: there any more); the release itself stays complete.
UNSUPPORTED = frozenset({"bullseye"})
#: Images are built two at a time, and two may want the same base.
_ONE_AT_A_TIME = threading.Lock()
#: Settings of the host's apt which a mirror may need: an old snapshot, a proxy.
APT_SETTINGS = (
    "Acquire::Check-Valid-Until",
    "Acquire::Check-Date",
    "Acquire::Retries",
    "Acquire::http::Proxy",
    "Acquire::https::Proxy",
)


def ensure_base_image(suite: str = BASE_SUITE) -> None:
    """Bring the base image of a Debian release to the engine.

    Raises:
        LocalError: it can neither be pulled nor made.
    """
    image = base_image(suite)
    if _is_there(image):
        return
    with _ONE_AT_A_TIME:
        if _is_there(image):
            return
        with step(f"base image {image}"):
            try:
                run(["docker", "pull", image], timeout=600)
            except LocalError:
                _make(suite)


def _is_there(image: str) -> bool:
    return succeeds(["docker", "image", "inspect", image])


def base_image(suite: str) -> str:
    """The name of a Debian release's base image, e.g. `debian:trixie-slim`."""
    return f"debian:{suite}-slim"


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


def apt_sources(suite: str, main: str, security: str | None) -> str:
    """A debian.sources file (deb822) for the release of a base image."""
    parts = [(main, f"{suite} {suite}-updates")]
    if security and suite not in UNSUPPORTED:
        parts.append((security, f"{suite}-security"))
    return "\n".join(
        f"Types: deb\nURIs: {address}\nSuites: {suites}\nComponents: main\nSigned-By: {KEYRING}\n"
        for address, suites in parts
    )


def apt_settings(dump: str) -> str:
    """The lines of `apt-config dump` that the image takes over; none with a password in it."""
    return "".join(f"{line}\n" for line in dump.splitlines() if line.split(" ")[0] in APT_SETTINGS and "@" not in line)


def _make(suite: str) -> None:
    image = base_image(suite)
    if os.geteuid() != 0:
        raise LocalError(f"{image} cannot be pulled, and only root can make it (run this once as root)")
    if shutil.which("debootstrap", path="/usr/sbin:/sbin:/usr/bin") is None:
        raise LocalError(f"{image} cannot be pulled and debootstrap is not installed to make it")
    SCRATCH.mkdir(parents=True, exist_ok=True)
    main, security = debian_sources(run(["apt-get", "indextargets", "--format", "$(REPO_URI)"]))
    with tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
        root = Path(folder) / "root"
        # A folder of this host for temporary files is none inside the new root, where packages' scripts would use it.
        environment = {name: value for name, value in os.environ.items() if name != "TMPDIR"}
        command = ("/usr/sbin/debootstrap", "--variant=minbase", "--include=ca-certificates", suite, root, main)
        run(command, env=environment)
        _configure(root, apt_sources(suite, main, security))
        _import(root, image)


def _configure(root: Path, sources: str) -> None:
    (root / "etc/apt/sources.list").unlink(missing_ok=True)
    (root / "etc/apt/sources.list.d/debian.sources").write_text(sources)
    (root / "etc/apt/apt.conf.d/90host").write_text(apt_settings(run(["apt-config", "dump"])))
    for authority in HOST_AUTHORITIES.glob("*.crt"):
        shutil.copy(authority, root / HOST_AUTHORITIES.relative_to("/"))
    run(["chroot", root, "update-ca-certificates"])
    for pattern in ("var/cache/apt/archives/*.deb", "var/lib/apt/lists/*_*", "var/log/*.log"):
        for file in root.glob(pattern):
            file.unlink()


def _import(root: Path, image: str) -> None:
    changes = ["--change", 'CMD ["bash"]']
    if any(HOST_AUTHORITIES.glob("*.crt")):
        # For programs that bring a list of authorities of their own and would not see the host's.
        changes += ["--change", "ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"]
    pipe(["tar", "-C", root, "--one-file-system", "-c", "."], ["docker", "import", *changes, "-", image])
