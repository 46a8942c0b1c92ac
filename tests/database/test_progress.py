"""What an import writes about itself, read back from a real server."""

from collections.abc import Iterator
from contextlib import closing
from time import monotonic

import pytest

from api.database.connect import DatabaseServer
from api.database.progress import ImportProgress, ProgressReader
from api.database.provision import Databases

pytestmark = pytest.mark.database

NAME, PASSWORD = "progress-1", "the-password"
TABLE = """CREATE TABLE IF NOT EXISTS wp_progress_1.`_migrator_progress` (id TINYINT UNSIGNED PRIMARY KEY,
    state VARCHAR(16) NOT NULL, step VARCHAR(32) NOT NULL, percent TINYINT UNSIGNED NOT NULL,
    done BIGINT UNSIGNED NOT NULL, total BIGINT UNSIGNED NOT NULL, bytes BIGINT UNSIGNED NOT NULL,
    message VARCHAR(1000) NOT NULL, code VARCHAR(64) NOT NULL DEFAULT '', admin_user VARCHAR(60) NOT NULL DEFAULT '',
    updated_at DATETIME(3) NOT NULL)"""
INSERT = """INSERT INTO wp_progress_1.`_migrator_progress`
    VALUES (1, 'running', 'files', 41, 1, 2, 3, '12 of 30 files', '', 'admin', NOW(3))"""
VIEW = "CREATE SQL SECURITY INVOKER VIEW wp_progress_1.`_migrator_progress` AS "
WAITED = 30.0  # seconds; half of what the slow ones take if nobody breaks them off
BIG = "information_schema.COLLATIONS"


@pytest.fixture
def databases(server: DatabaseServer) -> Iterator[Databases]:
    """A namespace with one clone, whose import has made its table."""
    found = Databases(server, cluster="test", namespace="progress")
    found.create(NAME, PASSWORD)
    yield found
    found.drop(NAME)


def as_engine(server: DatabaseServer, *statements: str) -> None:
    with closing(server.open_as("wp_progress_1", PASSWORD)) as session:
        for statement in statements:
            session.execute(statement)


def password_of(name: str) -> str:
    return PASSWORD if name == NAME else ""


def test_nothing_is_known_before_the_import_has_begun(databases: Databases, server: DatabaseServer) -> None:
    reader = ProgressReader(server, password_of)
    assert reader.read("no-such-clone") is None
    assert reader.read(NAME) is None
    as_engine(server, TABLE)
    assert reader.read(NAME) is None


def test_each_read_sees_the_latest_row(databases: Databases, server: DatabaseServer) -> None:
    reader = ProgressReader(server, password_of)
    as_engine(server, TABLE, INSERT)
    assert reader.read(NAME) == ImportProgress("running", "files", 41, "12 of 30 files", "", "admin")
    failure = "state = 'failed', code = 'SOURCE_GONE', message = 'The source\n went away.'"
    as_engine(server, f"UPDATE wp_progress_1.`_migrator_progress` SET {failure}")
    assert reader.read(NAME) == ImportProgress("failed", "files", 41, "The source went away.", "SOURCE_GONE", "admin")


def test_a_lost_connection_is_made_again(databases: Databases, server: DatabaseServer) -> None:
    as_engine(server, TABLE, INSERT)
    with closing(ProgressReader(server, password_of).watch(NAME)) as watch:
        assert watch.read()
        as_engine(server, *kills(server))
        assert watch.read()


def kills(server: DatabaseServer) -> list[str]:
    with closing(server.open_as("wp_progress_1", PASSWORD)) as session:
        others = "SELECT ID FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID()"
        return [f"KILL {thread}" for (thread,) in session.execute(others)]


def test_a_view_shows_no_other_clones_rows(databases: Databases, server: DatabaseServer) -> None:
    databases.create("victim", "another-password")
    try:
        with closing(server.open_as("wp_victim", "another-password")) as victim:
            victim.execute("CREATE TABLE wp_victim.users (secret VARCHAR(64))")
            victim.execute("INSERT INTO wp_victim.users VALUES ('hidden')")
        # With all rights, as one who has found a way to make it: what counts is whose rights it runs with.
        with server.session() as session:
            session.execute(
                VIEW + "SELECT 1 AS id, secret AS state, '' AS step, 1 AS percent, '' AS message, "
                "'' AS code, '' AS admin_user FROM wp_victim.users"
            )
            assert session.execute("SELECT state FROM wp_progress_1.`_migrator_progress`") == [("hidden",)]
        assert ProgressReader(server, password_of).read(NAME) is None
    finally:
        databases.drop("victim")


def test_a_table_of_another_shape_is_no_progress(databases: Databases, server: DatabaseServer) -> None:
    as_engine(server, "CREATE TABLE wp_progress_1.`_migrator_progress` (id INT PRIMARY KEY, state VARCHAR(9))")
    assert ProgressReader(server, password_of).read(NAME) is None


def test_values_of_other_types_are_bent(databases: Databases, server: DatabaseServer) -> None:
    columns = "'done' AS state, NULL AS step, 'abc' AS percent, REPEAT('x', 1000000) AS message"
    as_engine(server, f"{VIEW}SELECT 1 AS id, {columns}, 0xff AS code, JSON_OBJECT() AS admin_user")
    found = ProgressReader(server, password_of).read(NAME)
    assert found == ImportProgress("done", "", 0, "x" * 1000, "\ufffd", "{}")


@pytest.mark.parametrize(
    "slow", ["SLEEP(60)", "(SELECT COUNT(*) FROM " + ", ".join(f"{BIG} t{i}" for i in range(8)) + ")"]
)
def test_a_slow_view_is_broken_off(databases: Databases, server: DatabaseServer, slow: str) -> None:
    columns = "'' AS step, 1 AS percent, '' AS message, '' AS code, '' AS admin_user"
    as_engine(server, f"{VIEW}SELECT 1 AS id, {slow} AS state, {columns}")
    began = monotonic()
    found = ProgressReader(server, password_of).read(NAME)
    assert monotonic() - began < WAITED
    assert found is None or found.state not in ("done", "failed")


def test_a_table_that_is_locked_is_not_waited_for(databases: Databases, server: DatabaseServer) -> None:
    as_engine(server, TABLE, INSERT)
    with closing(server.open_as("wp_progress_1", PASSWORD)) as clone:
        clone.execute("LOCK TABLES wp_progress_1.`_migrator_progress` WRITE")
        began = monotonic()
        assert ProgressReader(server, password_of).read(NAME) is None
        assert monotonic() - began < WAITED


def test_an_account_that_lets_nobody_in_is_no_progress(databases: Databases, server: DatabaseServer) -> None:
    as_engine(server, TABLE, INSERT, "ALTER USER CURRENT_USER() IDENTIFIED BY 'changed-by-the-clone'")
    assert ProgressReader(server, password_of).read(NAME) is None
    databases.drop(NAME)
    assert databases.list_owned() == []
