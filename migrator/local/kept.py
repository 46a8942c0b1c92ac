"""A long value while it is received: what has arrived outlives a kill, and whoever needs it next goes on behind that.

It lies in our working directory until its row is in the clone's database. Nothing is trusted in it: its name says
which value it is, and the value's own checksum whether all of it is right.
"""

import os
from collections.abc import Iterator
from contextlib import suppress

from migrator.local.partial import translated, write_all

PREFIX = b"value-"
_READ_SIZE = 4_194_304


class KeptValue:
    """The bytes of one value, as far as they have arrived; raises VolumeFull or VolumeRefused.

    Args:
        path: Where they are kept.
    """

    def __init__(self, path: bytes) -> None:
        self._path = path

    def pieces(self) -> Iterator[bytes]:
        """What has arrived, in order; nothing if nothing has."""
        with translated(), suppress(FileNotFoundError):
            descriptor = os.open(self._path, os.O_RDONLY)
            try:
                while block := os.read(descriptor, _READ_SIZE):
                    yield block
            finally:
                os.close(descriptor)

    def append(self, data: bytes) -> None:
        """Keep the next bytes."""
        with translated():
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                write_all(descriptor, data)
            finally:
                os.close(descriptor)

    def drop(self) -> None:
        """Forget what has arrived."""
        with translated(), suppress(FileNotFoundError):
            os.unlink(self._path)  # noqa: PTH108 - names are bytes
