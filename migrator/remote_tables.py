"""The tables of a live site with our agent: what they are, their rows as lines, digests of ranges, single values."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from migrator.channel import Channel
from migrator.ends import Catalogue, Digest, Key, Measure, RowPage, RowQuery, Span, ValuePiece, ValueQuery
from migrator.errors import AnswerDamaged, SourceDataInvalid
from migrator.protocol import split_lines, split_value
from migrator.retrying import Budget, RetryPolicy, repeated, retried
from migrator.site import Table, checked
from migrator.table_answers import Digests, Measures, RowsHeader, TablePage, ValueHeader

_MAX_ROWS = 100_000  # per page: what the agent takes
_SPANS_AT_ONCE = 2_000  # of a table's digests per call
_SPANS_BYTES = 524_288  # of keys per call; the agent takes requests of 1 MiB


class RemoteTables:
    """Operations on tables; may be used by several threads."""

    def __init__(self, channel: Channel, policy: RetryPolicy, budget: Budget) -> None:
        self._channel = channel
        self._policy = policy
        self.budget = budget

    def catalogue(self) -> Catalogue:
        """All tables, views and triggers of the site, however many pages that takes."""
        page = checked(TablePage, self._json("db.tables", {}))
        found = Catalogue(list(page.tables), list(page.triggers), list(page.skipped))
        while page.next is not None:
            page = checked(TablePage, self._json("db.tables", {"after": page.next}))
            found.tables.extend(page.tables)
            found.triggers.extend(page.triggers)
            found.skipped.extend(page.skipped)
        return found

    def read_rows(self, query: RowQuery) -> RowPage:
        """The first rows of those asked for; raises AnswerDamaged if the site cannot go on although it is not done."""
        arguments = _of_table(query.table) | {"max_rows": query.max_rows or _MAX_ROWS}
        if query.table.key:
            arguments |= {"after": query.span.after, "upto": query.span.upto, "longest": query.longest}
        else:
            arguments |= {"buckets": query.buckets, "bucket": query.bucket}

        def read(budget: int) -> RowPage:
            payload = self._channel.call("db.rows", arguments | {"budget": min(budget, query.budget)})
            fields, lines = split_lines(payload)
            header = checked(RowsHeader, fields)
            if query.table.key and not header.done and not (header.rows and header.last):
                raise AnswerDamaged(f"The source sends no more rows of {query.table.name} although there are some.")
            return RowPage(lines, header.rows, header.done, header.last, header.sum)

        return retried(self._policy, self.budget, read)

    def read_value(self, query: ValueQuery) -> ValuePiece:
        """A piece of one value."""
        arguments = {"table": query.table.name, "key": query.table.key, "at": query.at, "column": query.column}

        def read(budget: int) -> ValuePiece:
            piece = {"offset": query.offset, "length": min(budget, query.length)}
            fields, data = split_value(self._channel.call("db.value", arguments | piece))
            header = checked(ValueHeader, fields)
            return ValuePiece(data, header.length, header.crc)

        return retried(self._policy, self.budget, read)

    def digests(self, table: Table, spans: Sequence[Span], longest: int) -> list[Digest]:
        """The digest of each span of a table with a key, as its rows are now."""
        found = list[Digest]()
        while len(found) < len(spans):
            ranges = _ranges(spans[len(found) : len(found) + _SPANS_AT_ONCE])
            found += self._digests(_of_table(table) | {"longest": longest, "ranges": ranges}, len(ranges))
        return found

    def bucket_digests(self, table: Table, buckets: int) -> list[Digest]:
        """The digest of each bucket of a table without a key, as its rows are now."""
        found = self._digests(_of_table(table) | {"buckets": buckets}, buckets)
        if len(found) != buckets:
            raise AnswerDamaged(f"The source does not say what rows {table.name} has.")
        return found

    def _digests(self, arguments: dict[str, Any], most: int) -> list[Digest]:
        answer = checked(Digests, self._json("db.digest", arguments)).digests
        if not 1 <= len(answer) <= most:
            raise AnswerDamaged("The source does not say what rows a table has.")
        return [Digest(rows, total) for rows, total in answer]

    def measure(self, tables: Sequence[str]) -> dict[str, Measure]:
        """Sizes of tables; those that are gone are left out."""
        measured: dict[str, Measure] = {}
        for found in self._measures(list(tables)):
            measured |= found
        return measured

    def _measures(self, wanted: list[str]) -> Iterator[dict[str, Measure]]:
        while wanted:
            answer = checked(Measures, self._json("db.measure", {"tables": wanted})).tables
            found = {name: Measure(m.widest, m.low, m.high) for name, m in answer.items() if name in wanted}
            yield found
            wanted = [name for name in wanted if name not in found] if found else []

    def _json(self, op: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return repeated(self._policy, lambda: _object(self._channel.call(op, arguments)))


def _ranges(spans: Sequence[Span]) -> list[list[Key | None]]:
    """As many spans as one request may hold, at least one."""
    ranges, size = list[list[Key | None]](), 0
    for span in spans:
        size += sum(len(part or "") for key in (span.after, span.upto) for part in key or ())
        if ranges and size > _SPANS_BYTES:
            break
        ranges.append([span.after, span.upto])
    return ranges


def _of_table(table: Table) -> dict[str, Any]:
    return {"table": table.name, "columns": [column.name for column in table.stored_columns], "key": table.key}


def _object(payload: memoryview) -> dict[str, Any]:
    try:
        value = json.loads(bytes(payload))
    except (ValueError, RecursionError) as cause:
        raise SourceDataInvalid("The source's agent sent an answer that is not JSON.") from cause
    if not isinstance(value, dict):
        raise SourceDataInvalid("The source's agent sent an answer that is not a JSON object.")
    return value
