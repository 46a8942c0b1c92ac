"""One look at each table of the clone: are its rows what was written, and is a URL of the source still in them.

The second is the check that does not trust the rewriting. The server finds candidates by bytes, whatever collation a
column has; the same replacer that rewrote the rows then says whether a candidate really is such a URL.
"""

from collections.abc import Sequence

from migrator.ends import Digest
from migrator.local.database import Connection, identifier, named
from migrator.local.digest import ClonedColumn, line_digest
from migrator.rewrite import PlainReplacer, Rewriter
from migrator.site import Table
from migrator.tables import is_text, left_alone

_CANDIDATES = 1_000  # rows looked at per table; more are reported as "at least"


class TableCheck:
    """Checks one table.

    Args:
        columns: Those of the clone.
        charset: The connection's.
    """

    def __init__(
        self, table: Table, columns: Sequence[ClonedColumn], prefix: str, plain: PlainReplacer, charset: str
    ) -> None:
        alone = left_alone(table, prefix)
        self._table = table
        self._columns = list(columns)
        self._texts = [column.name for column in table.stored_columns if is_text(column) and column.name not in alone]
        self._plain = plain
        self._charset = charset

    def scan(self, connection: Connection) -> tuple[Digest, bool]:
        """The table's digest, and whether any row holds a host of the source, in one statement."""
        digest = line_digest(self._columns, self._charset)
        query = f"SELECT {digest}, {self._hits()} FROM {identifier(self._table.name)}"  # noqa: S608
        ((rows, total, hits),) = connection.rows(query, f"checking {self._table.name}")
        return Digest(int(rows), int(total)), bool(hits)

    def _hits(self) -> str:
        if not self._texts or not self._plain.hosts:
            return "0"
        texts = ", ".join(f"CAST({identifier(name)} AS BINARY)" for name in self._texts)
        tests = [f"INSTR(CONCAT_WS(X'0A', {texts}), X'{host.hex()}') > 0" for host in self._plain.hosts]
        return f"CAST(COALESCE(SUM({' OR '.join(tests)}), 0) AS UNSIGNED)"

    def leftovers(self, connection: Connection) -> list[dict[str, object]]:
        """Per column: how many rows still hold a URL of the source (at most _CANDIDATES are looked at)."""
        names = [identifier(name) for name in self._texts]
        tests = [f"INSTR(CAST({name} AS BINARY), X'{host.hex()}') > 0" for name in names for host in self._plain.hosts]
        query = named("SELECT @columns FROM {table} WHERE @tests LIMIT @limit", table=self._table.name)
        query = query.replace("@columns", ", ".join(names), 1).replace("@tests", " OR ".join(tests), 1)
        rows = connection.rows(query.replace("@limit", str(_CANDIDATES)), f"searching {self._table.name}")
        rewriter = Rewriter(self._plain)
        counts = dict.fromkeys(self._texts, 0)
        for row in rows:
            for column, value in zip(self._texts, row, strict=True):
                counts[column] += 1 if isinstance(value, bytes) and rewriter.would_change(value) else 0
        return [
            {"table": self._table.name, "column": column, "rows": count} for column, count in counts.items() if count
        ]
