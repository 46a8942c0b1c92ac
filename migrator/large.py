"""Fetch one file piece by piece. What has arrived outlives a kill: the next run goes on where it ends.

Every piece says which size and mtime the file has after it was read: pieces of different versions never meet in one
file, unless it never holds still. Then the last of three tries takes it as it comes, up to the size that it had first
(one that grows while it is read has no end), and it is reported.
"""

from typing import NamedTuple

from migrator.ends import FilePiece, FileRequest
from migrator.errors import SourceFailed
from migrator.fetching import Asking
from migrator.local.partial import PartialFile
from migrator.local.volume import Volume
from migrator.manifest import Entry
from migrator.received import Received, ReceivedFiles
from migrator.workers import end_if_stopped

_TRIES = 3  # times a file that changes while it is read is read


class _Seen(NamedTuple):
    """What a piece said of its file: size in bytes and mtime in seconds when it had been read."""

    size: int
    mtime: int
    eof: bool
    error: str | None


class LargeFiles:
    """Fetches files that do not come in one piece.

    Args:
        asking: The source.
        volume: Where the files go.
        received: Where they are recorded.
        limit: Bytes of a piece.
    """

    def __init__(self, asking: Asking, volume: Volume, received: ReceivedFiles, limit: int) -> None:
        self._asking = asking
        self._volume = volume
        self._received = received
        self._limit = limit

    def keep(self, entry: Entry, first: FilePiece) -> Entry:
        """Keep the first piece of a file that came with others; returns the version of the file that it is of."""
        entry = entry._replace(size=first.size, mtime=first.mtime)
        with self._volume.begin(entry.place, entry.size, entry.mtime) as partial:
            if not partial.size:
                self._append(partial, first)
        return entry

    def fetch(self, entry: Entry) -> None:
        """Fetch what is missing of a file, record it and put it in its place."""
        for tries_left in reversed(range(_TRIES)):
            seen = self._try(entry, last_try=tries_left == 0)
            if seen is None:
                return
            if seen.error is not None:
                self._asking.skip(entry, seen.error)
                return
            entry = entry._replace(size=seen.size, mtime=seen.mtime)

    def _try(self, entry: Entry, *, last_try: bool) -> _Seen | None:
        """Receive one version of a file; if there is another one meanwhile, or an error, returns what was seen."""
        seen = _Seen(entry.size, entry.mtime, eof=False, error=None)
        steady = True
        with self._volume.begin(entry.place, entry.size, entry.mtime) as partial:
            while partial.size < entry.size and not seen.eof and seen.error is None and (steady or last_try):
                seen = self._piece(entry, partial)
                steady = steady and (seen.size, seen.mtime) == (entry.size, entry.mtime)
            steady = steady and partial.size == entry.size
            if seen.error is not None or not (steady or last_try):
                partial.discard()
                return seen
            # In this order: one in its place without a record is fetched again, all of it; one that is recorded
            # and not in its place is still there in part, and nothing of it has to come again.
            self._received.add([Received(entry.place, partial.size, seen.mtime, partial.digest, steady)])
            partial.put(seen.mtime)
        self._asking.advance(1, 0)
        return None

    def _piece(self, entry: Entry, partial: PartialFile) -> _Seen:
        """Receive the next piece. Its bytes are not kept while the one after it is waited for."""
        end_if_stopped()
        request = FileRequest(entry.root, entry.path, partial.size, min(entry.size - partial.size, self._limit))
        piece = self._asking.ask([request])[0]
        if piece.error is None:
            if not len(piece.data) and not piece.eof:
                raise SourceFailed("The source sends no more of a file although it has not ended.")
            self._append(partial, piece)
        return _Seen(piece.size, piece.mtime, piece.eof, piece.error)

    def _append(self, partial: PartialFile, piece: FilePiece) -> None:
        partial.append(piece.data)
        self._asking.advance(0, len(piece.data))
