"""The record of files on a real MySQL: any place, any number of files, and runs of the file part that go on with it."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.database.connect import DatabaseServer
from api.database.provision import Databases
from migrator.local.database import Account, Database
from migrator.local.pool import Pool
from migrator.received import Received, ReceivedFiles, Written
from tests.database.server import HOST_NAME
from tests.unit.migrator.file_runs import (
    CLONE_URL,
    MTIME,
    Killed,
    Run,
    agent_with,
    kill_at_read,
    leave_alone,
    on_disk,
    reads,
)

pytestmark = pytest.mark.database
PLACES = [
    b"index.php",
    b"new\nline",
    b"quote'\"`\\ and % and {braces}",
    bytes(range(1, 256)),
    "ü🌱".encode(),
    b"a/" * 2_047 + b"ab",
]


@pytest.fixture
def database(server: DatabaseServer) -> Iterator[Database]:
    """A new database of a clone."""
    name, password = f"clone-{secrets.token_hex(4)}", secrets.token_hex(8)
    databases = Databases(server, cluster="test", namespace="test")
    databases.create(name, password)
    user = f"wp_{name.replace('-', '_')}"
    yield Database(Account(HOST_NAME, server.port, user, user, password, str(server.ca_file), "127.0.0.1"))
    databases.drop(name)


@pytest.fixture
def received(database: Database) -> Iterator[ReceivedFiles]:
    pool = Pool(database, "utf8mb4")
    files = ReceivedFiles(pool)
    files.create()
    yield files
    pool.close()


def test_every_place_comes_back_as_it_was(received: ReceivedFiles) -> None:
    files = [
        Received(place, 2**40 + n, -n, os.urandom(32), steady=n % 2 == 0, written=Written(n, os.urandom(32), 3 * n))
        for n, place in enumerate(PLACES)
    ]
    received.add(files)
    assert sorted(received.all()) == sorted(files)
    plain = [file._replace(written=None, steady=True) for file in files]
    received.add(plain)
    assert sorted(received.all()) == sorted(plain)


def test_many_files_come_back_page_by_page(received: ReceivedFiles) -> None:
    files = [Received(b"f%d" % n, n, n, os.urandom(32)) for n in range(4_500)]
    received.create()
    received.add(files)
    assert sorted(received.all()) == sorted(files)
    received.remove(file.place for file in files[:4_400])
    assert sorted(received.all()) == sorted(files[4_400:])


def test_a_run_that_is_killed_goes_on(database: Database, tmp_path: Path) -> None:
    core = {b"file-%03d" % n: os.urandom(20_000) for n in range(40)} | {b"large": os.urandom(4_500_000), b"x\n": b""}
    old = b"a{src:url(http://source.test/x.woff)}"
    agent = agent_with(core, {b"uploads/elementor/css/a.css": old})
    for _ in range(3):
        kill_at_read(agent, 15)
        with pytest.raises(Killed):
            Run(agent, tmp_path, database).copy()
    leave_alone(agent)
    Run(agent, tmp_path, database).all()
    expected = core | {b"wp-content/uploads/elementor/css/a.css": f"a{{src:url({CLONE_URL}/x.woff)}}".encode()}
    assert on_disk(tmp_path) == expected
    before = len(reads(agent))
    run = Run(agent, tmp_path, database)
    run.all()
    assert len(reads(agent)) == before
    assert (run.log.resumed, run.log.css_files) == (len(core) + 1, 1)
    assert run.log.classes["core"] == (len(core), sum(map(len, core.values())))
    assert int((tmp_path / "large").stat().st_mtime) == MTIME
