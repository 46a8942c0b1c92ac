"""Compare the tables of a finished clone with what was written into them, at any later time and without the source."""

from dataclasses import dataclass

from migrator import ledger
from migrator.ends import Digest
from migrator.errors import DatabaseRefused
from migrator.ledger import TableEntry
from migrator.local.database import Database
from migrator.local.digest import read_digest
from migrator.schema import table_names
from migrator.workers import Lane, run_lanes


@dataclass(frozen=True)
class TableDifference:
    """A table that is not as it was finished: rows written, rows now (None: it is gone)."""

    name: str
    written: int
    now: int | None


def compare_tables(database: Database, workers: int) -> tuple[int, list[TableDifference]]:
    """Digest every table that the ledger knows; returns how many these are, and those that differ."""
    connection = database.connect()
    try:
        known, there = ledger.entries(connection), table_names(connection)
    finally:
        connection.close()
    found = list[TableDifference]()

    def compare(entry: TableEntry) -> None:
        now = _digest(database, entry) if entry.name in there else None
        if now != entry.written:
            found.append(TableDifference(entry.name, entry.written.rows, now.rows if now else None))

    run_lanes(Lane("compare", known.values(), compare, threads=workers))
    return len(known), sorted(found, key=lambda difference: difference.name)


def _digest(database: Database, entry: TableEntry) -> Digest | None:
    connection = database.connect(entry.charset)
    try:
        return read_digest(connection, entry.name, entry.charset)
    except DatabaseRefused:
        return None  # it was dropped, or is no table that can be read any more
    finally:
        connection.close()
