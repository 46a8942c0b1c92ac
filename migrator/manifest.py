"""The list of a source's files with the place of each in the clone, page by page over the source's roots.

A site may have a million files: `Files` keeps one in about 110 bytes, an `Entry` exists only while it is looked at.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import quote_from_bytes

from migrator.ends import SourceEnd
from migrator.errors import SourceDataInvalid
from migrator.layout import Layout
from migrator.workers import Lane, run_lanes

_PAGE = 5_000  # entries per call; a walk of that many takes PHP well under a second
_PRECEDENCE = ("core", "content", "plugins", "mu_plugins", "uploads")  # a later root wins a place
_LARGEST = 2**62  # bytes; more than any file system holds
_FARTHEST = 2**40  # seconds from 1970, either way; what lies beyond is no time


class Entry(NamedTuple):
    """A file of the source: root, percent-encoded path, place in the clone, size in bytes, mtime in seconds."""

    root: str
    path: str
    place: bytes
    size: int
    mtime: int

    @property
    def name(self) -> str:
        """The file as reports name it."""
        return f"{self.root}:{self.path}"


class Files(Mapping[bytes, Entry]):
    """Files by place, in the order in which they were added.

    One text holds all places; numbers lie in arrays; a table with open addressing finds a place (Python's hash of
    bytes is keyed, so that a source cannot choose places that collide).

    Args:
        directories: Where each root comes to lie; a path is what follows it in a place.
    """

    def __init__(self, directories: Mapping[str, bytes]) -> None:
        self._roots = [(root, len(place) + 1 if place else 0) for root, place in directories.items()]
        self._numbers = {root: number for number, root in enumerate(directories)}
        self._text = bytearray()
        self._ends = array("Q", [0])
        self._sizes, self._mtimes, self._of_root = array("Q"), array("q"), bytearray()
        self._slots = array("I", bytes(4 * 64))  # index + 1 of the file there, 0: none

    def add(self, root: str, place: bytes, size: int, mtime: int) -> None:
        """Enter a file, or replace the one at its place; raises SourceDataInvalid for numbers that no file has."""
        if not (0 <= size < _LARGEST and -_FARTHEST < mtime < _FARTHEST):
            raise SourceDataInvalid("The source lists a file with an impossible size or time.")
        slot = self._slot(place)
        index = self._slots[slot] - 1
        if index < 0:
            self._append(slot, place)
            index = len(self) - 1
        self._sizes[index], self._mtimes[index], self._of_root[index] = size, mtime, self._numbers[root]

    def _append(self, slot: int, place: bytes) -> None:
        self._text += place
        self._ends.append(len(self._text))
        for numbers in (self._sizes, self._mtimes, self._of_root):
            numbers.append(0)
        self._slots[slot] = len(self)
        if len(self) * 3 > len(self._slots) * 2:
            self._spread()

    def _spread(self) -> None:
        """Find every file again in a table of twice the size."""
        self._slots = array("I", bytes(8 * len(self._slots)))
        for index in range(len(self)):
            self._slots[self._slot(self.place(index))] = index + 1

    def _slot(self, place: bytes) -> int:
        """Where a place is in the table, or would be."""
        slots, mask = self._slots, len(self._slots) - 1
        slot = hash(place) & mask
        while (number := slots[slot]) and self.place(number - 1) != place:
            slot = (slot + 1) & mask
        return slot

    def find(self, place: bytes) -> int:
        """The index of the file at a place, -1 if there is none."""
        return self._slots[self._slot(place)] - 1

    def place(self, index: int) -> bytes:
        """The place of the file at an index."""
        return bytes(self._text[self._ends[index] : self._ends[index + 1]])

    def at(self, index: int) -> Entry:
        """The file at an index."""
        place = self.place(index)
        root, skip = self._roots[self._of_root[index]]
        return Entry(root, quote_from_bytes(place[skip:]), place, self._sizes[index], self._mtimes[index])

    @property
    def size(self) -> int:
        """The size of all files in bytes."""
        return sum(self._sizes)

    def __getitem__(self, place: bytes) -> Entry:
        index = self.find(place)
        if index < 0:
            raise KeyError(place)
        return self.at(index)

    def __iter__(self) -> Iterator[bytes]:
        return map(self.place, range(len(self)))

    def __len__(self) -> int:
        return len(self._sizes)


@dataclass
class Manifest:
    """Files by their place in the clone, directories with all that lie above anything, what is not copied and why."""

    files: Files
    directories: set[bytes] = field(default_factory=set)
    skipped: list[tuple[str, str]] = field(default_factory=list)

    @property
    def size(self) -> int:
        """The size of all files in bytes."""
        return self.files.size

    def add_directory(self, place: bytes) -> None:
        """Enter a directory and those above it."""
        while place and place not in self.directories:
            self.directories.add(place)
            place = place.rpartition(b"/")[0]

    def __contains__(self, place: object) -> bool:
        return place in self.directories or (isinstance(place, bytes) and self.files.find(place) >= 0)


def read_manifest(source: SourceEnd, layout: Layout, roots: Iterable[str]) -> Manifest:
    """List all roots, several at once."""
    found = {root: Manifest(Files(layout.directories)) for root in sorted(roots, key=_PRECEDENCE.index)}
    run_lanes(Lane("list", list(found), lambda root: _read_root(source, layout, root, found[root]), threads=3))
    whole, *others = found.values()
    for other in others:
        for index in range(len(other.files)):
            entry = other.files.at(index)
            whole.files.add(entry.root, entry.place, entry.size, entry.mtime)
        whole.directories |= other.directories
        whole.skipped += other.skipped
    return whole


def _read_root(source: SourceEnd, layout: Layout, root: str, into: Manifest) -> None:
    into.add_directory(layout.directories[root])
    cursor: str | None = None
    while True:
        page = source.list_files(root, cursor, _PAGE)
        into.skipped += [(f"{root}:{path}", reason) for path, reason in page.skipped]
        for path, kind, size, mtime in page.entries:
            place = layout.place(root, path)
            if place is None:
                into.skipped.append((f"{root}:{path}", "written anew for the clone"))
            elif kind == "d":
                into.add_directory(place)
            else:
                into.add_directory(place.rpartition(b"/")[0])
                into.files.add(root, place, size, mtime)
        cursor = page.next
        if cursor is None:
            return
