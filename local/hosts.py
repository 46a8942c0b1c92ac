"""One line in /etc/hosts, marked as ours: the `.test` names of the cluster mean this machine's loopback."""

from __future__ import annotations

import os
from pathlib import Path

from local.errors import LocalError
from local.progress import say
from local.settings import HOSTS

FILE = Path("/etc/hosts")
MARK = "# wordpress-clone local cluster"
LINE = f"127.0.0.1 {' '.join(HOSTS)} {MARK}"


def with_line(text: str) -> str:
    """The file's text with exactly one line of ours."""
    rest = without_line(text)
    if rest and not rest.endswith("\n"):
        rest += "\n"
    return f"{rest}{LINE}\n"


def without_line(text: str) -> str:
    """The file's text without a line of ours."""
    return "".join(line for line in text.splitlines(keepends=True) if MARK not in line)


def ensure_line() -> None:
    """Write the line, or, when we are not root, print it for the user."""
    text = FILE.read_text()
    if with_line(text) == text or LINE in text.splitlines():
        return
    if os.geteuid() != 0:
        say(f"Add this line to {FILE}, so that the cluster's addresses work in your browser:\n{LINE}")
        return
    _write(with_line(text))


def remove_line() -> None:
    """Take the line out again.

    Raises:
        LocalError: it is there and we are not root.
    """
    text = FILE.read_text()
    if without_line(text) == text:
        return
    if os.geteuid() != 0:
        raise LocalError(f"as root, please remove this line from {FILE}: {LINE}")
    _write(without_line(text))


def _write(text: str) -> None:
    # In place: in a container the file is a mount and cannot be replaced.
    FILE.write_text(text)
