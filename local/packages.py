"""The Debian packages that the local cluster needs on the host: installed when we are root, named exactly otherwise."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.command import run, succeeds
from local.errors import CommandFailed, LocalError
from local.progress import step

#: Package → the program that shows that it is there.
NEEDED: Mapping[str, str] = {
    "docker.io": "dockerd",
    "docker-cli": "docker",
    "debootstrap": "debootstrap",
    "iptables": "iptables",
}
#: Packages that only newer releases have: before Debian 13 Docker's client was part of docker.io.
NEWER = frozenset({"docker-cli"})
BROWSER = ("chromium",)
#: What the linters and the agent's tests run on.
TESTS = ("shellcheck", "phpunit", "php-cli", "php-mbstring", "php-xml", "php-mysql")
EVERYTHING = (*NEEDED, *BROWSER, *TESTS)
#: What go.mod of kro and CoreDNS ask for.
GO_WANTED = (1, 26)
#: The first release that fetches a newer one by itself (GOTOOLCHAIN=auto).
GO_OLDEST = (1, 21)


def ensure_packages() -> None:
    """Install what the cluster needs and the host does not have.

    Raises:
        LocalError: something is missing and we are not root; the text has the command to type.
    """
    ensure(tuple(NEEDED))


def ensure(packages: Sequence[str]) -> None:
    """Install those of the named Debian packages that are missing.

    Raises:
        LocalError: some are missing and we are not root; the text has the command to type.
    """
    missing = [name for name in packages if find_program(NEEDED.get(name, name)) is None and not _is_installed(name)]
    if missing:
        install(missing)


def install(packages: Sequence[str]) -> None:
    """Install Debian packages.

    Raises:
        LocalError: we are not root; the text has the command to type.
    """
    if os.geteuid() != 0:
        raise LocalError(f"as root, please: apt-get install --no-install-recommends {' '.join(packages)}")
    with step(f"Debian packages: {' '.join(packages)}"):
        # RUNLEVEL=1: packages do not start their services, there may be no init system to start them with.
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        run(["apt-get", "update", "-q"], env=env)
        known = [name for name in packages if name not in NEWER or succeeds(["apt-cache", "show", name])]
        run(["apt-get", "install", "-qy", "--no-install-recommends", *known], env=env)


def _is_installed(package: str) -> bool:
    try:
        return run(["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]) == "installed"
    except CommandFailed:
        return False


def find_program(name: str) -> str | None:
    """Where a program is, also in the folders that only root's PATH has."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])
    return shutil.which(name, path=path)


@dataclass(frozen=True)
class GoTool:
    """The `go` command, and whether it has to fetch a newer release of itself for our modules."""

    path: Path
    version: tuple[int, ...]

    def environment(self) -> dict[str, str]:
        """The environment for builds: static binaries, our go.mod alone, the same result in every checkout."""
        env = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off", "GOFLAGS": "-buildvcs=false"}
        if self.version < GO_WANTED:
            env["GOTOOLCHAIN"] = "auto"
        return env


def find_go() -> GoTool:
    """The Go tool; Debian's where there is none and we are root.

    Raises:
        LocalError: there is none, or it is too old to fetch the release that our modules want.
    """
    path = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin:/usr/lib/go/bin")
    if path is None:
        install(["golang-go"])
        path = shutil.which("go") or "/usr/bin/go"
    version = run([path, "env", "GOVERSION"]).strip().removeprefix("go")
    go = GoTool(Path(path), tuple(int(part) for part in re.findall(r"\d+", version)[:2]))
    if go.version < GO_OLDEST:
        raise LocalError(f"{path} is Go {version}; the cluster's programs want Go {GO_WANTED[0]}.{GO_WANTED[1]}")
    return go
