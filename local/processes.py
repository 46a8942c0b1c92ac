"""Whether a process lives: by its number in a file, by its name, by its socket. Files alone prove nothing."""

from __future__ import annotations

import socket
from pathlib import Path

PROC = Path("/proc")


def pid_in(pid_file: Path, program: str, proc: Path = PROC) -> int | None:
    """The number in a pid file, if that process lives and is that program."""
    try:
        pid = int(pid_file.read_text())
    except (OSError, ValueError):
        return None
    return pid if _lives(proc / str(pid), program) else None


def named(program: str, proc: Path = PROC) -> list[int]:
    """Numbers of all living processes of a program."""
    numbers = [folder for folder in proc.iterdir() if folder.name.isdigit()]
    return sorted(int(folder.name) for folder in numbers if _lives(folder, program))


def listens(path: Path) -> bool:
    """Whether somebody accepts connections on a Unix socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def _lives(folder: Path, program: str) -> bool:
    """Whether /proc/<pid> is that program and not a zombie of it (proc_pid_stat(5): `pid (comm) state …`)."""
    try:
        stat = (folder / "stat").read_text()
    except OSError:
        return False
    name, _, rest = stat.partition("(")[2].rpartition(")")
    return name == program and not rest.lstrip().startswith("Z")
