"""Connections to the shared MySQL server: always TLS, the server's certificate checked against a given CA and its name.

One connection per piece of work. The password is read from its file each time, so that it may be changed under a
running process.
"""

import hashlib
import hmac
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pymysql

from api.database.errors import translated

CONNECT_SECONDS = 3
READ_SECONDS = 10  # longest wait for one answer; work that takes longer says so
LOCK_WAIT_SECONDS = 5  # MySQL's own default for metadata locks is a year

Row = tuple[Any, ...]


class Session:
    """One connection. Statements are separate transactions."""

    def __init__(self, connection: "pymysql.Connection[Any]") -> None:
        self._connection = connection

    def execute(self, statement: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Run one statement and return its rows; raises StatementFailed.

        `%s` stands for a parameter; without parameters `%` is just that.
        """
        with translated(), self._connection.cursor() as cursor:
            cursor.execute(statement, tuple(parameters) or None)
            return list(cursor.fetchall())

    def close(self) -> None:
        """Close the connection; never raises."""
        try:
            self._connection.close()
        except pymysql.MySQLError:
            return  # closed already


@dataclass(frozen=True)
class DatabaseServer:
    """Where the server is and how to log in.

    `host` is also the name that its certificate has to bear. `address` is where to connect to instead, for one who sees
    the server through a tunnel.
    """

    host: str
    port: int
    user: str
    password_file: Path
    ca_file: Path
    address: str = ""

    def at(self, host: str) -> "DatabaseServer":
        """Return the way to a clone's own server, which the same authority vouches for; only for `open_as`."""
        return replace(self, host=host, address="")

    def open(self, *, read_seconds: float = READ_SECONDS) -> Session:
        """Return a new connection as the administrating account; raises DatabaseUnavailable."""
        return self.open_as(self.user, self._password(), read_seconds=read_seconds)

    def open_as(self, user: str, password: str, *, read_seconds: float = READ_SECONDS) -> Session:
        """Return a new connection as another account; raises DatabaseUnavailable."""
        with translated():
            connection = pymysql.connect(
                host=self.host,
                user=user,
                password=password.encode(),
                charset="utf8mb4",
                autocommit=True,
                ssl=ssl.create_default_context(cafile=str(self.ca_file)),
                read_timeout=read_seconds,
                write_timeout=READ_SECONDS,
                init_command=f"SET SESSION lock_wait_timeout = {LOCK_WAIT_SECONDS}, time_zone = '+00:00'",
                program_name="wordpress-clone",
                defer_connect=True,
            )
            connection.connect(self._dial())
            connection.password = b""  # the driver keeps it for a connection that it makes again; here none is
            return Session(connection)

    @contextmanager
    def session(self, *, read_seconds: float = READ_SECONDS) -> Iterator[Session]:
        """Open a connection for one piece of work."""
        session = self.open(read_seconds=read_seconds)
        try:
            yield session
        finally:
            session.close()

    def lock_name(self, what: str) -> str:
        """Return the name of the lock for work on `what`; raises DatabaseUnavailable.

        Locks of GET_LOCK() belong to the server, and any account may take one whose name it knows: so nobody can tell
        the name who does not have the administrating account's password. Of at most 64 characters (MySQL manual).
        """
        return hmac.new(self._password().encode(), what.encode(), hashlib.sha256).hexdigest()[:40]

    def _password(self) -> str:
        with translated():
            return self.password_file.read_text(encoding="utf-8").rstrip("\n")

    def _dial(self) -> socket.socket:
        # The driver would take the name to check from the address to dial; here they may differ.
        dialled = socket.create_connection((self.address or self.host, self.port), CONNECT_SECONDS)
        dialled.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        dialled.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return dialled
