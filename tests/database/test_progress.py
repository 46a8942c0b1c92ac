"""What an import writes about itself, read back from a real server."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from api.database.connect import DatabaseServer
from api.database.progress import ImportProgress, ProgressReader
from api.database.provision import Databases

pytestmark = pytest.mark.database

NAME, PASSWORD = "progress-1", "the-password"
TABLES = (
    """CREATE TABLE IF NOT EXISTS wp_progress_1.`_migrator_progress` (id TINYINT UNSIGNED PRIMARY KEY,
    state VARCHAR(16) NOT NULL, step VARCHAR(32) NOT NULL, percent TINYINT UNSIGNED NOT NULL,
    done BIGINT UNSIGNED NOT NULL, total BIGINT UNSIGNED NOT NULL, bytes BIGINT UNSIGNED NOT NULL,
    message VARCHAR(1000) NOT NULL, code VARCHAR(64) NOT NULL DEFAULT '', admin_user VARCHAR(60) NOT NULL DEFAULT '',
    updated_at DATETIME(3) NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS wp_progress_1.`_migrator_report` (id TINYINT UNSIGNED PRIMARY KEY,
    finished_at DATETIME(3) NOT NULL, report JSON NOT NULL)""",
)


@pytest.fixture
def databases(server: DatabaseServer) -> Iterator[Databases]:
    """A namespace with one clone, whose import has made its tables."""
    found = Databases(server, cluster="test", namespace="progress")
    found.create(NAME, PASSWORD)
    yield found
    found.drop(NAME)


def as_engine(server: DatabaseServer, *statements: str) -> None:
    with closing(server.open_as("wp_progress_1", PASSWORD)) as session:
        for statement in statements:
            session.execute(statement)


def test_nothing_is_known_before_the_import_has_begun(databases: Databases, server: DatabaseServer) -> None:
    reader = ProgressReader(server)
    assert reader.read("no-such-clone") is None
    assert reader.read(NAME) is None
    as_engine(server, *TABLES)
    assert reader.read(NAME) is None
    assert reader.report(NAME) is None


def test_each_read_sees_the_latest_row(databases: Databases, server: DatabaseServer) -> None:
    reader = ProgressReader(server)
    row = "(1, 'running', 'files', 41, 1, 2, 3, '12 of 30 files', '', 'admin', NOW(3))"
    as_engine(server, *TABLES, f"INSERT INTO wp_progress_1.`_migrator_progress` VALUES {row}")
    assert reader.read(NAME) == ImportProgress("running", "files", 41, "12 of 30 files", "", "admin")
    failure = "state = 'failed', code = 'SOURCE_GONE', message = 'The source\n went away.'"
    as_engine(server, f"UPDATE wp_progress_1.`_migrator_progress` SET {failure}")
    assert reader.read(NAME) == ImportProgress("failed", "files", 41, "The source went away.", "SOURCE_GONE", "admin")


def test_the_report_is_read_whole(databases: Databases, server: DatabaseServer) -> None:
    row = """(1, NOW(3), '{"tables": {"wp_posts": 300}}')"""
    as_engine(server, *TABLES, f"INSERT INTO wp_progress_1.`_migrator_report` VALUES {row}")
    assert ProgressReader(server).report(NAME) == {"tables": {"wp_posts": 300}}


def test_a_lost_connection_is_made_again(databases: Databases, server: DatabaseServer) -> None:
    reader = ProgressReader(server)
    assert reader.read(NAME) is None
    with server.session() as session:
        for (thread,) in session.execute("SELECT ID FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID()"):
            session.execute(f"KILL {thread}")
    assert reader.read(NAME) is None
