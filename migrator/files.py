"""Copy files: small ones in batches, large ones piece by piece, several calls in flight.

Every piece's sha256 is checked when it arrives, every file's is kept for the verification of what lies on disk. A file
that changes while it is read is read again; one that never holds still is copied as it was last and reported.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from migrator.ends import FilePiece, FileRequest, SourceEnd
from migrator.errors import SourceFailed
from migrator.local.partial import PartialFile
from migrator.local.volume import Volume
from migrator.manifest import Entry, Manifest

_BATCH_FILES = 250  # files per call: each costs the source an open and a close
_FRAME_BYTES = 512  # what an answer spends on a file beside its bytes
_TRIES = 3  # times a file that changes while it is read is read


class Copied(NamedTuple):
    """A file as it was copied: size, mtime, sha256 (None: it was there from an earlier run)."""

    size: int
    mtime: int
    digest: bytes | None


@dataclass
class CopyLog:
    """What became of each file; filled by several threads."""

    copied: dict[bytes, Copied] = field(default_factory=dict)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    unsteady: list[str] = field(default_factory=list)
    calls: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


Batch = list[Entry]
Advance = Callable[[int, int], None]


def batches(entries: Iterable[Entry], limit: Callable[[], int]) -> Iterator[Batch]:
    """Group files so that each group's bytes fit into one answer; a larger file is a group of its own."""
    batch, size = list[Entry](), 0
    for entry in entries:
        weight = entry.size + _FRAME_BYTES
        if batch and (size + weight > limit() or len(batch) == _BATCH_FILES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += weight
    if batch:
        yield batch


class FileCopier:
    """Copies batches of files from a source to a volume.

    Args:
        advance: Told (files, bytes) as they arrive, from several threads.
    """

    def __init__(self, source: SourceEnd, volume: Volume, log: CopyLog, advance: Advance) -> None:
        self._source = source
        self._volume = volume
        self._log = log
        self._advance = advance

    def missing(self, manifest: Manifest) -> list[Entry]:
        """The files of a manifest that the volume does not have yet; those it has are entered into the log."""
        wanted: list[Entry] = []
        for entry in manifest.files.values():
            if entry.place not in self._log.copied and self._volume.status(entry.place) == (entry.size, entry.mtime):
                self._log.copied[entry.place] = Copied(entry.size, entry.mtime, None)
                self._advance(1, entry.size)
            elif not self._is_current(entry):
                wanted.append(entry)
        return wanted

    def _is_current(self, entry: Entry) -> bool:
        copied = self._log.copied.get(entry.place)
        return copied is not None and (copied.size, copied.mtime) == (entry.size, entry.mtime)

    def copy(self, batch: Batch) -> None:
        """Copy a batch, asking again for what an answer could not hold."""
        waiting = list(batch)
        while waiting:
            requests = [FileRequest(entry.root, entry.path, 0, max(entry.size, 1)) for entry in waiting]
            pieces = self._read(requests)
            for piece in pieces:
                self._take(waiting[piece.index], piece)
            answered = {piece.index for piece in pieces}
            waiting = [entry for index, entry in enumerate(waiting) if index not in answered]

    def _read(self, requests: list[FileRequest]) -> list[FilePiece]:
        pieces = self._source.read_files(requests)
        with self._log.lock:
            self._log.calls += 1
        if not pieces:
            raise SourceFailed("The source answers no file although some were asked for.")
        return pieces

    def _take(self, entry: Entry, piece: FilePiece) -> None:
        for tries_left in reversed(range(_TRIES)):
            if piece.error is not None:
                self._skip(entry, piece.error)
                return
            if self._receive(entry, piece, last_try=tries_left == 0):
                return
            piece = self._read_on(entry, 0, entry.size)

    def _receive(self, entry: Entry, first: FilePiece, *, last_try: bool) -> bool:
        """Receive one file from its first piece on; False if it changed meanwhile and was not put in place."""
        partial = self._volume.begin(entry.place)
        try:
            last = self._pieces(entry, first, partial)
            steady = (last.size, last.mtime) == (first.size, first.mtime) and partial.size == last.size
            if last.error is not None or (not steady and not last_try):
                return False
            digest = partial.finish(last.mtime)
        finally:
            partial.discard()
        self._record(entry, Copied(partial.size, last.mtime, digest), steady=steady)
        return True

    def _pieces(self, entry: Entry, piece: FilePiece, partial: PartialFile) -> FilePiece:
        """Receive the rest up to the size that the file had first: one that grows while it is read has no end."""
        size = piece.size
        partial.append(piece.data)
        while not piece.eof and partial.size < size:
            piece = self._read_on(entry, partial.size, size)
            if piece.error is not None:
                break
            if not len(piece.data) and not piece.eof:
                raise SourceFailed("The source sends no more of a file although it has not ended.")
            partial.append(piece.data)
        return piece

    def _read_on(self, entry: Entry, offset: int, size: int) -> FilePiece:
        return self._read([FileRequest(entry.root, entry.path, offset, max(size - offset, 1))])[0]

    def _skip(self, entry: Entry, reason: str) -> None:
        with self._log.lock:
            self._log.skipped.append((f"{entry.root}:{entry.path}", reason))
        self._advance(1, entry.size)

    def _record(self, entry: Entry, copied: Copied, *, steady: bool) -> None:
        with self._log.lock:
            self._log.copied[entry.place] = copied
            if not steady:
                self._log.unsteady.append(f"{entry.root}:{entry.path}")
        self._advance(1, copied.size)
