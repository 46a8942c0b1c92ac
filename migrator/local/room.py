"""Whether a clone's files fit into its directory: asked before the first one is written, on every start."""

import os
from dataclasses import dataclass
from pathlib import Path

from migrator.errors import VolumeFull
from migrator.local.partial import translated

_MEBIBYTE = 1_048_576


@dataclass
class Need:
    """What is to be written: bytes as blocks of the file system hold them, and new files and directories.

    Args:
        block: Bytes of a block; a file's last one is never shared.
    """

    block: int
    bytes: int = 0
    nodes: int = 0

    def add(self, size: int) -> None:
        """One more file of `size` bytes, or a directory, which has a block at least."""
        self.bytes += -(-size // self.block) * self.block
        self.nodes += 1


@dataclass(frozen=True)
class Room:
    """What a file system has free for us, and the size of its blocks in bytes; nodes: None where it sets no limit."""

    bytes: int
    nodes: int | None
    block: int

    @classmethod
    def of(cls, path: Path) -> "Room":
        """The room of the file system that holds a directory."""
        with translated():
            status = os.statvfs(path)
        nodes = status.f_favail if status.f_files else None  # file systems without fixed inodes say 0
        return cls(status.f_bavail * status.f_frsize, nodes, status.f_frsize)

    def require(self, need: Need) -> None:
        """Raise VolumeFull, saying how much is missing, if it does not suffice."""
        if need.bytes > self.bytes:
            wanted, free = -(-need.bytes // _MEBIBYTE), self.bytes // _MEBIBYTE
            raise VolumeFull(f"The clone's files need {wanted:,} MiB, and there are {free:,} MiB of room for them.")
        if self.nodes is not None and need.nodes > self.nodes:
            raise VolumeFull(
                f"The clone has {need.nodes:,} files and directories to come, and there is room for {self.nodes:,}."
            )
