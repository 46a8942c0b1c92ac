"""What the two ends of a run offer each other. Whatever fulfils these can take part, in either direction.

A source is read: it lists files and tables and answers pieces of them. A target is written: files by temporary name and
rename, tables by statements. Every operation may be repeated without harm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from migrator.site import FilePage, Site, Table, Trigger

Row = list[bytes | None]


@dataclass(frozen=True)
class FileRequest:
    """A piece of a file to read: its root, its percent-encoded path, first byte and number of bytes."""

    root: str
    path: str
    offset: int
    length: int


@dataclass(frozen=True)
class FilePiece:
    """A piece that was read, its digest checked; size and mtime are the whole file's. error: why there is none."""

    index: int
    offset: int
    data: memoryview
    size: int
    mtime: int
    eof: bool
    error: str | None


@dataclass(frozen=True)
class RowPage:
    """Consecutive rows of a table, as stored; `last` continues after them; `raw` holds all values for one search."""

    rows: list[Row]
    raw: bytes
    done: bool
    last: list[str | None] | None


@dataclass(frozen=True)
class Catalogue:
    """The tables, views and triggers of a site, and what was left out, with reasons."""

    tables: list[Table]
    triggers: list[Trigger]
    skipped: list[tuple[str, str]]


class SourceEnd(Protocol):
    """A site to copy from."""

    def hello(self) -> Site:
        """Describe the site."""
        ...

    def confirm(self) -> None:
        """Tell the site that its key is in use, so that it lives as long as the run."""
        ...

    def revoke(self) -> list[str]:
        """Give the key back; the site removes what was installed for it. Returns paths that it could not remove."""
        ...

    def list_files(self, root: str, cursor: str | None, limit: int) -> FilePage:
        """One page of a root's files after `cursor`."""
        ...

    def read_files(self, requests: Sequence[FileRequest]) -> list[FilePiece]:
        """Read pieces; fewer or shorter ones than asked where an answer would be too large."""
        ...

    def catalogue(self) -> Catalogue:
        """All tables, views and triggers of the site."""
        ...

    def read_rows(self, table: Table, after: list[str | None] | None, offset: int) -> RowPage:
        """The next rows of a table: after a key, or for tables without a key from an offset."""
        ...

    def count_rows(self, tables: Sequence[str]) -> dict[str, int]:
        """Rows of each table now."""
        ...
