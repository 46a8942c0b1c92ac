"""What MySQL's errors mean for a run, and that nothing of their text gets out."""

from collections.abc import Iterator
from typing import Any, cast

import pymysql
import pytest
import stamina

from migrator.errors import DatabaseFull, DatabaseRefused, DatabaseUnavailable, MigrationError
from migrator.local.database import Account, Connection, Database, identifier, named

SECRET = "value-of-a-row"


class Broken:
    """A PyMySQL connection whose every statement fails."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def cursor(self) -> Any:
        raise self._error


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    with stamina.set_testing(True, attempts=1):
        yield


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (2006, DatabaseUnavailable),
        (2013, DatabaseUnavailable),
        (1205, DatabaseUnavailable),
        (1213, DatabaseUnavailable),
        (1290, DatabaseUnavailable),
        (1114, DatabaseFull),
        (1021, DatabaseFull),
        (1062, DatabaseRefused),
        (1064, DatabaseRefused),
        (1142, DatabaseRefused),
        (1045, DatabaseRefused),
    ],
)
def test_what_errors_mean(number: int, expected: type[MigrationError]) -> None:
    connection = Connection(cast(Any, Broken(pymysql.err.OperationalError(number, f"near '{SECRET}'"))))
    with pytest.raises(MigrationError) as failed:
        connection.run("SELECT 1", "rows of wp_posts")
    assert type(failed.value) is expected
    assert "rows of wp_posts" in failed.value.message
    assert SECRET not in str(failed.value)
    assert failed.value.__cause__ is None


def test_a_broken_connection_is_passing() -> None:
    connection = Connection(cast(Any, Broken(ConnectionResetError())))
    with pytest.raises(DatabaseUnavailable):
        connection.rows("SELECT 1", "x")


def test_a_server_that_is_not_there_is_passing() -> None:
    account = Account("mysql.test", 1, "d", "u", "p", address="127.0.0.1")
    with pytest.raises(DatabaseUnavailable):
        Database(account).connect()


def test_names_are_quoted() -> None:
    assert identifier("a`b") == "`a``b`"
    assert named("SELECT %s FROM {table}", table="x`; DROP TABLE y") == "SELECT %s FROM `x``; DROP TABLE y`"
