"""What the tests of the engine's file part share."""

from collections.abc import Iterator

import pytest

from tests.unit.migrator.file_runs import SqliteDatabase


@pytest.fixture
def database() -> Iterator[SqliteDatabase]:
    """An empty database for the record of files."""
    found = SqliteDatabase()
    yield found
    found.close()
