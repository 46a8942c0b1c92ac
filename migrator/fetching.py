"""Fetch files: small ones in batches, each answer put in place and recorded before the next one is asked for.

An answer's MAC covers its bytes, and a piece's sha256 is checked where it is received: for a file that comes in one
piece that is the file's own, and nothing is hashed again.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from migrator.ends import FilePiece, FileRequest, SourceEnd
from migrator.errors import SourceFailed
from migrator.local.volume import Volume
from migrator.manifest import Entry
from migrator.received import Received, ReceivedFiles

_MOST_BYTES = 4_194_304  # of files per call; a larger file comes in pieces
_LEAST_BYTES = 524_288  # smaller answers cost more in calls than they save
_IN_FLIGHT = 50  # a kill costs the answers in flight: at most one part in so many of the whole
_BATCH_FILES = 250  # files per call: each costs the source an open and a close
_FRAME_BYTES = 512  # what an answer spends on a file beside its bytes
_LONGEST_REASON = 100  # characters; a source is not trusted

Batch = list[Entry]
Advance = Callable[[int, int], None]


@dataclass
class CopyLog:
    """What became of the files; filled by several threads. Files are named `root:path`.

    classes: Files and bytes by root. resumed: Files that an earlier run had copied. css_*: Generated style sheets in
    which URLs were replaced, and how many.
    """

    skipped: list[tuple[str, str]] = field(default_factory=list)
    unsteady: list[str] = field(default_factory=list)
    classes: dict[str, tuple[int, int]] = field(default_factory=dict)
    calls: int = 0
    resumed: int = 0
    refetched: int = 0
    removed: int = 0
    css_files: int = 0
    css_replacements: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def answer_bytes(total: int, workers: int) -> int:
    """How many bytes of files to ask for in one call, of `total` in all, with so many calls in flight."""
    return min(_MOST_BYTES, max(_LEAST_BYTES, total // (workers * _IN_FLIGHT)))


def batches(entries: Iterable[Entry], limit: int) -> Iterator[Batch]:
    """Group files so that each group has at most `limit` bytes; a larger file is a group of its own."""
    batch, size = list[Entry](), 0
    for entry in entries:
        weight = entry.size + _FRAME_BYTES
        if batch and (size + weight > limit or len(batch) == _BATCH_FILES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += weight
    if batch:
        yield batch


class Asking:
    """Calls for pieces of files, and what becomes of files that the source does not hand out."""

    def __init__(self, source: SourceEnd, log: CopyLog, advance: Advance) -> None:
        self._source = source
        self._log = log
        self.advance = advance

    def ask(self, requests: list[FileRequest]) -> list[FilePiece]:
        """Read pieces; at least one comes. Raises SourceFailed if none does."""
        pieces = self._source.read_files(requests)
        with self._log.lock:
            self._log.calls += 1
        if not pieces:
            raise SourceFailed("The source answers no file although some were asked for.")
        return pieces

    def skip(self, entry: Entry, reason: str) -> None:
        """Report a file that cannot be copied."""
        with self._log.lock:
            self._log.skipped.append((entry.name, reason[:_LONGEST_REASON]))
        self.advance(1, entry.size)


class LargeFetcher(Protocol):
    """What fetches a file that does not come in one piece, and records it."""

    def keep(self, entry: Entry, first: FilePiece) -> Entry:
        """Keep a file's first piece; returns the version of the file that it is of."""
        ...

    def fetch(self, entry: Entry) -> None:
        """Fetch what is missing."""
        ...


class Fetcher:
    """Fetches batches of files.

    Args:
        asking: The source.
        volume: Where the files go.
        received: Where they are recorded.
        large: For those that do not come in one piece: of more than `limit` bytes, and what an answer cannot hold.
    """

    def __init__(
        self, asking: Asking, volume: Volume, received: ReceivedFiles, large: LargeFetcher, limit: int
    ) -> None:
        self._asking = asking
        self._volume = volume
        self._received = received
        self._large = large
        self._limit = limit

    def fetch(self, batch: Batch) -> None:
        """Fetch a batch, asking again for what an answer could not hold."""
        if batch[0].size > self._limit:  # then it is alone
            self._large.fetch(batch[0])
            return
        waiting = list(batch)
        while waiting:
            answered, unfinished = self._one_answer(waiting)
            for entry in unfinished:
                self._large.fetch(entry)
            waiting = [entry for index, entry in enumerate(waiting) if index not in answered]

    def _one_answer(self, waiting: Batch) -> tuple[set[int], Batch]:
        """Take what one answer holds; returns which files were in it, and those of which only a piece was."""
        pieces = self._asking.ask([FileRequest(e.root, e.path, 0, max(e.size, 1)) for e in waiting])
        self._take([(waiting[piece.index], piece) for piece in pieces if _is_whole(piece)])
        unfinished: Batch = []
        for piece in pieces:
            if piece.error is not None:
                self._asking.skip(waiting[piece.index], piece.error)
            elif not _is_whole(piece):
                unfinished.append(self._large.keep(waiting[piece.index], piece))
        return {piece.index for piece in pieces}, unfinished

    def _take(self, whole: list[tuple[Entry, FilePiece]]) -> None:
        for entry, piece in whole:
            self._volume.put(entry.place, piece.data, piece.mtime)
        self._received.add(Received(entry.place, p.size, p.mtime, p.digest) for entry, p in whole)
        self._asking.advance(len(whole), sum(piece.size for _, piece in whole))


def _is_whole(piece: FilePiece) -> bool:
    return piece.error is None and piece.eof and len(piece.data) == piece.size
