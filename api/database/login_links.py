"""Leaves the hash of a one-time login token where the clone looks for it: in a table of its own database.

As the clone's own account, for the same reasons as in `api.database.progress`: the clone may have put anything in the
table's place, and what that runs must not run with the rights of the account that administers them all.
"""

from contextlib import closing

from api.database.connect import DatabaseServer
from api.database.identifiers import OWN_SERVER_USER, account_name, quote

READ_SECONDS = 4

_TABLE = """CREATE TABLE IF NOT EXISTS {table} (
    token_hash CHAR(64) NOT NULL, user_login VARCHAR(60) CHARACTER SET utf8mb4 NOT NULL,
    expires_at BIGINT UNSIGNED NOT NULL, PRIMARY KEY (token_hash))
    ENGINE=InnoDB DEFAULT CHARSET=ascii COLLATE=ascii_bin"""
_FORGET = "DELETE FROM {table} WHERE expires_at <= UNIX_TIMESTAMP()"
_LEAVE = "INSERT INTO {table} (token_hash, user_login, expires_at) VALUES (%s, %s, UNIX_TIMESTAMP() + %s)"


class LoginLinks:
    """Tables `_migrator_login` of clones."""

    def __init__(self, server: DatabaseServer) -> None:
        self._server = server

    def leave(self, name: str, password: str, login: str, token_hash: str, seconds: int, own_server: str = "") -> None:
        """Let a token log in as `login` once, for so many seconds by the database's clock.

        `own_server` is the host of a server that is the clone's alone. Raises DatabaseUnavailable, also where the
        clone's own code has made the table useless.
        """
        table = f"{quote(account_name(name))}.`_migrator_login`"
        server = self._server.at(own_server) if own_server else self._server
        user = OWN_SERVER_USER if own_server else account_name(name)
        opened = server.open_as(user, password, read_seconds=READ_SECONDS)
        with closing(opened) as session:
            session.execute(_TABLE.format(table=table))
            session.execute(_FORGET.format(table=table))
            session.execute(_LEAVE.format(table=table), (token_hash, login, seconds))
