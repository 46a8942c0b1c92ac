"""The clone's MySQL: verified TLS, sessions set up so that values arrive exactly, and errors in our own terms.

Statements are sent as bytes, because values are bytes in whatever charset the source's WordPress speaks: nothing here
decodes or re-encodes them. A message names MySQL's error number and what was being done; it never repeats MySQL's own
text, which can quote values.
"""

import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pymysql
import stamina
from pymysql.constants import CLIENT, CR, ER

from migrator.errors import DatabaseFull, DatabaseRefused, DatabaseUnavailable, MigrationError
from migrator.local.loading import LoadingConnection

# Not strict: zero dates, ENUM's empty value and whatever else a source holds must go in; warnings are reported.
SQL_MODE = "NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION"
_CONNECT_SECONDS = 10
_ANSWER_SECONDS = 600  # the longest statement: an index over a large table
_CONNECT_ATTEMPTS = 12
_CONNECT_PATIENCE = 45.0  # seconds; then the run ends as temporary and is started again from outside
_PASSING = {
    CR.CR_SERVER_GONE_ERROR,
    CR.CR_SERVER_LOST,
    CR.CR_CONN_HOST_ERROR,
    CR.CR_CONNECTION_ERROR,
    ER.CON_COUNT_ERROR,
    ER.TOO_MANY_USER_CONNECTIONS,
    ER.LOCK_WAIT_TIMEOUT,
    ER.LOCK_DEADLOCK,
    ER.SERVER_SHUTDOWN,
    ER.OPTION_PREVENTS_STATEMENT,  # read-only while it fails over
    ER.USER_LIMIT_REACHED,
    ER.NET_READ_ERROR,
    ER.NET_READ_INTERRUPTED,
    ER.NET_ERROR_ON_WRITE,
    ER.NET_WRITE_INTERRUPTED,
    ER.QUERY_INTERRUPTED,  # the server goes down while it works
    1836,  # ER_READ_ONLY_MODE
    1927,  # MariaDB: ER_CONNECTION_KILLED
    3169,  # ER_SESSION_WAS_KILLED
    4031,  # ER_CLIENT_INTERACTION_TIMEOUT
}
# Before a clone's account exists MySQL refuses it; whoever makes the account may come after us.
_NOT_YET = {ER.ACCESS_DENIED_ERROR, ER.DBACCESS_DENIED_ERROR, ER.BAD_DB_ERROR}
# 3675: a table is over its quota or its tablespace is full.
_FULL = {ER.DISK_FULL, ER.RECORD_FILE_FULL, 3675}
_FULL_ENGINES = re.compile(r"\b(?:28|122)\b")  # what a storage engine tells (1030): ENOSPC, EDQUOT


@dataclass(frozen=True)
class Account:
    """Where the clone's database is and who we are there.

    `host` is the name that the server's certificate must bear; `address` is where to connect to instead, for one who
    sees the server through a tunnel. `ca_file` "" means the system's CAs.
    """

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    ca_file: str = ""
    address: str = ""


@contextmanager
def _translated(doing: str, *, connecting: bool = False) -> Iterator[None]:
    try:
        yield
    except (pymysql.MySQLError, OSError) as cause:
        raise _meaning(cause, doing, connecting=connecting) from None


def _meaning(cause: Exception, doing: str, *, connecting: bool) -> MigrationError:
    number = cause.args[0] if cause.args and isinstance(cause.args[0], int) else 0
    lost = isinstance(cause, OSError | pymysql.InterfaceError) or number in _PASSING
    if lost or (connecting and number in _NOT_YET | {0}):
        return DatabaseUnavailable(f"The clone's database is not available ({doing}; MySQL error {number}).")
    if number in _FULL or (number == ER.GET_ERRNO and _FULL_ENGINES.search(str(cause.args[-1]))):
        return DatabaseFull(f"There is no room left in the clone's database ({doing}).")
    return DatabaseRefused(f"The clone's database refused {doing} (MySQL error {number}).", number=number)


def _tls(account: Account) -> ssl.SSLContext:
    with _translated("reading DB_CA_FILE", connecting=True):
        context = ssl.create_default_context(cafile=account.ca_file or None)
    # Python 3.13 adds this flag; the CAs of hosted databases lack extensions that it asks for. The chain of
    # signatures and the host name are verified all the same.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


class Connection:
    """One session; for one thread at a time. Results are bytes for text, numbers for numbers."""

    def __init__(self, raw: LoadingConnection) -> None:
        self._raw = raw
        self.warning_count = 0  # of the statement that ran last

    def run(self, statement: bytes | str, doing: str, arguments: Sequence[object] = ()) -> int:
        """Execute a statement and return the rows it affected; `doing` completes "refused …" in an error."""
        with _translated(doing), self._raw.cursor() as cursor:
            text: Any = statement  # PyMySQL takes bytes, its types do not say so
            affected = int(cursor.execute(text, tuple(arguments) or None))
            self.warning_count = cursor.warning_count
            return affected

    def load(self, statement: bytes, lines: bytes, doing: str) -> int:
        """Execute a LOAD DATA LOCAL whose file is `lines`; returns how many rows it added. For loading sessions."""
        with _translated(doing):
            added = self._raw.query_with(lines, statement)
            self.warning_count = self._raw.warning_count
            return added

    def rows(self, statement: str, doing: str, arguments: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Execute a query and return all its rows."""
        with _translated(doing), self._raw.cursor() as cursor:
            cursor.execute(statement, tuple(arguments) or None)
            return list(cursor.fetchall())

    def warnings(self) -> list[tuple[int, str]]:
        """(number, text) of the last statement's warnings."""
        found = self.rows("SHOW WARNINGS LIMIT 20", "reading warnings")
        return [(int(number), text_of(message)) for _, number, message in found]

    def commit(self) -> None:
        """End the transaction and keep its changes."""
        with _translated("a commit"):
            self._raw.commit()

    def rollback(self) -> None:
        """End the transaction and drop its changes."""
        with _translated("giving changes up"):
            self._raw.rollback()

    def close(self) -> None:
        """Close the session; harmless when it is broken."""
        if self._raw.open:
            self._raw.close()


class Database:
    """The clone's database; makes sessions."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def connect(self, charset: str = "utf8mb4", *, loading: bool = False) -> Connection:
        """Open a session in a connection charset; waits for a server that is not there yet.

        loading: The session can send lines to the server (Connection.load). Others refuse to send anything.

        Raises DatabaseUnavailable, or DatabaseRefused if the server does not know the charset.
        """
        for attempt in stamina.retry_context(
            on=DatabaseUnavailable, attempts=_CONNECT_ATTEMPTS, timeout=_CONNECT_PATIENCE, wait_max=5.0
        ):
            with attempt:
                connection = self._connect(loading=loading)
        connection.run(f"SET NAMES {charset}", f"the connection charset {charset}")
        # Threads write pages and forget those of other tables at once: a gap that one locks would stop the others.
        connection.run("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", "our session")
        connection.run(f"SET time_zone = '+00:00', foreign_key_checks = 0, sql_mode = '{SQL_MODE}'", "our session")
        return connection

    def _connect(self, *, loading: bool) -> Connection:
        account = self._account
        context = _tls(account)
        with _translated("connecting", connecting=True):
            raw = LoadingConnection(
                host=account.host,
                port=account.port,
                user=account.user,
                password=account.password.encode(),
                database=account.database,
                charset="utf8mb4",
                use_unicode=False,
                autocommit=False,
                connect_timeout=_CONNECT_SECONDS,
                read_timeout=_ANSWER_SECONDS,
                write_timeout=_ANSWER_SECONDS,
                client_flag=CLIENT.FOUND_ROWS,
                ssl=context,
                local_infile=loading,
                defer_connect=True,
            )
            raw.connect(socket.create_connection((account.address or account.host, account.port), _CONNECT_SECONDS))
        return Connection(raw)


def identifier(name: str) -> str:
    """Quote a name of a table, column or the like."""
    return "`" + name.replace("`", "``") + "`"


def named(template: str, **names: str) -> str:
    """Put quoted names into a statement: `named("SELECT 1 FROM {table}", table="wp_posts")`."""
    return template.format_map({key: identifier(name) for key, name in names.items()})


def text_of(value: object) -> str:
    """Text of a result, which is bytes in the session's charset (or MySQL's own utf8)."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
