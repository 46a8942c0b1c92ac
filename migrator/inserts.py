"""Build multi-row INSERT statements out of rows of raw bytes.

A value is written as it was stored: text in quotes in the connection's charset, binary values with the `_binary`
introducer (so that they are not taken for text), JSON without it (MySQL makes no JSON of a binary string, error 3144).
Where a charset may hold a backslash inside a character (gbk, big5, sjis …) values are written in hexadecimal.
"""

import re
from collections.abc import Iterable, Iterator

from migrator.ends import Row
from migrator.errors import RowTooLarge
from migrator.local.database import identifier, named
from migrator.site import Column, Table

_BINARY_TYPES = re.compile(
    r"(?i)(?:bit|binary|varbinary|tinyblob|blob|mediumblob|longblob|vector"
    r"|geometry|point|linestring|polygon|multipoint|multilinestring|multipolygon|geometrycollection|geomcollection)\b"
)
# A trail byte of these may be 0x5C, the backslash: escaping by backslash would cut characters.
BACKSLASH_CHARSETS = {"big5", "cp932", "gb18030", "gbk", "sjis"}
_STATEMENT_SIZE = 1_048_576  # bytes; larger statements load no faster
_PACKET_OVERHEAD = 1_024


def is_binary(column: Column) -> bool:
    """Whether a column holds bytes rather than characters."""
    return _BINARY_TYPES.match(column.type) is not None


class InsertWriter:
    """Writes rows of one table as INSERT statements.

    Args:
        table: The table; generated columns are left out.
        charset: The connection's.
        max_allowed_packet: The target's, in bytes.
    """

    def __init__(self, table: Table, charset: str, max_allowed_packet: int) -> None:
        columns = table.stored_columns
        names = ", ".join(identifier(column.name) for column in columns)
        self._table = table.name
        self._head = named("INSERT INTO {table} ", table=table.name).encode() + f"({names}) VALUES ".encode()
        self._binary = [is_binary(column) for column in columns]
        self._introducer = b"_" + charset.encode() if charset in BACKSLASH_CHARSETS else b""
        self._limit = max_allowed_packet - _PACKET_OVERHEAD

    def statements(self, rows: Iterable[Row]) -> Iterator[bytes]:
        """Yield statements that hold all the rows; raises RowTooLarge for a row that none can hold."""
        pending, size = list[bytes](), 0
        for row in rows:
            written = self._write(row)
            if pending and size + len(written) > min(_STATEMENT_SIZE, self._limit):
                yield self._head + b",".join(pending)
                pending, size = [], 0
            pending.append(written)
            size += len(written) + 1
        if pending:
            yield self._head + b",".join(pending)

    def _write(self, row: Row) -> bytes:
        written = b"(" + b",".join(map(self._literal, row, self._binary)) + b")"
        if len(self._head) + len(written) > self._limit:
            raise RowTooLarge(
                f"A row of {self._table} has {len(written):,} bytes, more than the clone's database takes at once."
            )
        return written

    def _literal(self, value: bytes | None, binary: bool) -> bytes:
        if value is None:
            return b"NULL"
        if self._introducer and not binary:
            return self._introducer + b" X'" + value.hex().encode() + b"'"
        quoted = b"'" + value.replace(b"\\", b"\\\\").replace(b"'", b"\\'") + b"'"
        return b"_binary" + quoted if binary else quoted
