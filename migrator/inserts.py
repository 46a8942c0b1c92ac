"""Multi-row INSERT statements out of lines (migrator/lines.py), for servers that do not take LOAD DATA LOCAL.

The escapes of a line mean the same in a quoted literal, so a page without binary values needs a few replacements and
no look at single rows. Binary values get the `_binary` introducer, so that they are not taken for text. Where a charset
may hold a backslash inside a character (gbk, big5, sjis …) values are written in hexadecimal.

Duplicate keys become warnings as they do with LOAD DATA LOCAL (`IGNORE`): the caller compares how many rows arrived.
"""

import re
from collections.abc import Iterator

from migrator.errors import RowTooLarge
from migrator.lines import NULL, unescape
from migrator.local.database import identifier, named
from migrator.site import Column, Table

_BINARY_TYPES = re.compile(
    r"(?i)(?:bit|binary|varbinary|tinyblob|blob|mediumblob|longblob|vector"
    r"|geometry|point|linestring|polygon|multipoint|multilinestring|multipolygon|geometrycollection|geomcollection)\b"
)
# A trail byte of these may be 0x5C, the backslash: escaping by backslash would cut characters.
BACKSLASH_CHARSETS = {"big5", "cp932", "gb18030", "gbk", "sjis"}
_STATEMENT_SIZE = 1_048_576  # bytes; larger statements load no faster
PACKET_OVERHEAD = 1_024


def is_binary(column: Column) -> bool:
    """Whether a column holds bytes rather than characters."""
    return _BINARY_TYPES.match(column.type) is not None


class InsertWriter:
    """Writes lines of one table as INSERT statements.

    Args:
        table: The table; generated columns are left out.
        charset: The connection's.
        max_allowed_packet: The target's, in bytes.
    """

    def __init__(self, table: Table, charset: str, max_allowed_packet: int) -> None:
        columns = table.stored_columns
        names = ", ".join(identifier(column.name) for column in columns)
        self._table = table.name
        self._head = named("INSERT IGNORE INTO {table} ", table=table.name).encode() + f"({names}) VALUES ".encode()
        self._binary = [is_binary(column) for column in columns]
        self._introducer = b"_" + charset.encode() if charset in BACKSLASH_CHARSETS else b""
        self._limit = max_allowed_packet - PACKET_OVERHEAD
        self._write = self._singly if self._introducer or any(self._binary) else _at_once

    def statements(self, lines: bytes) -> Iterator[bytes]:
        """Yield statements that hold all the lines; raises RowTooLarge for a row that none can hold."""
        start = 0
        while start < len(lines):
            # Quoting adds to what is cut here; half of what is allowed leaves room for all but rows of quotes only.
            end = lines.rfind(b"\n", start, start + min(_STATEMENT_SIZE, self._limit // 2))
            end = end if end >= 0 else lines.index(b"\n", start)
            yield from self._fitting(lines[start:end])
            start = end + 1

    def _fitting(self, rows: bytes) -> Iterator[bytes]:
        """One statement, or several where the quoted rows are too large for one."""
        statement = self._head + self._write(rows)
        if len(statement) <= self._limit:
            yield statement
            return
        middle = rows.find(b"\n", len(rows) // 2)
        middle = middle if middle >= 0 else rows.rfind(b"\n")
        if middle < 0:
            raise RowTooLarge(
                f"A row of {self._table} has {len(rows):,} bytes, more than the clone's database takes at once."
            )
        yield from self._fitting(rows[:middle])
        yield from self._fitting(rows[middle + 1 :])

    def _singly(self, rows: bytes) -> bytes:
        return b",".join([self._row(row.split(b"\t")) for row in rows.split(b"\n")])

    def _row(self, values: list[bytes]) -> bytes:
        return b"(" + b",".join(map(self._literal, values, self._binary)) + b")"

    def _literal(self, written: bytes, binary: bool) -> bytes:
        if written == NULL:
            return b"NULL"
        if self._introducer:
            introducer = b"_binary" if binary else self._introducer
            return introducer + b" X'" + (unescape(written) or b"").hex().encode() + b"'"
        quoted = b"'" + written.replace(b"'", b"\\'") + b"'"
        return b"_binary" + quoted if binary else quoted


def _at_once(rows: bytes) -> bytes:
    """Rows of text and numbers. A quote before `\\N` and one behind can only be ours: data has no such backslash."""
    quoted = rows.replace(b"'", b"\\'").replace(b"\t", b"','").replace(b"\n", b"'),('")
    return (b"('" + quoted + b"')").replace(b"'\\N'", b"NULL")
