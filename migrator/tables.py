"""Tables as they are copied: what is known of each afterwards, and the rewriting of pages of lines.

A page in which nothing can need rewriting is searched in memory and handed on as it came; only lines that may hold a
URL or path of the source are looked at, and taken apart where lengths or columns that stay as they are demand it.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from migrator.ends import Digest, Key, RowPage
from migrator.errors import SourceDataInvalid
from migrator.inserts import is_binary
from migrator.lines import digest, digest_of, escape, fingerprint, rows_of, unescape, withholds, without
from migrator.rewrite import PlainReplacer, Rewriter, RewriteStatistics
from migrator.site import Column, Table

_TEXT_TYPES = ("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "json")
_NUMBERS = ("tinyint", "smallint", "mediumint", "int", "bigint")
_SHORT = 4_096  # bytes; a value of no more is searched only when it is unescaped
_LARGE_VALUE = 1_048_576  # bytes
_LARGEST_PAGE = 8_388_608  # bytes; in larger ones there are values that were fetched by themselves
Fill = Callable[[bytes, list[bytes]], list[bytes]]  # (a line, its values) → the complete line, in pieces


@dataclass
class TableResult:
    """How one table was copied; sizes in bytes.

    binary_hits: Binary values that hold a URL of the source, and are left as they are.
    changes: What was changed in the table's definition.
    last_key: Where a restore's comparison begins to look for newer rows.
    vanished: The source dropped the table while it was copied; the clone does not have it.
    moved: Rows that were read again because they changed during the copy; still_moving: they still did at the end.
    digest: Sum of the CRC32 of every row's line as the source sent it, in decimal; None for a table that vanished.
    """

    name: str
    rows: int = 0
    bytes: int = 0
    seconds: float = 0.0
    rewritten: RewriteStatistics = field(default_factory=RewriteStatistics)
    binary_hits: int = 0
    warnings: list[tuple[int, str]] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    last_key: Key | None = None
    vanished: bool = False
    moved: int = 0
    still_moving: bool = False
    digest: str | None = None


@dataclass(frozen=True)
class RewrittenPage:
    """A page as it is to be written, with the digests of what came and of what is compared in the clone."""

    lines: bytes
    source: Digest
    written: Digest
    statistics: RewriteStatistics
    binary_hits: int


def kind_of(column: Column) -> str:
    """A column's type in lower case, without length and attributes."""
    return column.type.lower().partition("(")[0].split(" ")[0]


def left_alone(table: Table, prefix: str) -> set[str]:
    """Columns whose text is never rewritten: what rows are found by, feed identifiers, password hashes."""
    named = {f"{prefix}posts": {"guid"}, f"{prefix}users": {"user_pass"}}
    return {*(table.key or ()), *named.get(table.name, set())}


def is_text(column: Column) -> bool:
    """Whether a column holds text that may have to be rewritten."""
    return kind_of(column) in _TEXT_TYPES and not is_binary(column)


class PageRewriter:
    """Rewrites pages of one table; for one thread.

    Args:
        incomparable: Columns that the clone's server writes in a way of its own; they do not count in what is written.
    """

    def __init__(self, table: Table, prefix: str, plain: PlainReplacer, incomparable: Collection[str] = ()) -> None:
        alone = left_alone(table, prefix)
        columns = list(enumerate(table.stored_columns))
        self._name, self._width = table.name, len(columns)
        self._text = [index for index, column in columns if is_text(column) and column.name not in alone]
        self._alone = [index for index, column in columns if column.name in alone]
        self._binary = [index for index, column in columns if is_binary(column)]
        spared = [column for column in table.stored_columns if column.name in alone or is_binary(column)]
        self._wholly = all(kind_of(column) in _NUMBERS for column in spared)
        self._left_out = [index for index, column in columns if column.name in incomparable]
        self._plain = plain
        # Anchors without a backslash stand in a value as they stand in its escaped form.
        self._searchable = not any(b"\\" in anchor for anchor in plain.anchors)
        self._rewriter = Rewriter(plain)
        self._binary_hits = 0

    def rewrite(self, page: RowPage, fill: Fill) -> RewrittenPage:
        """The page with every URL and path of the source replaced; `fill` fetches values that were withheld."""
        if page.lines.count(b"\t") != page.rows * (self._width - 1):
            raise SourceDataInvalid(f"The source sent rows of {self._name} with a wrong number of values.")
        self._rewriter.statistics, self._binary_hits = RewriteStatistics(), 0
        source = digest(page.lines) if page.total is None else Digest(page.rows, page.total)
        lines, base = page.lines, source
        if withholds(lines):
            lines = _filled(lines, fill)
            base = digest(lines)
        lines, written = self._replaced(lines, base)
        if self._left_out:
            written = digest_of([without(row, self._left_out) for row in rows_of(lines)])
        return RewrittenPage(lines, source, written, self._rewriter.statistics, self._binary_hits)

    def _replaced(self, lines: bytes, base: Digest) -> tuple[bytes, Digest]:
        """The lines rewritten, and their digest: only what changed is digested again."""
        pieces, done = list[bytes](), 0
        for start, end, whole in self._found(lines):
            changed = self._row(lines[start:end]) if whole is None else whole
            if len(changed) != end - start or not lines.startswith(changed, start):
                pieces += [lines[done:start], changed]
                done = end
                base = Digest(base.rows, base.total - fingerprint(lines[start:end]) + fingerprint(changed))
        return (b"".join([*pieces, lines[done:]]) if pieces else lines), base

    def _found(self, lines: bytes) -> Iterable[tuple[int, int, bytes | None]]:
        """Lines that may need rewriting, with what they become where no value has to be looked at by itself."""
        if self._wholly and len(lines) <= _LARGEST_PAGE:
            return self._rewriter.rewrite_lines(lines)
        return ((start, end, None) for start, end in self._plain.lines_with_hits(lines, self._alone))

    def _row(self, row: bytes) -> bytes:
        """A line rewritten value by value. Values may be large: none is held longer than it is needed."""
        values = row.split(b"\t")
        del row
        for index in self._text:
            if not self._may_hit(values[index]):
                continue
            if len(values[index]) > _LARGE_VALUE:
                values[index] = escape(self._rewriter.rewrite(_taken(values, index)))
                continue
            value = unescape(values[index])
            if value:
                new = self._rewriter.rewrite(value)
                values[index] = values[index] if new is value else escape(new)
        for index in self._binary:
            if self._may_hit(values[index]):
                value = unescape(values[index])
                self._binary_hits += bool(value) and self._rewriter.would_change(value or b"")
        return b"\t".join(values)

    def _may_hit(self, written: bytes) -> bool:
        """Whether a value, as it stands in a line, may hold something to rewrite: most of a line's values are short."""
        if len(written) < self._plain.shortest:
            return False
        return len(written) <= _SHORT or not self._searchable or self._rewriter.may_hit(written)


def _filled(lines: bytes, fill: Fill) -> bytes:
    """The lines with their values complete; the pieces of large values are put together once, in here."""
    parts = list[bytes]()
    for row in rows_of(lines):
        parts += fill(row, row.split(b"\t")) if withholds(row) else [row]
        parts.append(b"\n")
    return b"".join(parts)


def _taken(values: list[bytes], index: int) -> bytes:
    """A value, unescaped, taken out of its place."""
    written, values[index] = values[index], b""
    return unescape(written) or b""
