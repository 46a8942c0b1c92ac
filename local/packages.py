"""The Debian packages that the local cluster needs on the host: installed when we are root, named exactly otherwise."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.command import run, succeeds
from local.errors import LocalError
from local.progress import step

#: A program that shows a package is there → the package.
NEEDED: Mapping[str, str] = {
    "dockerd": "docker.io",
    "docker": "docker.io",
    "debootstrap": "debootstrap",
    "iptables": "iptables",
}
BROWSER = ("chromium",)
#: What the linters and the agent's tests run on.
TESTS = ("shellcheck", "phpunit", "php-cli", "php-mbstring", "php-xml", "php-mysql")
EVERYTHING = (*sorted(set(NEEDED.values())), *BROWSER, *TESTS)
#: What go.mod of kro and CoreDNS ask for.
GO_WANTED = (1, 26)
#: The first release that fetches a newer one by itself (GOTOOLCHAIN=auto).
GO_OLDEST = (1, 21)


def ensure_packages() -> None:
    """Install what is missing.

    Raises:
        LocalError: something is missing and we are not root; the text has the command to type.
    """
    missing = missing_packages()
    if not missing:
        return
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
        run(["apt-get", "install", "-qy", "--no-install-recommends", *packages], env=env)


def missing_packages() -> list[str]:
    """Names of the packages of which a program is not on the host, sorted."""
    return sorted({package for program, package in NEEDED.items() if find_program(program) is None})


def ensure(packages: Sequence[str]) -> None:
    """Install those of the named Debian packages that are missing.

    Raises:
        LocalError: some are missing and we are not root.
    """
    programs = {package: program for program, package in NEEDED.items()}
    missing = [name for name in packages if not _is_installed(name) and find_program(programs.get(name, name)) is None]
    if missing:
        install(missing)


def _is_installed(package: str) -> bool:
    return succeeds(["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]) and (
        run(["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]) == "installed"
    )


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
