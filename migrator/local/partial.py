"""A file while it is received, and what the operating system's refusals mean for a clone."""

import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from migrator.errors import VolumeFull, VolumeRefused


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


class PartialFile:
    """A file that is received in order; it appears in the clone by `finish`.

    Args:
        temporary: Where the bytes go meanwhile, on the same file system.
        put: Moves the complete file to its place and gives it an mtime (seconds).
    """

    def __init__(self, temporary: Path, put: Callable[[Path, int], None]) -> None:
        self._temporary = temporary
        self._put = put
        self._hash = hashlib.sha256()
        self.size = 0
        with translated():
            self._descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)

    def append(self, data: memoryview) -> None:
        """Write the next bytes."""
        rest = data
        with translated():
            while len(rest):
                rest = rest[os.write(self._descriptor, rest) :]
        self._hash.update(data)
        self.size += len(data)

    def finish(self, mtime: int) -> bytes:
        """Put the file in its place with the source's mtime (seconds); returns its sha256."""
        with translated():
            self._close()
            self._put(self._temporary, mtime)
        return self._hash.digest()

    def discard(self) -> None:
        """Forget what was received; harmless after `finish`."""
        with translated():
            self._close()
            self._temporary.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
