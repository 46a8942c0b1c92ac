"""What a clone's import says about itself, out of the two tables that it keeps in the clone's own database.

The pod has no Kubernetes token, so this is how its progress gets out. The tables are the engine's; whatever else is in
that database came from a stranger's site, so only these two rows are read, and their texts are cleaned.
"""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api.database.connect import DatabaseServer, Row, Session
from api.database.errors import UNKNOWN_DATABASE, UNKNOWN_TABLE, StatementFailed
from api.database.identifiers import account_name, quote
from api.domain.text import clean, redact

_COLUMNS = "state, step, percent, message, code, admin_user"


@dataclass(frozen=True)
class ImportProgress:
    """How far an import has come; `state` is `running`, `done` or `failed`, and the last two are final.

    An `ImportState` of `api.domain.clone`. Texts fit for a log or a status.
    """

    state: str
    step: str
    percent: int
    message: str
    code: str
    admin_user: str


class ProgressReader:
    """Reads progress of all clones over one connection, kept open: it is asked twice a second for each that imports."""

    def __init__(self, server: DatabaseServer) -> None:
        self._server = server
        self._lock = threading.Lock()
        self._session: Session | None = None

    def read(self, name: str) -> ImportProgress | None:
        """Return the import's progress; None before it has begun. Raises DatabaseUnavailable."""
        rows = self._rows(name, _COLUMNS, "_migrator_progress")
        return _to_progress(rows[0]) if rows else None

    def report(self, name: str) -> dict[str, Any] | None:
        """Return the import's report; None while there is none. Raises DatabaseUnavailable."""
        rows = self._rows(name, "report", "_migrator_report")
        found = json.loads(rows[0][0]) if rows else None
        return found if isinstance(found, dict) else None

    def _rows(self, name: str, columns: str, table: str) -> Sequence[Row]:
        source = f"{quote(account_name(name))}.{quote(table)}"
        with self._lock:
            try:
                return self._execute(f"SELECT {columns} FROM {source} WHERE id = 1")  # noqa: S608 - quoted above
            except StatementFailed as failure:
                if failure.number in (UNKNOWN_DATABASE, UNKNOWN_TABLE):
                    return []
                raise

    def _execute(self, statement: str) -> Sequence[Row]:
        """Run a statement on the kept connection, on a new one if that has been lost."""
        kept = self._session
        if kept is not None:
            try:
                return kept.execute(statement)
            except StatementFailed as failure:
                if not failure.is_connection_lost:
                    raise
                kept.close()
        self._session = None
        self._session = self._server.open()
        return self._session.execute(statement)


def _to_progress(row: Row) -> ImportProgress:
    state, step, percent, message, code, admin_user = row
    return ImportProgress(
        state=str(state),
        step=clean(str(step)),
        percent=min(100, int(percent)),
        message=redact(clean(str(message), 1000)),
        code=clean(str(code)),
        admin_user=clean(str(admin_user)),
    )
