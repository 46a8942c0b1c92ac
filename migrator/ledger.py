"""What has been written to the clone's database, in that database: the memory of a run that is killed at any point.

A page of rows and its entry here are one transaction. So after any crash, of the engine, the source or the server, the
entries say exactly which rows are there, and reading goes on behind the last of them.

    new       the table is being made: whatever is there is thrown away
    copying   its pages are as listed
    settled   all of it is there and was compared with the source; what comes next may have changed it
    final     finished; rows and digest are those of the finished clone
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, field, fields, replace
from typing import Any

from migrator.ends import LONGEST_VALUE, Digest, Key, Span
from migrator.local.database import Connection, named, text_of

TABLES_TABLE = "_migrator_tables"
PAGES_TABLE = "_migrator_pages"
_NAME = "VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL"
_MAKE_TABLES = f"""CREATE TABLE IF NOT EXISTS {{table}} (name {_NAME} PRIMARY KEY, run CHAR(64) NOT NULL,
    definition CHAR(64) NOT NULL, charset VARCHAR(64) NOT NULL, state VARCHAR(16) NOT NULL,
    buckets INT UNSIGNED NOT NULL, spans LONGTEXT NOT NULL, moved BIGINT UNSIGNED NOT NULL DEFAULT 0,
    `rows` BIGINT UNSIGNED NOT NULL DEFAULT 0, written BIGINT UNSIGNED NOT NULL DEFAULT 0)
    ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"""
_MAKE_PAGES = f"""CREATE TABLE IF NOT EXISTS {{table}} (name {_NAME}, segment INT UNSIGNED NOT NULL,
    page INT UNSIGNED NOT NULL, after LONGTEXT NULL, upto LONGTEXT NULL, last LONGTEXT NULL, done TINYINT NOT NULL,
    longest BIGINT UNSIGNED NOT NULL, skipped BIGINT UNSIGNED NOT NULL, `rows` BIGINT UNSIGNED NOT NULL,
    source BIGINT UNSIGNED NOT NULL, written BIGINT UNSIGNED NOT NULL, bytes BIGINT UNSIGNED NOT NULL,
    `values` BIGINT UNSIGNED NOT NULL, replacements BIGINT UNSIGNED NOT NULL, unparsed BIGINT UNSIGNED NOT NULL,
    binary_hits BIGINT UNSIGNED NOT NULL, PRIMARY KEY (name, segment, page))
    ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"""


@dataclass(frozen=True)
class TableEntry:
    """A table: fingerprints of run and definition, how it was cut, and what it held in the end (`settled`, `final`).

    moved: Rows that were read again because they changed.
    """

    name: str
    run: str
    definition: str
    charset: str
    state: str
    buckets: int
    spans: tuple[Span, ...]
    moved: int = 0
    written: Digest = field(default_factory=Digest)


@dataclass(frozen=True)
class PageEntry:
    """Rows that were written together: those of `span`, or of a bucket.

    last: Key of the last row, None if there was none. done: The segment ends here.
    longest: Values above so many bytes were withheld.
    skipped: Rows that the server did not take because another, older row stands in their way.
    source, written: Sums of the CRC32 of the lines as they came and as they were written; `rows` is the number of both.
    """

    segment: int
    page: int
    after: Key | None
    upto: Key | None
    last: Key | None
    done: bool
    longest: int = LONGEST_VALUE
    skipped: int = 0
    rows: int = 0
    source: int = 0
    written: int = 0
    bytes: int = 0
    values: int = 0
    replacements: int = 0
    unparsed: int = 0
    binary_hits: int = 0

    @property
    def span(self) -> Span:
        """The range that the page covers."""
        return Span(self.after, self.upto)

    @property
    def digest(self) -> Digest:
        """What the source's server says of these rows if they are still as they came."""
        return Digest(self.rows, self.source)


_FIELDS = ", ".join(f"`{each.name}`" for each in fields(PageEntry))
_MARKS = ", ".join(["%s"] * len(fields(PageEntry)))
_SELECT_PAGES = f"SELECT {_FIELDS} FROM {{table}} WHERE name = %s"  # noqa: S608 - names of columns, all ours
_WRITE_PAGE = f"REPLACE INTO {{table}} (name, {_FIELDS}) VALUES (%s, {_MARKS})"  # noqa: S608
_COUNTS = ("skipped", "rows", "source", "written", "bytes", "values", "replacements", "unparsed", "binary_hits")


def make(connection: Connection) -> None:
    """Make the ledger's tables if they are not there."""
    connection.run(named(_MAKE_TABLES, table=TABLES_TABLE), "making the ledger")
    connection.run(named(_MAKE_PAGES, table=PAGES_TABLE), "making the ledger")


def entries(connection: Connection) -> dict[str, TableEntry]:
    """All tables by name."""
    query = "SELECT name, run, definition, charset, state, buckets, spans, moved, `rows`, written FROM {table}"
    found = [_entry(row) for row in connection.rows(named(query, table=TABLES_TABLE), "reading the ledger")]
    return {entry.name: entry for entry in found}


def begin(connection: Connection, entry: TableEntry) -> None:
    """Forget what is known of a table and note it as one that is being made."""
    forget(connection, entry.name)
    spans = json.dumps([[span.after, span.upto] for span in entry.spans])
    values = (entry.name, entry.run, entry.definition, entry.charset, "new", entry.buckets, spans, entry.moved)
    insert = "INSERT INTO {table} (name, run, definition, charset, state, buckets, spans, moved)"
    marks = f" VALUES ({', '.join(['%s'] * len(values))})"
    connection.run(named(insert, table=TABLES_TABLE) + marks, "writing the ledger", values)


def forget(connection: Connection, name: str) -> None:
    """Remove a table and its pages."""
    for table in (PAGES_TABLE, TABLES_TABLE):
        connection.run(named("DELETE FROM {table} WHERE name = %s", table=table), "writing the ledger", (name,))


def mark(connection: Connection, name: str, state: str, moved: int, written: Digest | None = None) -> None:
    """Note a table's state, rows that were read again, and what it holds in the end."""
    held = written or Digest()
    update = "UPDATE {table} SET state = %s, moved = %s, `rows` = %s, written = %s WHERE name = %s"
    values = (state, moved, held.rows, held.total, name)
    connection.run(named(update, table=TABLES_TABLE), "writing the ledger", values)


def write_page(connection: Connection, name: str, entry: PageEntry) -> None:
    """Note a page, in the transaction of its rows; one of the same place is replaced."""
    keys = [None if key is None else json.dumps(key) for key in (entry.after, entry.upto, entry.last)]
    values = (name, entry.segment, entry.page, *keys, *astuple(entry)[5:])
    connection.run(named(_WRITE_PAGE, table=PAGES_TABLE), "writing the ledger", values)


def pages(connection: Connection, name: str) -> list[PageEntry]:
    """The pages of a table in the order of its rows."""
    query = _SELECT_PAGES + " ORDER BY segment, page"
    return [_page(row) for row in connection.rows(named(query, table=PAGES_TABLE), "reading the ledger", (name,))]


def last_page(connection: Connection, name: str, segment: int) -> PageEntry | None:
    """The page behind which reading a segment goes on; None to begin with it."""
    query = _SELECT_PAGES + " AND segment = %s ORDER BY page DESC LIMIT 1"
    rows = connection.rows(named(query, table=PAGES_TABLE), "reading the ledger", (name, segment))
    return _page(rows[0]) if rows else None


def written(found: Iterable[PageEntry]) -> Digest:
    """The digest of all rows as they were written."""
    return sum((Digest(page.rows, page.written) for page in found), Digest())


def joined(first: PageEntry, second: PageEntry) -> PageEntry:
    """One page in place of two that follow each other."""
    sums = {name: getattr(first, name) + getattr(second, name) for name in _COUNTS}
    return replace(second, after=first.after, last=second.last or first.last, **sums)


def _entry(row: Sequence[Any]) -> TableEntry:
    name, run, definition, charset, state = map(text_of, row[:5])
    buckets, spans, moved, rows, total = row[5:]
    cut = tuple(Span(after, upto) for after, upto in json.loads(spans))
    return TableEntry(name, run, definition, charset, state, buckets, cut, moved, Digest(rows, int(total)))


def _page(row: Sequence[Any]) -> PageEntry:
    after, upto, last = (None if key is None else json.loads(key) for key in row[2:5])
    return PageEntry(row[0], row[1], after, upto, last, bool(row[5]), *map(int, row[6:]))
