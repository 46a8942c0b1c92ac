"""Write lines into a table of the clone: LOAD DATA LOCAL where the server takes it, multi-row INSERT elsewhere.

The file is read as bytes (`CHARACTER SET binary`): a column whose charset is the connection's takes them as they are,
any other text through CONVERT. Session variables cannot do that: MySQL reads such a file in one charset, and a binary
value that is no text in it ends the statement.

With LOCAL a server treats what it cannot take as IGNORE does: it goes on, and the number of rows tells. Strictness is
the caller's: rows that did not arrive are counted, and the table is compared at the end.
"""

from collections.abc import Sequence

from migrator.errors import RowTooLarge
from migrator.inserts import BACKSLASH_CHARSETS, PACKET_OVERHEAD, InsertWriter
from migrator.lines import rows_of
from migrator.local.database import Connection, identifier, named
from migrator.local.digest import ClonedColumn
from migrator.schema import Target
from migrator.site import Table

_MAX_WARNINGS = 20
_DUPLICATE = 1062
_FORMAT = r" CHARACTER SET binary FIELDS TERMINATED BY '\t' ESCAPED BY '\\' LINES TERMINATED BY '\n' "


class Loader:
    """Writes lines of one table; for one thread.

    Args:
        table: The table; generated columns are left out.
        columns: The same columns as the clone has them.
        charset: The connection's.
        target: What the clone's server takes.
        warnings: Where the first warnings go, (number, text).
    """

    def __init__(
        self,
        table: Table,
        columns: Sequence[ClonedColumn],
        charset: str,
        target: Target,
        warnings: list[tuple[int, str]],
    ) -> None:
        self._name = table.name
        self._limit = target.max_allowed_packet - PACKET_OVERHEAD
        self._warnings = warnings
        self._load = load_statement(table, columns, charset).encode()
        loads = target.local_infile and charset not in BACKSLASH_CHARSETS
        self._inserts = None if loads else InsertWriter(table, charset, target.max_allowed_packet)

    def write(self, connection: Connection, lines: bytes) -> int:
        """Write a page's lines; returns how many rows arrived. Raises RowTooLarge for what no reader could fetch."""
        if len(lines) > self._limit and max(map(len, rows_of(lines))) > self._limit:
            raise row_too_large(self._name, max(map(len, rows_of(lines))))
        if not lines:
            return 0
        doing = f"rows of {self._name}"
        if self._inserts is None:
            added = connection.load(self._load, lines, doing)
            self._note(connection)
            return added
        return sum(self._insert(connection, statement, doing) for statement in self._inserts.statements(lines))

    def _insert(self, connection: Connection, statement: bytes, doing: str) -> int:
        added = connection.run(statement, doing)
        self._note(connection)
        return added

    def _note(self, connection: Connection) -> None:
        if connection.warning_count and len(self._warnings) < _MAX_WARNINGS:
            found = [warning for warning in connection.warnings() if warning[0] != _DUPLICATE]
            self._warnings += found[: _MAX_WARNINGS - len(self._warnings)]


def load_statement(table: Table, columns: Sequence[ClonedColumn], charset: str) -> str:
    """LOAD DATA LOCAL for the lines of a table."""
    known = {column.name.lower(): column for column in columns}
    names, sources = [identifier(column.name) for column in table.stored_columns], dict[str, str]()
    for number, (column, name) in enumerate(zip(table.stored_columns, names, strict=True)):
        found = known.get(column.name.lower())
        if found is not None and found.needs_conversion(charset):
            sources[name] = f"CONVERT(@v{number} USING {charset})"
        elif found is not None and found.counts:
            sources[name] = f"@v{number}"
    if not any(source.startswith("CONVERT") for source in sources.values()):
        sources = {}  # only beside another SET MariaDB counts up from a 0
    targets = [f"@v{number}" if name in sources else name for number, name in enumerate(names)]
    head = named("LOAD DATA LOCAL INFILE 'lines' INTO TABLE {table}", table=table.name)
    settings = ", ".join(f"{name} = {source}" for name, source in sources.items())
    return f"{head}{_FORMAT}({', '.join(targets)})" + (f" SET {settings}" if settings else "")


def row_too_large(table: str, size: int) -> RowTooLarge:
    """The refusal of a row of so many bytes."""
    return RowTooLarge(f"A row of {table} has {size:,} bytes, more than the clone's database takes at once.")
