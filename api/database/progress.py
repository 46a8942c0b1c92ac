"""What a clone's import says about itself, out of the table that it keeps in the clone's own database.

The pod has no Kubernetes token, so this is how its progress gets out. The table is the engine's, but the clone may put
anything in its place: another shape, or a view, which runs with the rights of whoever reads it. So it is read as the
clone's own account, never as the one that administers them all; over a connection that no other clone shares; for a
short time; one row, its texts cut and cleaned. What cannot be read like that is no progress.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from threading import BoundedSemaphore

from api.database.connect import DatabaseServer, Row, Session
from api.database.errors import UNKNOWN_DATABASE, UNKNOWN_TABLE, StatementFailed
from api.database.identifiers import OWN_SERVER_USER, account_name, quote
from api.domain.text import clean, redact

logger = logging.getLogger(__name__)

PasswordOf = Callable[[str], str]
"""Returns the password of a clone's account, "" if it has none; may raise errors of `api.domain.errors`."""

KEPT_CONNECTIONS = 20  # of all watches together; a small server of RDS has 60 for everybody
QUERY_MILLISECONDS = 2000  # after which the server breaks the query off
READ_SECONDS = 4  # after which we do
_LENGTHS = {"state": 16, "step": 64, "percent": 8, "message": 1000, "code": 64, "admin_user": 60}  # characters


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


class ProgressWatch:
    """One clone's progress, over a connection of its own; for one thread.

    It is made when needed, and kept until `close` if `places` has one left, else for one look only.
    """

    def __init__(
        self, server: DatabaseServer, user: str, name: str, password_of: PasswordOf, places: BoundedSemaphore
    ) -> None:
        self._server = server
        self._user = user
        self._name = name
        self._password_of = password_of
        self._places = places
        self._has_place = False
        self._session: Session | None = None
        self._said = False

    def read(self) -> ImportProgress | None:
        """Return the import's progress; None before it has begun, or if what is there is none.

        Raises DatabaseUnavailable, and what finding the password raises.
        """
        try:
            rows = self._rows()
        except StatementFailed as failure:
            if failure.is_connection_lost:
                raise
            self._say(failure.number)
            return None
        finally:
            if not self._has_place:
                self.close()
        return _to_progress(rows[0]) if rows else None

    def close(self) -> None:
        """Close the connection; the next `read` makes another one."""
        if self._session is not None:
            self._session.close()
        self._session = None
        if self._has_place:
            self._places.release()
        self._has_place = False

    def _rows(self) -> Sequence[Row]:
        """Ask on the kept connection, on a new one if that has been lost."""
        statement = _statement(account_name(self._name))
        if self._session is not None:
            try:
                return self._session.execute(statement)
            except StatementFailed as failure:
                if not failure.is_connection_lost:
                    raise
                self.close()
        password = self._password_of(self._name)
        if not password:
            return []
        self._session = self._server.open_as(self._user, password, read_seconds=READ_SECONDS)
        self._has_place = self._places.acquire(blocking=False)
        return self._session.execute(statement)

    def _say(self, number: int) -> None:
        if number not in (UNKNOWN_DATABASE, UNKNOWN_TABLE) and not self._said:
            self._said = True
            logger.warning("an import's progress cannot be read", extra={"clone": self._name, "number": number})


class ProgressReader:
    """Reads progress of clones, each as its own account."""

    def __init__(self, server: DatabaseServer, password_of: PasswordOf) -> None:
        self._server = server
        self._password_of = password_of
        self._places = BoundedSemaphore(KEPT_CONNECTIONS)

    def read(self, name: str, own_server: str = "") -> ImportProgress | None:
        """Return what `ProgressWatch.read` does, once."""
        with closing(self.watch(name, own_server)) as watch:
            return watch.read()

    def watch(self, name: str, own_server: str = "") -> ProgressWatch:
        """Return what reads one clone's progress again and again, at its own server's host; the caller closes it."""
        if own_server:
            server, user = self._server.at(own_server), OWN_SERVER_USER
        else:
            server, user = self._server, account_name(name)
        return ProgressWatch(server, user, name, self._password_of, self._places)


def _statement(database: str) -> str:
    columns = ", ".join(f"LEFT({column}, {length})" for column, length in _LENGTHS.items())
    hint = f"/*+ MAX_EXECUTION_TIME({QUERY_MILLISECONDS}) */"
    return f"SELECT {hint} {columns} FROM {quote(database)}.`_migrator_progress` WHERE id = 1 LIMIT 1"  # noqa: S608 - quoted


def _to_progress(row: Row) -> ImportProgress:
    state, step, percent, message, code, admin_user = [_text(value) for value in row]
    return ImportProgress(
        state=clean(state),
        step=clean(step),
        percent=_percent(percent),
        message=redact(clean(message, 1000)),
        code=clean(code),
        admin_user=clean(admin_user),
    )


def _text(value: object) -> str:
    """Return a value of any type as text: the column may be a binary one, or hold NULL."""
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return "" if value is None else str(value)


def _percent(text: str) -> int:
    try:
        return min(100, max(0, int(text)))
    except ValueError:
        return 0
