"""Fetch values that are too long for a page of rows, piece by piece, and make sure that they belong to their row.

What has arrived of one is kept until its page is written: a kill costs the piece in flight, however long the value is.
"""

import base64
import zlib
from collections.abc import Callable, Iterator

from migrator.ends import Key, RowQuery, SourceEnd, Span, ValueQuery
from migrator.keys import has_integer_key
from migrator.lines import Withheld, escape, rows_of, withheld
from migrator.loads import row_too_large
from migrator.local.kept import KeptValue
from migrator.site import Column, Table
from migrator.workers import end_if_stopped

Keep = Callable[[bytes], KeptValue]


class RowChanged(Exception):
    """A row changed while its values were fetched: its page has to be read again."""


class Fetcher:
    """Fetches the withheld values of one page.

    Args:
        query: What the page was the answer to; its rows, `lines`, tell the keys that only the source can word.
        largest: Bytes that a row may have.
        keep: Gives a value's bytes a place, by a name of the value.
    """

    def __init__(self, source: SourceEnd, query: RowQuery, lines: bytes, largest: int, keep: Keep) -> None:
        self._source = source
        self._query = query
        self._lines = lines
        self._largest = largest
        self._keep = keep
        self.kept: list[KeptValue] = []  # what may be forgotten when the page is written

    def fill(self, row: bytes, values: list[bytes]) -> list[bytes]:
        """A line in pieces, with the values that were withheld in their places; raises RowChanged, RowTooLarge."""
        table = self._query.table
        missing = {index: found for index, value in enumerate(values) if (found := withheld(value))}
        size = len(row) + sum(found.length for found in missing.values())
        if size > self._largest:
            raise row_too_large(table.name, size)
        at = self._key(row, values)
        columns = table.stored_columns
        parts = list[bytes]()
        for index, value in enumerate(values):
            parts.append(b"\t" if index else b"")
            parts += self._value(at, columns[index], missing[index]) if index in missing else [value]
        return parts

    def _value(self, at: Key, column: Column, expected: Withheld) -> list[bytes]:
        """A value in pieces, each escaped by itself: an escape is of one byte."""
        kept = self._keep(repr((self._query.table.name, at, column.name, expected)).encode())
        self.kept.append(kept)
        parts, length, crc = list[bytes](), 0, 0
        for data in self._pieces(kept, at, column, expected):
            length, crc = length + len(data), zlib.crc32(data, crc)
            parts.append(escape(data))
        if (length, crc) != (expected.length, expected.crc):
            kept.drop()
            raise RowChanged
        return parts

    def _pieces(self, kept: KeptValue, at: Key, column: Column, expected: Withheld) -> Iterator[bytes]:
        """What has arrived of a value, then the rest, each piece kept before the next one is asked for."""
        length = 0
        for data in kept.pieces():
            length += len(data)
            yield data
        while length < expected.length:
            end_if_stopped()
            size = min(self._query.budget, expected.length - length)
            piece = self._source.read_value(ValueQuery(self._query.table, at, column.name, length, size))
            if (piece.length, piece.crc) != (expected.length, expected.crc) or not piece.data:
                kept.drop()
                raise RowChanged
            kept.append(piece.data)
            length += len(piece.data)
            yield piece.data

    def _key(self, row: bytes, values: list[bytes]) -> Key:
        table = self._query.table
        if has_integer_key(table):
            positions = {column.name: index for index, column in enumerate(table.stored_columns)}
            return [base64.b64encode(values[positions[name]]).decode() for name in table.key or ()]
        return self._key_by_source(table, rows_of(self._lines).index(row))

    def _key_by_source(self, table: Table, index: int) -> Key:
        """Only the source can word a key of text: it does so for the last row of a page, so this row becomes one."""
        query = self._query
        page = self._source.read_rows(
            RowQuery(table, Span(query.span.after, query.span.upto), longest=query.longest, max_rows=index + 1)
        )
        if page.last is None or rows_of(page.lines)[-1:] != rows_of(self._lines)[index : index + 1]:
            raise RowChanged
        return page.last
