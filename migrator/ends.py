"""What the two ends of a run offer each other. Whatever fulfils these can take part, in either direction.

A source is read: it lists files and tables and answers pieces of them. A target is written: files by temporary name and
rename, tables by statements. Every operation may be repeated without harm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from migrator.site import FilePage, Site, Table, Trigger

Key = list[str | None]  # a row's place in its table's key, as the agent words it: base64, opaque
LONGEST_VALUE = 2_097_152  # bytes; longer values are withheld from a page and fetched by themselves
SHORTEST_LONGEST_VALUE = 65_536
PAGE_BYTES = 4_194_304


@dataclass(frozen=True)
class FileRequest:
    """A piece of a file to read: its root, its percent-encoded path, first byte and number of bytes."""

    root: str
    path: str
    offset: int
    length: int


@dataclass(frozen=True)
class FilePiece:
    """A piece that was read, its sha256 checked; size and mtime are the whole file's. error: why there is none."""

    index: int
    offset: int
    data: memoryview
    digest: bytes
    size: int
    mtime: int
    eof: bool
    error: str | None


@dataclass(frozen=True)
class Span:
    """Rows with after < key <= upto in the order of their table's key; None: open."""

    after: Key | None = None
    upto: Key | None = None


@dataclass(frozen=True)
class RowQuery:
    """Which rows to read: of a table with a key a span, of one without all whose CRC32 modulo `buckets` is `bucket`.

    longest: Values above so many bytes are withheld. budget: bytes of the answer. max_rows: 0 for no limit of ours.
    """

    table: Table
    span: Span = Span()
    buckets: int = 1
    bucket: int = 0
    longest: int = LONGEST_VALUE
    budget: int = PAGE_BYTES
    max_rows: int = 0


@dataclass(frozen=True)
class RowPage:
    """Consecutive rows of a table, each a line (docs/protocol.md); `last` is the key of the last one.

    done: There are no more rows in the span. Without a key: the page holds the whole bucket.
    total: Sum of the rows' fingerprints; None where the source does not say it.
    """

    lines: bytes
    rows: int
    done: bool
    last: Key | None
    total: int | None = None


@dataclass(frozen=True)
class ValueQuery:
    """A piece of one value: of which row and column, from which byte on, how many bytes."""

    table: Table
    at: Key
    column: str
    offset: int
    length: int


@dataclass(frozen=True)
class ValuePiece:
    """A piece of a value; `length` and `crc` are those of the whole value, None when it is gone."""

    data: bytes
    length: int | None
    crc: int | None


@dataclass(frozen=True)
class Digest:
    """What rows are known by: their number and the sum of their lines' CRC32."""

    rows: int = 0
    total: int = 0

    def __add__(self, other: "Digest") -> "Digest":
        return Digest(self.rows + other.rows, self.total + other.total)

    def __sub__(self, other: "Digest") -> "Digest":
        return Digest(self.rows - other.rows, self.total - other.total)


@dataclass(frozen=True)
class Measure:
    """Sizes of a table: bytes of its widest row, bounds of its key where that is one integer. None: not known."""

    widest: int | None = None
    low: int | None = None
    high: int | None = None


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

    def read_rows(self, query: RowQuery) -> RowPage:
        """The first rows of those asked for."""
        ...

    def read_value(self, query: ValueQuery) -> ValuePiece:
        """A piece of one value."""
        ...

    def digests(self, table: Table, spans: Sequence[Span], longest: int) -> list[Digest]:
        """The digest of each span of a table with a key, as its rows are now."""
        ...

    def bucket_digests(self, table: Table, buckets: int) -> list[Digest]:
        """The digest of each bucket of a table without a key, as its rows are now."""
        ...

    def measure(self, tables: Sequence[str]) -> dict[str, Measure]:
        """Sizes of tables; those that are gone are left out."""
        ...
