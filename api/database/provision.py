"""A clone's database and account: made, removed, and found again.

Contract. The account comes first and goes last, and carries as its ATTRIBUTE (MySQL manual, "CREATE USER Comment and
Attribute Options") whose it is: cluster, namespace, clone, time. So whatever a crash leaves can be told by the account
alone, and what another cluster made on the same server is never touched. Every step may be repeated. Work on one name
is serialised by a lock of the server's, held by the connection: it ends with it.
"""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from api.database.connect import DatabaseServer, Session
from api.database.connections import end_connections
from api.database.errors import LOCK_WAIT_TIMEOUT, StatementFailed
from api.database.identifiers import account, account_name, clone_of, grant_target, quote
from api.domain.errors import DatabaseUnavailable, Duplicate
from api.domain.intent import format_time, parse_time

logger = logging.getLogger(__name__)

MAX_USER_CONNECTIONS = 40  # of one clone: more than its web server has workers, too few to starve the other clones
# What WordPress and the engine need. No routines and events: they run later, or with the rights of another account.
RIGHTS = (
    "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, REFERENCES, LOCK TABLES, CREATE TEMPORARY TABLES, "
    "CREATE VIEW, SHOW VIEW, TRIGGER"
)
NAME_LOCK_SECONDS = 10
DROP_SECONDS = 120.0  # thousands of tables are not dropped in ten seconds

Attribute = dict[str, str]


@dataclass(frozen=True)
class OwnedDatabase:
    """A database that this cluster and namespace made, by its account's ATTRIBUTE."""

    name: str
    created: datetime


class Databases:
    """The databases of one cluster's namespace on a shared server. All methods may raise DatabaseUnavailable."""

    def __init__(
        self, server: DatabaseServer, *, cluster: str, namespace: str, now: Callable[[], datetime] | None = None
    ) -> None:
        self._server = server
        self._owner = {"cluster": cluster, "namespace": namespace}
        self._now = now or (lambda: datetime.now(UTC))

    def create(self, name: str, password: str) -> None:
        """Make account and database of the clone `name`; an account that it has gets this password.

        Raises Duplicate if the account belongs to somebody else.
        """
        user = account_name(name)
        with self._locked(user) as db:
            found = _read_attribute(db, user)
            if found is None:
                self._create_account(db, user, name, password)
            elif self._owns(found):
                db.execute(f"ALTER USER {account(user)} IDENTIFIED BY %s", (password,))
            else:
                raise Duplicate(f"The database of {name} belongs to another cluster on the same server.")
            db.execute(f"CREATE DATABASE IF NOT EXISTS {quote(user)} CHARACTER SET utf8mb4")
            db.execute(f"GRANT {RIGHTS} ON {grant_target(user)} TO {account(user)}")

    def drop(self, name: str) -> None:
        """Remove database and account of the clone `name`; it is no error if they are gone or somebody else's.

        Connections that the clone has left open are ended if they hold the database.
        """
        user = account_name(name)
        with self._locked(user) as db:
            self._drop(db, user)

    def drop_unless(self, name: str, needed: Callable[[], bool]) -> bool:
        """Do the same unless it is `needed`; return whether it was not.

        That is asked while nobody else works on the name: whoever made the database before has said already what for.
        """
        user = account_name(name)
        with self._locked(user) as db:
            if needed():
                return False
            self._drop(db, user)
        return True

    def is_complete(self, name: str) -> bool:
        """Return whether the clone has both its account and its database."""
        user = account_name(name)
        with self._server.session() as db:
            schemas = db.execute("SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = %s", (user,))
            return bool(schemas) and _read_attribute(db, user) is not None

    def list_owned(self) -> list[str]:
        """Return the names of the clones of this cluster and namespace that have an account."""
        return [found.name for found in self.owned()]

    def owned(self) -> list[OwnedDatabase]:
        """Return the same with the times of their creation."""
        with self._server.session() as db:
            rows = db.execute(r"SELECT ATTRIBUTE FROM information_schema.USER_ATTRIBUTES WHERE USER LIKE 'wp\_%'")
        attributes = [_parse(text) for (text,) in rows]
        return [OwnedDatabase(found["name"], parse_time(found["created"])) for found in attributes if self._owns(found)]

    def without_account(self) -> list[str]:
        """Return the names of clones' databases that have no account, so that nobody can say whose they are.

        None of ours comes to that by itself: the account is made first and dropped last. Another cluster's may be among
        them, so they are told and never dropped.
        """
        with self._server.session() as db:
            schemas = db.execute(r"SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE 'wp\_%'")
            users = db.execute(r"SELECT USER FROM information_schema.USER_ATTRIBUTES WHERE USER LIKE 'wp\_%'")
        return sorted(clone_of(str(name)) for (name,) in set(schemas) - set(users))

    def ping(self) -> None:
        """Return if the server answers and lets us in."""
        with self._server.session() as db:
            db.execute("SELECT 1")

    def _create_account(self, db: Session, user: str, name: str, password: str) -> None:
        attribute = json.dumps({**self._owner, "name": name, "created": format_time(self._now())})
        limits = f"REQUIRE SSL WITH MAX_USER_CONNECTIONS {MAX_USER_CONNECTIONS}"
        statement = f"CREATE USER {account(user)} IDENTIFIED BY %s {limits} ATTRIBUTE %s"
        db.execute(statement, (password, attribute))

    def _drop(self, db: Session, user: str) -> None:
        found = _read_attribute(db, user)
        if found is not None and not self._owns(found):
            logger.warning("the database account %s belongs to somebody else and stays", user)
            return
        self._drop_database(db, user, has_account=found is not None)
        db.execute(f"DROP USER IF EXISTS {account(user)}")

    def _drop_database(self, db: Session, user: str, *, has_account: bool) -> None:
        statement = f"DROP DATABASE IF EXISTS {quote(user)}"
        try:
            db.execute(statement)
        except StatementFailed as failure:
            if failure.number != LOCK_WAIT_TIMEOUT or not has_account:
                raise
            end_connections(self._server, db, user)
            db.execute(statement)

    def _owns(self, attribute: Attribute) -> bool:
        return self._owner.items() <= attribute.items()

    @contextmanager
    def _locked(self, user: str) -> Iterator[Session]:
        with self._server.session(read_seconds=DROP_SECONDS) as db:
            (taken,) = db.execute("SELECT GET_LOCK(%s, %s)", (self._server.lock_name(user), NAME_LOCK_SECONDS))[0]
            if taken != 1:
                raise DatabaseUnavailable(f"The database {user} is being worked on.")
            yield db


def _read_attribute(db: Session, user: str) -> Attribute | None:
    """Return the account's ATTRIBUTE, empty if it has none; None if there is no such account."""
    rows = db.execute("SELECT ATTRIBUTE FROM information_schema.USER_ATTRIBUTES WHERE USER = %s", (user,))
    return _parse(rows[0][0]) if rows else None


def _parse(text: str | None) -> Attribute:
    found = json.loads(text) if text else {}
    return {key: value for key, value in found.items() if isinstance(value, str)}
