"""A file while it is received, and what the operating system's refusals mean for a clone.

What was received of a large file lies in our working directory under a name made of its place, size, mtime and the
machine's start: the next run goes on there after a kill, because the kernel keeps what a killed process wrote. After a
crash of the machine it may have lost some: such a file has another name and is removed.
"""

import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import TracebackType

from migrator.errors import VolumeFull, VolumeRefused

PREFIX = b"partial-"
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_READ_SIZE = 1_048_576


@contextmanager
def translated() -> Iterator[None]:
    """Turn OSError into VolumeFull or VolumeRefused."""
    try:
        yield
    except OSError as cause:
        if cause.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise VolumeFull("There is no room left for the clone's files.") from cause
        reason = os.strerror(cause.errno) if cause.errno else "unknown reason"
        raise VolumeRefused(f"The clone's directory cannot be written: {reason}.") from cause


@cache
def _start_of_machine() -> bytes:
    return _BOOT.read_bytes() if _BOOT.exists() else b""


def partial_name(place: bytes, size: int, mtime: int) -> bytes:
    """Under which name a file of that size (bytes) and mtime (seconds) is received for a place."""
    text = b"%d %d %b %b" % (size, mtime, _start_of_machine(), place)
    return PREFIX + hashlib.sha256(text).hexdigest().encode()


def write_all(descriptor: int, data: bytes | memoryview) -> None:
    """Write all of `data`, which the system may take piece by piece."""
    written = os.write(descriptor, data)
    while written < len(data):
        written += os.write(descriptor, data[written:])


class PartialFile:
    """A file that is received in order, from what an earlier run received on; it appears in the clone by `put`.

    Args:
        temporary: Where the bytes go meanwhile, on the same file system.
        put: Moves the complete file to its place.
    """

    def __init__(self, temporary: bytes, put: Callable[[bytes], None]) -> None:
        self._temporary = temporary
        self._put = put
        self._hash = hashlib.sha256()
        self.size = 0
        with translated():
            self._descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT, 0o644)
            while block := os.read(self._descriptor, _READ_SIZE):
                self._count(block)

    def _count(self, data: bytes | memoryview) -> None:
        self._hash.update(data)
        self.size += len(data)

    def append(self, data: memoryview) -> None:
        """Write the next bytes."""
        with translated():
            write_all(self._descriptor, data)
        self._count(data)

    @property
    def digest(self) -> bytes:
        """The sha256 of what has been received."""
        return self._hash.digest()

    def put(self, mtime: int) -> None:
        """Put the file in its place with the source's mtime (seconds)."""
        with translated():
            os.utime(self._descriptor, (mtime, mtime))
            self._put(self._temporary)

    def discard(self) -> None:
        """Forget what was received."""
        with translated():
            os.unlink(self._temporary)  # noqa: PTH108 - names are bytes

    def __enter__(self) -> "PartialFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)
