"""Ending the connections that a clone has left open.

A pod whose node is lost leaves connections that hold its tables' metadata locks, and DROP DATABASE waits for those.
Seeing and ending another account's connections wants PROCESS and CONNECTION_ADMIN, rights over the whole server. Every
account may see and end its own, so this logs in as the clone, with a password that nobody else knows: the account is
about to be removed, and whatever of the clone still runs is locked out by it.
"""

import secrets

from api.database.connect import DatabaseServer, Session
from api.database.errors import NO_SUCH_THREAD, StatementFailed
from api.database.identifiers import account


def end_connections(server: DatabaseServer, db: Session, user: str) -> None:
    """Lock out the account `user` and end all of its connections; `db` may alter accounts."""
    password = secrets.token_urlsafe(24)
    statement = f"ALTER USER {account(user)} IDENTIFIED BY %s WITH MAX_USER_CONNECTIONS 0"  # 0: no limit, we get in
    db.execute(statement, (password,))
    own = server.open_as(user, password)
    try:
        for (thread,) in own.execute("SELECT ID FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID()"):
            _kill(own, int(thread))
    finally:
        own.close()


def _kill(own: Session, thread: int) -> None:
    try:
        own.execute(f"KILL {thread}")
    except StatementFailed as failure:
        if failure.number != NO_SUCH_THREAD:
            raise
