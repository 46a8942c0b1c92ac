"""The clone's directory. A file is visible only when it is complete: written under a temporary name, then renamed.

What a kill leaves: complete files, and temporary ones in our working directory, of which the next run keeps only large
files, and long values of the database, that it can go on with. The working directory is also the mark by which a later
run knows that the directory is ours: a directory that holds anything else is refused, because files that the source
does not have are removed from it.

Places are bytes relative to the root, as the source names its files; names that are no UTF-8 are kept byte for byte.
Paths are joined as bytes, and absolute: a file of 8 KiB costs 35 microseconds so, more with `pathlib` or directory
descriptors.
"""
# ruff: noqa: PTH103, PTH105, PTH108, PTH110, PTH112, PTH118, PTH120, PTH208

import hashlib
import os
import shutil
import stat
import threading
from collections.abc import Container
from itertools import count
from pathlib import Path

from migrator.errors import VolumeRefused
from migrator.local import kept
from migrator.local.kept import KeptValue
from migrator.local.partial import PREFIX, PartialFile, partial_name, translated, write_all
from migrator.local.room import Room
from migrator.local.tree import TOLERATED, WORKING_DIRECTORY, remove_others

_READ_SIZE = 1_048_576
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


class Volume:
    """A clone's root directory; may be used by several threads."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._base = os.path.join(os.fsencode(root), b"")
        self._working = self._base + WORKING_DIRECTORY
        self._numbers = count()
        self._clearing = threading.Lock()  # one thread at a time removes files that stand where a directory comes

    def path(self, place: bytes) -> Path:
        """The absolute path of a place."""
        return self._root / os.fsdecode(place)

    def claim(self) -> None:
        """Make the directory ours, and its working directory empty but for what was received in part.

        Raises VolumeRefused if it holds something else.
        """
        with translated():
            os.makedirs(self._base, exist_ok=True)
            names = set(os.listdir(self._base))
            if names - TOLERATED and WORKING_DIRECTORY not in names:
                raise VolumeRefused("The directory for the clone is not empty and was not filled by us.")
            os.makedirs(self._working, mode=0o700, exist_ok=True)
            for name in os.listdir(self._working):
                if not name.startswith((PREFIX, kept.PREFIX)):
                    os.unlink(os.path.join(self._working, name))

    def release(self) -> None:
        """Remove our working directory: the clone is complete."""
        with translated():
            if os.path.exists(self._working):
                shutil.rmtree(self._working)

    def room(self) -> Room:
        """What the directory's file system has free."""
        return Room.of(self._root)

    def status(self, place: bytes) -> tuple[int, int] | None:
        """(size in bytes, mtime in seconds) of the regular file at a place, None if there is none."""
        try:
            status = os.lstat(self._base + place)
        except OSError:
            return None
        return (status.st_size, int(status.st_mtime)) if stat.S_ISREG(status.st_mode) else None

    def has_directory(self, place: bytes) -> bool:
        """Whether there is a directory at a place."""
        return os.path.isdir(self._base + place)

    def make_directory(self, place: bytes) -> None:
        """Make a directory with its parents; a file in the way is removed."""
        with translated():
            self._make_directory(self._base + place)

    def _make_directory(self, path: bytes) -> None:
        try:
            os.makedirs(path, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            with self._clearing:
                above = path
                while not os.path.lexists(above):
                    above = os.path.dirname(above)
                if not stat.S_ISDIR(os.lstat(above).st_mode):
                    os.unlink(above)
                os.makedirs(path, exist_ok=True)

    def put(self, place: bytes, data: bytes | memoryview, mtime: int) -> None:
        """Write a whole file with its mtime (seconds) at once."""
        self._write(place, data, 0o644, (mtime, mtime))

    def write(self, place: bytes, data: bytes, mode: int) -> None:
        """Write a small file of our own at once."""
        self._write(place, data, mode, None)

    def _write(self, place: bytes, data: bytes | memoryview, mode: int, times: tuple[int, int] | None) -> None:
        temporary = b"%b/%d" % (self._working, next(self._numbers))
        with translated():
            descriptor = os.open(temporary, _NEW, mode)
            try:
                write_all(descriptor, data)
                os.utime(descriptor, times)
            finally:
                os.close(descriptor)
            self._move_in(temporary, place)

    def _move_in(self, temporary: bytes, place: bytes) -> None:
        target = self._base + place
        try:
            os.replace(temporary, target)
        except (FileNotFoundError, NotADirectoryError):
            self._make_directory(os.path.dirname(target))
            os.replace(temporary, target)
        except IsADirectoryError:
            shutil.rmtree(target)
            os.replace(temporary, target)

    def begin(self, place: bytes, size: int, mtime: int) -> PartialFile:
        """Receive a file of that size (bytes) and mtime (seconds), from where an earlier run left off."""
        temporary = os.path.join(self._working, partial_name(place, size, mtime))
        return PartialFile(temporary, lambda complete: self._move_in(complete, place))

    def kept_value(self, name: bytes) -> KeptValue:
        """A long value of the database while it is received, under any name that tells it from others."""
        return KeptValue(os.path.join(self._working, kept.PREFIX + hashlib.sha256(name).hexdigest().encode()))

    def partials(self) -> dict[bytes, int]:
        """Names and sizes in bytes of the files that earlier runs received in part."""
        with translated(), os.scandir(self._working) as found:
            return {entry.name: entry.stat().st_size for entry in found if entry.name.startswith(PREFIX)}

    def drop_partial(self, name: bytes) -> None:
        """Remove a file received in part."""
        with translated():
            os.unlink(os.path.join(self._working, name))

    def move(self, place: bytes, new: bytes) -> None:
        """Rename a file inside the clone."""
        with translated():
            self._make_directory(os.path.dirname(self._base + new))
            os.replace(self._base + place, self._base + new)

    def read(self, place: bytes) -> bytes:
        """The bytes of the file at a place."""
        with translated():
            return self.path(place).read_bytes()

    def digest(self, place: bytes) -> bytes:
        """The sha256 of the file at a place."""
        hashed = hashlib.sha256()
        with translated():
            descriptor = os.open(self._base + place, os.O_RDONLY)
            try:
                while block := os.read(descriptor, _READ_SIZE):
                    hashed.update(block)
            finally:
                os.close(descriptor)
        return hashed.digest()

    def remove_others(self, keep: Container[bytes]) -> int:
        """Remove everything that is not to be kept (files and directories); returns how many files went."""
        with translated():
            return remove_others(self._base.rstrip(b"/"), keep)
