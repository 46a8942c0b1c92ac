"""Look for URLs of the source that are still in the clone's tables: the check that does not trust the rewriting.

The server finds candidates by bytes, whatever collation a column has; the same replacer that rewrote the rows then says
whether a candidate really is such a URL.
"""

from collections.abc import Sequence

from migrator.local.database import Connection, identifier, named
from migrator.rewrite import PlainReplacer, Rewriter
from migrator.site import Table
from migrator.tables import is_text, left_alone

_CANDIDATES = 1_000  # rows looked at per table; more are reported as "at least"


def find_leftovers(
    connection: Connection, tables: Sequence[Table], prefix: str, plain: PlainReplacer
) -> list[dict[str, object]]:
    """Per column: how many rows still hold a URL of the source (at most _CANDIDATES are looked at)."""
    found: list[dict[str, object]] = []
    for table in tables:
        alone = left_alone(table, prefix)
        columns = [column.name for column in table.stored_columns if is_text(column) and column.name not in alone]
        for column, rows in _in_table(connection, table, columns, plain).items():
            found.append({"table": table.name, "column": column, "rows": rows})
    return found


def _in_table(connection: Connection, table: Table, columns: list[str], plain: PlainReplacer) -> dict[str, int]:
    if not columns or not plain.hosts:
        return {}
    names = [_escaped(identifier(column)) for column in columns]
    tests = [f"INSTR(CAST({name} AS BINARY), %s) > 0" for name in names for _ in plain.hosts]
    query = named("SELECT @columns FROM {table} WHERE @tests LIMIT %s", table=_escaped(table.name))
    query = query.replace("@columns", ", ".join(names), 1).replace("@tests", " OR ".join(tests), 1)
    rows = connection.rows(query, f"searching {table.name}", [*plain.hosts * len(columns), _CANDIDATES])
    rewriter = Rewriter(plain)
    counts = dict.fromkeys(columns, 0)
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            counts[column] += 1 if isinstance(value, bytes) and rewriter.would_change(value) else 0
    return {column: count for column, count in counts.items() if count}


def _escaped(name: str) -> str:
    """A name inside a statement whose `%s` are still to be filled in."""
    return name.replace("%", "%%")
