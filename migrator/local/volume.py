"""The clone's directory. A file is visible only when it is complete: written under a temporary name, then renamed.

What a kill leaves: complete files, and temporary ones in our working directory, which the next run empties. The
working directory is also the mark by which a later run knows that the directory is ours: a directory that holds
anything else is refused, because files that the source does not have are removed from it.

Places are bytes relative to the root, as the source names its files; names that are no UTF-8 are kept byte for byte.
"""

import hashlib
import os
import shutil
import stat
from itertools import count
from pathlib import Path

from migrator.errors import VolumeRefused
from migrator.local.partial import PartialFile, translated

WORKING_DIRECTORY = b".migrator"
_TOLERATED = {WORKING_DIRECTORY, b"lost+found"}
_READ_SIZE = 1_048_576


class Volume:
    """A clone's root directory; may be used by several threads."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._working = self.path(WORKING_DIRECTORY)
        self._numbers = count()

    def path(self, place: bytes) -> Path:
        """The absolute path of a place."""
        return self._root / os.fsdecode(place)

    def claim(self) -> None:
        """Make the directory ours and empty our working directory; raises VolumeRefused if it holds something else."""
        with translated():
            self._root.mkdir(parents=True, exist_ok=True)
            names = {os.fsencode(path.name) for path in self._root.iterdir()}
            if names - _TOLERATED and WORKING_DIRECTORY not in names:
                raise VolumeRefused("The directory for the clone is not empty and was not filled by us.")
            self._working.mkdir(mode=0o700, exist_ok=True)
            for leftover in self._working.iterdir():
                leftover.unlink()

    def release(self) -> None:
        """Remove our working directory: the clone is complete."""
        with translated():
            if self._working.exists():
                shutil.rmtree(self._working)

    def status(self, place: bytes) -> tuple[int, int] | None:
        """(size in bytes, mtime in seconds) of the regular file at a place, None if there is none."""
        try:
            status = self.path(place).lstat()
        except OSError:
            return None
        return (status.st_size, int(status.st_mtime)) if stat.S_ISREG(status.st_mode) else None

    def make_directory(self, place: bytes) -> None:
        """Make a directory with its parents; a file in the way is removed."""
        with translated():
            self._make_directory(self.path(place))

    def _make_directory(self, path: Path) -> None:
        try:
            path.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            for above in (path, *path.parents):
                if above.is_symlink() or above.is_file():
                    above.unlink()
                    break
            path.mkdir(parents=True, exist_ok=True)

    def begin(self, place: bytes) -> PartialFile:
        """Begin to receive a file."""
        return PartialFile(self._temporary(), lambda temporary, mtime: self._put(temporary, place, mtime))

    def write(self, place: bytes, data: bytes, mode: int) -> None:
        """Write a small file of our own at once."""
        with translated():
            temporary = self._temporary()
            temporary.write_bytes(data)
            temporary.chmod(mode)
            temporary.replace(self.path(place))

    def _temporary(self) -> Path:
        return self._working / str(next(self._numbers))

    def _put(self, temporary: Path, place: bytes, mtime: int) -> None:
        target = self.path(place)
        os.utime(temporary, (mtime, mtime))
        try:
            temporary.replace(target)
        except (FileNotFoundError, NotADirectoryError):
            self._make_directory(target.parent)
            temporary.replace(target)
        except IsADirectoryError:
            shutil.rmtree(target)
            temporary.replace(target)

    def move(self, place: bytes, new: bytes) -> None:
        """Rename a file inside the clone."""
        with translated():
            self._make_directory(self.path(new).parent)
            self.path(place).replace(self.path(new))

    def digest(self, place: bytes) -> bytes:
        """The sha256 of the file at a place."""
        hashed = hashlib.sha256()
        with translated(), self.path(place).open("rb", buffering=0) as file:
            while block := file.read(_READ_SIZE):
                hashed.update(block)
        return hashed.digest()

    def remove_others(self, keep: set[bytes]) -> int:
        """Remove everything that is not among the given places (files and directories); returns how many files went.

        Directories above a kept place must be among them.
        """
        removed = 0
        with translated():
            for folder, subfolders, names in os.walk(os.fsencode(self._root)):
                below = folder[len(os.fsencode(self._root)) :].lstrip(b"/")
                gone = [name for name in subfolders if _join(below, name) not in keep]
                subfolders[:] = [name for name in subfolders if name not in gone]
                removed += self._remove(below, gone, names, keep)
        return removed

    def _remove(self, below: bytes, folders: list[bytes], names: list[bytes], keep: set[bytes]) -> int:
        removed = 0
        for place in (_join(below, name) for name in names):
            if place not in keep:
                self.path(place).unlink()
                removed += 1
        for place in (_join(below, name) for name in folders):
            if place not in _TOLERATED:
                removed += sum(1 for path in self.path(place).rglob("*") if not path.is_dir())
                _remove_tree(self.path(place))
        return removed


def _remove_tree(path: Path) -> None:
    if path.is_symlink():
        path.unlink()
    else:
        shutil.rmtree(path)


def _join(below: bytes, name: bytes) -> bytes:
    return below + b"/" + name if below else name
