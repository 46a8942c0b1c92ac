"""The list of a source's files with the place of each in the clone, page by page over the source's roots."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from migrator.ends import SourceEnd
from migrator.layout import Layout
from migrator.workers import Lane, run_lanes

_PAGE = 5_000  # entries per call; a walk of that many takes PHP well under a second
_PRECEDENCE = ("core", "content", "plugins", "mu_plugins", "uploads")  # a later root wins a place


class Entry(NamedTuple):
    """A file of the source: root, percent-encoded path, place in the clone, size in bytes, mtime in seconds."""

    root: str
    path: str
    place: bytes
    size: int
    mtime: int


@dataclass
class Manifest:
    """Files by their place in the clone, directories, and what is not copied, with reasons."""

    files: dict[bytes, Entry] = field(default_factory=dict)
    directories: set[bytes] = field(default_factory=set)
    skipped: list[tuple[str, str]] = field(default_factory=list)

    @property
    def size(self) -> int:
        """The size of all files in bytes."""
        return sum(entry.size for entry in self.files.values())

    def places(self) -> set[bytes]:
        """Every place that the clone has: files, directories, and all directories above them."""
        places = set(self.files) | self.directories
        for place in list(places):
            above = place.rpartition(b"/")[0]
            while above and above not in places:
                places.add(above)
                above = above.rpartition(b"/")[0]
        return places


def read_manifest(source: SourceEnd, layout: Layout, roots: Iterable[str]) -> Manifest:
    """List all roots, several at once."""
    found = {root: Manifest() for root in roots}
    run_lanes(Lane("list", list(found), lambda root: _read_root(source, layout, root, found[root]), threads=3))
    whole = Manifest()
    for root in sorted(found, key=_PRECEDENCE.index):
        whole.files.update(found[root].files)
        whole.directories |= found[root].directories
        whole.skipped += found[root].skipped
    return whole


def _read_root(source: SourceEnd, layout: Layout, root: str, into: Manifest) -> None:
    base = layout.directories[root]
    if base:
        into.directories.add(base)
    cursor: str | None = None
    while True:
        page = source.list_files(root, cursor, _PAGE)
        into.skipped += [(f"{root}:{path}", reason) for path, reason in page.skipped]
        for path, kind, size, mtime in page.entries:
            place = layout.place(root, path)
            if place is None:
                into.skipped.append((f"{root}:{path}", "written anew for the clone"))
            elif kind == "d":
                into.directories.add(place)
            else:
                into.files[place] = Entry(root, path, place, size, mtime)
        cursor = page.next
        if cursor is None:
            return
