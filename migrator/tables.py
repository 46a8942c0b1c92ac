"""Copy tables: created anew, read page by page, rewritten in flight, written in multi-row statements.

Rows are rewritten before they are inserted, so that tables without a key need no special way. A page of which nothing
has to be rewritten costs one memory search.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from migrator.ddl import adapt_table
from migrator.ends import Row, RowPage, SourceEnd
from migrator.errors import SourceVanished, VerificationFailed
from migrator.inserts import InsertWriter, is_binary
from migrator.local.database import Connection, named
from migrator.local.pool import Pool
from migrator.rewrite import PlainReplacer, Rewriter, RewriteStatistics
from migrator.schema import Target
from migrator.site import Column, Table

_TEXT_TYPES = ("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "json")
_MAX_WARNINGS = 20


@dataclass
class TableResult:
    """How one table was copied; sizes in bytes.

    binary_hits: Binary values that hold a URL of the source, and are left as they are.
    changes: What was changed in the table's definition.
    last_key: Where a restore's comparison begins to look for newer rows.
    vanished: The source dropped the table while it was copied; the clone does not have it.
    """

    name: str
    rows: int = 0
    bytes: int = 0
    seconds: float = 0.0
    rewritten: RewriteStatistics = field(default_factory=RewriteStatistics)
    binary_hits: int = 0
    warnings: list[tuple[int, str]] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    last_key: list[str | None] | None = None
    vanished: bool = False


def left_alone(table: Table, prefix: str) -> set[str]:
    """Columns whose text is never rewritten: what rows are found by, feed identifiers, password hashes."""
    named = {f"{prefix}posts": {"guid"}, f"{prefix}users": {"user_pass"}}
    return {*(table.key or ()), *named.get(table.name, set())}


def is_text(column: Column) -> bool:
    """Whether a column holds text that may have to be rewritten."""
    return column.type.lower().partition("(")[0].split(" ")[0] in _TEXT_TYPES and not is_binary(column)


def pages(source: SourceEnd, table: Table) -> Iterator[RowPage]:
    """All rows of a table in one pass: each page begins after the last key of the one before, whatever happens there.

    Without a key the pages go by number of rows, so that only a table that nobody writes to comes out exactly.
    """
    after: list[str | None] | None = None
    offset = 0
    while True:
        page = source.read_rows(table, after, offset)
        yield page
        if page.done:
            return
        if table.key:
            after = page.last
        else:
            offset += len(page.rows)


class RowRewriter:
    """Rewrites pages of one table."""

    def __init__(self, table: Table, prefix: str, plain: PlainReplacer) -> None:
        alone = left_alone(table, prefix)
        columns = list(enumerate(table.stored_columns))
        self._text = [index for index, column in columns if is_text(column) and column.name not in alone]
        self._binary = [index for index, column in columns if is_binary(column)]
        self._rewriter = Rewriter(plain)
        self.binary_hits = 0

    @property
    def statistics(self) -> RewriteStatistics:
        """What was rewritten so far."""
        return self._rewriter.statistics

    def rewrite(self, page: RowPage) -> list[Row]:
        """The page's rows, changed in place where something had to be rewritten."""
        if self._rewriter.may_hit(page.raw):
            for row in page.rows:
                self._rewrite_row(row)
        return page.rows

    def _rewrite_row(self, row: Row) -> None:
        for index in self._text:
            value = row[index]
            if value:
                row[index] = self._rewriter.rewrite(value)
        for index in self._binary:
            value = row[index]
            if value and self._rewriter.may_hit(value) and self._rewriter.would_change(value):
                self.binary_hits += 1


class TableCopier:
    """Copies tables from a source into the clone's database; used by several threads.

    Args:
        advance: Told (rows, share of the table's bytes) as they arrive.
    """

    def __init__(
        self,
        source: SourceEnd,
        pool: Pool,
        target: Target,
        plain: PlainReplacer,
        *,
        prefix: str,
        charset: str,
        advance: Callable[[int, int], None],
    ) -> None:
        self._source = source
        self._pool = pool
        self._target = target
        self._plain = plain
        self._prefix = prefix
        self._charset = charset
        self._advance = advance

    def copy(self, table: Table) -> TableResult:
        """Copy one table, from nothing, and count what arrived; raises VerificationFailed if rows are missing."""
        started = time.monotonic()
        result = TableResult(table.name)
        with self._pool.session() as connection:
            result.changes = self._create(connection, table)
            try:
                self._load(connection, table, result)
            except SourceVanished:
                connection.run(named("DROP TABLE {table}", table=table.name), f"removing {table.name}")
                result.vanished = True
                return result
            count = named("SELECT COUNT(*) FROM {table}", table=table.name)
            ((arrived,),) = connection.rows(count, f"counting {table.name}")
        if arrived != result.rows:
            raise VerificationFailed(f"Of {result.rows:,} rows of {table.name}, {arrived:,} arrived in the clone.")
        result.seconds = time.monotonic() - started
        return result

    def _create(self, connection: Connection, table: Table) -> list[str]:
        adapted = adapt_table(table, self._target.dialect)
        connection.run(named("DROP TABLE IF EXISTS {table}", table=table.name), f"replacing {table.name}")
        connection.run(adapted.statement.encode("latin-1"), f"creating {table.name}")
        return adapted.changes

    def _load(self, connection: Connection, table: Table, result: TableResult) -> None:
        rewriter = RowRewriter(table, self._prefix, self._plain)
        writer = InsertWriter(table, self._charset, self._target.max_allowed_packet)
        credited = 0
        for page in pages(self._source, table):
            self._insert(connection, writer, rewriter.rewrite(page), result)
            connection.commit()
            result.rows += len(page.rows)
            result.bytes += len(page.raw)
            result.last_key = page.last or result.last_key
            share = (table.bytes if page.done else min(table.bytes, result.bytes)) - credited
            credited += share
            self._advance(len(page.rows), share)
        result.rewritten, result.binary_hits = rewriter.statistics, rewriter.binary_hits

    def _insert(self, connection: Connection, writer: InsertWriter, rows: list[Row], result: TableResult) -> None:
        for statement in writer.statements(rows):
            connection.run(statement, f"rows of {result.name}")
            if connection.warning_count and len(result.warnings) < _MAX_WARNINGS:
                result.warnings += connection.warnings()[: _MAX_WARNINGS - len(result.warnings)]
