"""A database as it is compared: its tables, definitions and rows, in a form that both kinds of server share."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.engine.servers import Server

Rows = list[tuple[Any, ...]]
_INTEGER_WIDTH = re.compile(r"\b((?:tiny|small|medium|big)?int|year)\(\d+\)")
_FLOATS = {"float", "double"}


@dataclass(frozen=True)
class Column:
    """A column as information_schema describes it; `kind` is its type without what only one server says."""

    name: str
    kind: str
    nullable: bool
    generated: bool


@dataclass(frozen=True)
class Side:
    """A database to look at.

    Args:
        charset: The one through which WordPress speaks to it.
    """

    server: Server
    database: str
    charset: str

    def ask(self, query: str, *values: str) -> Rows:
        """Run a query."""
        connection = self.server.connect(self.database, self.charset)
        try:
            with connection.cursor() as cursor:
                cursor.execute(query, values or None)
                return list(cursor.fetchall())
        finally:
            connection.close()

    def tables(self, kind: str = "BASE TABLE") -> set[str]:
        """Names of its tables, or views, without those of engine and agent."""
        query = "SELECT table_name FROM information_schema.tables WHERE table_schema = %s AND table_type = %s"
        names = {name.decode() for (name,) in self.ask(query, self.database, kind)}
        return {name for name in names if not name.startswith(("_migrator", "wp_custom_migrator"))}

    def columns(self, table: str) -> list[Column]:
        """Columns of a table, in order."""
        query = (
            "SELECT column_name, column_type, is_nullable, extra FROM information_schema.columns"
            " WHERE table_schema = %s AND table_name = %s ORDER BY ordinal_position"
        )
        return [
            Column(
                name.decode(), _kind(kind.decode(), name.decode()), nullable == b"YES", b"GENERATED" in extra.upper()
            )
            for name, kind, nullable, extra in self.ask(query, self.database, table)
        ]

    def rows(self, table: str) -> "Counter[tuple[Any, ...]]":
        """Every row and how often it is there, values in a form that both kinds of server share."""
        columns = self.columns(table)
        names = ", ".join(_expression(column) for column in columns).replace("%", "%%")
        found = self.ask(f"SELECT {names} FROM `{table.replace('%', '%%')}` WHERE 1 = %s", "1")
        changed = [(n, column.kind) for n, column in enumerate(columns) if column.kind in (*_FLOATS, "json")]
        if not changed:
            return Counter(found)
        return Counter(_shared(row, changed) for row in found)

    def indexes(self, table: str) -> set[tuple[Any, ...]]:
        """Its indexes, column by column."""
        query = (
            "SELECT index_name, seq_in_index, column_name, non_unique, sub_part, index_type"
            " FROM information_schema.statistics WHERE table_schema = %s AND table_name = %s"
        )
        return set(self.ask(query, self.database, table))

    def foreign_keys(self) -> set[tuple[Any, ...]]:
        """Its foreign keys with what happens on deletion."""
        query = (
            "SELECT r.constraint_name, r.table_name, r.referenced_table_name, k.column_name, k.referenced_column_name,"
            " r.delete_rule FROM information_schema.referential_constraints r"
            " JOIN information_schema.key_column_usage k ON k.constraint_schema = r.constraint_schema"
            " AND k.constraint_name = r.constraint_name AND k.table_name = r.table_name"
            " WHERE r.constraint_schema = %s"
        )
        return set(self.ask(query, self.database))

    def triggers(self) -> set[tuple[Any, ...]]:
        """Its triggers."""
        query = (
            "SELECT trigger_name, event_object_table, action_timing, event_manipulation FROM"
            " information_schema.triggers WHERE trigger_schema = %s"
        )
        return set(self.ask(query, self.database))


def _kind(text: str, name: str) -> str:
    """A column's type; JSON is a text at MariaDB, and only the column of that name is one here."""
    return "json" if name == "json" else _INTEGER_WIDTH.sub(r"\1", text)


def _expression(column: Column) -> str:
    quoted = f"`{column.name}`"
    if column.kind in _FLOATS:
        return f"{quoted} + 0e0"
    return f"HEX({quoted})" if column.kind == "point" else quoted


def _shared(row: Sequence[Any], changed: Iterable[tuple[int, str]]) -> tuple[Any, ...]:
    values = list(row)
    for n, kind in changed:
        if values[n] is not None:
            values[n] = json.dumps(json.loads(values[n]), sort_keys=True) if kind == "json" else float(values[n])
    return tuple(values)
