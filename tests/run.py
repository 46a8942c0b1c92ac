"""Runs the test tiers in the order that finds mistakes soonest, and says how long each part took.

The cluster comes up in the background while linters and unit tests use the time; the last part is one pytest run
over everything that needs the cluster, so that its summary is the last line of the output.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The environment's own tools first, whether or not it is activated.
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
LOG = ROOT / "build" / "test" / "cluster.log"

LINTERS: list[list[str]] = [
    ["ruff", "check", "."],
    ["ruff", "format", "--check", "."],
    ["lint-imports"],
    ["mypy"],
]


def run(*command: str) -> None:
    """Run a command with inherited output; raise CalledProcessError when it fails."""
    print("$", " ".join(command), flush=True)
    subprocess.run(command, cwd=ROOT, check=True, env=os.environ | {"PATH": PATH})


def lint() -> None:
    """Linters for Python, shell and PHP."""
    run(sys.executable, "-m", "local", "packages", "shellcheck", "php-cli")
    for command in LINTERS:
        run(*command)
    files = source_files()
    run("shellcheck", *(name for name in files if is_shell(ROOT / name)))
    php_syntax([name for name in files if name.endswith(".php")])


def php_syntax(files: list[str]) -> None:
    """`php -l`, quiet where it is right: hundreds of "No syntax errors" hide the one that counts."""
    for file in files:
        checked = subprocess.run(["php", "-l", file], cwd=ROOT, capture_output=True, text=True, check=False)
        if checked.returncode:
            sys.exit(checked.stdout + checked.stderr)


def source_files() -> list[str]:
    """Files of the project, new ones too, but nothing that git ignores."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def is_shell(file: Path) -> bool:
    """Whether the first line names sh or bash."""
    with file.open("rb") as opened:
        first = opened.readline(64)
    return first.startswith(b"#!") and (b"bash" in first or first.rstrip().endswith(b"/sh"))


def php() -> None:
    """The agent's own tests."""
    run(sys.executable, "-m", "local", "packages", "phpunit", "php-cli", "php-mbstring", "php-xml")
    run("phpunit", "-c", "tests/php/phpunit.xml")


def unit() -> None:
    """Everything that needs neither cluster nor Docker."""
    php()
    run(
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-m",
        "not cluster and not browser and not database and not engine and not validate",
    )


def deploy() -> None:
    """Cluster, images and deployment."""
    run(sys.executable, "-m", "local", "deploy")


@contextmanager
def deploying() -> Iterator[subprocess.Popen[bytes]]:
    """The same beside the block, with its output in a file; ended with the block if it has not ended by itself."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("w") as log:
        command = [sys.executable, "-m", "local", "deploy"]
        with subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT) as process:
            try:
                yield process
            finally:
                process.terminate()


def validate() -> None:
    """The command that a user's own CI runs, on all of our environments."""
    run(sys.executable, "-m", "kro.validate")


def engine() -> None:
    """The engine between real sites and servers in containers."""
    run(sys.executable, "-m", "local", "images")
    run(sys.executable, "-m", "pytest", "tests/engine", "tests/egress", "tests/database", "tests/agent", "tests/wayin")


def e2e() -> None:
    """The whole path on the cluster."""
    deploy()
    run(sys.executable, "-m", "pytest", "tests/bundle", "tests/cluster", "tests/validate")


def everything() -> None:
    """All tiers; the durations reach pytest's summary through the environment."""
    run(sys.executable, "-m", "local", "packages", "--all")
    timings: dict[str, float] = {}
    with deploying() as cluster:
        waiting = ("waiting for the cluster", partial(wait, cluster))
        # What validation runs is built while the cluster comes up.
        parts = (("lint", lint), ("unit", unit), waiting, ("validate", validate))
        for name, part in parts:
            started = time.monotonic()
            part()
            timings[name] = time.monotonic() - started
    summary = " · ".join(f"{name} {seconds:.0f} s" for name, seconds in timings.items())
    command = [sys.executable, "-m", "pytest", "-m", "cluster or browser or database or engine or validate"]
    environment = os.environ | {"PATH": PATH, "PARTS_SO_FAR": summary}
    sys.exit(subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode)


def wait(cluster: subprocess.Popen[bytes]) -> None:
    """Wait for the deployment; on failure show the end of its log and exit."""
    print("waiting for the local cluster; its log:", LOG.relative_to(ROOT), flush=True)
    if cluster.wait():
        sys.exit(f"the local cluster did not come up:\n{LOG.read_text()[-8000:]}")


def main() -> None:
    """Parse the command line and run the part that it names."""
    parts = {"lint": lint, "unit": unit, "validate": validate, "engine": engine, "e2e": e2e}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=sorted(parts), help="one part instead of all")
    only = parser.parse_args().only
    try:
        parts.get(only, everything)()
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)


if __name__ == "__main__":
    main()
