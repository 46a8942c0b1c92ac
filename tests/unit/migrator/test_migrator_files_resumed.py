"""Copying files again: what an earlier run has copied, and what one left that was killed."""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import stamina

from migrator.errors import DatabaseUnavailable
from tests.unit.migrator.fake_agent import FakeAgent, File
from tests.unit.migrator.file_runs import (
    ANSWER,
    CLONE_URL,
    MTIME,
    Killed,
    Run,
    SqliteDatabase,
    agent_with,
    kill_at_read,
    leave_alone,
    on_disk,
    reads,
)


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3):
        yield


def test_a_second_run_fetches_what_changed_and_nothing_else(tmp_path: Path, database: SqliteDatabase) -> None:
    agent = agent_with({b"a": b"1", b"b": b"2", b"c": b"3"})
    Run(agent, tmp_path, database).all()
    agent.files["core"][b"b"] = File(b"4", mtime=MTIME + 1)
    agent.files["core"][b"c"] = File(b"35")
    before = len(reads(agent))
    run = Run(agent, tmp_path, database)
    run.all()
    assert reads(agent)[before:] == [("b", 0), ("c", 0)]
    assert on_disk(tmp_path) == {b"a": b"1", b"b": b"4", b"c": b"35"}
    assert (run.log.resumed, run.log.refetched) == (1, 0)
    assert run.arrived[0] == (1, 1)


def test_a_file_whose_record_is_missing_is_fetched_again(tmp_path: Path, database: SqliteDatabase) -> None:
    agent = agent_with({b"a": b"1"})
    run = Run(agent, tmp_path, database)
    run.volume.put(b"a", b"2", MTIME)  # of the right size and time, and yet it is not known to be the file
    run.all()
    assert on_disk(tmp_path) == {b"a": b"1"}


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"longer")])
def test_a_record_whose_file_is_gone_or_different_is_not_trusted(
    tmp_path: Path, database: SqliteDatabase, damage: Any
) -> None:
    agent = agent_with({b"a": b"1"})
    Run(agent, tmp_path, database).all()
    damage(tmp_path / "a")
    Run(agent, tmp_path, database).all()
    assert on_disk(tmp_path) == {b"a": b"1"}


def test_nothing_is_sent_twice_but_the_answers_in_flight(tmp_path: Path, database: SqliteDatabase) -> None:
    """Five runs that are killed, each of which goes on where the one before was."""
    core = {b"file-%03d" % n: os.urandom(20_000) for n in range(40)} | {b"large": os.urandom(4_500_000)}
    agent = agent_with(core)
    sent = [0]

    def count(op: str, status: str, payload: bytes) -> tuple[str, bytes]:
        sent[0] += len(payload) if op == "files.read" else 0
        return status, payload

    agent.alter = count
    for _ in range(5):
        kill_at_read(agent, 12)
        with pytest.raises(Killed):
            Run(agent, tmp_path, database).copy()
    leave_alone(agent)
    Run(agent, tmp_path, database).all()
    assert on_disk(tmp_path) == core
    assert sent[0] < 1.1 * sum(map(len, core.values()))


def test_a_large_file_goes_on_where_the_killed_run_was(tmp_path: Path, database: SqliteDatabase) -> None:
    data = os.urandom(4_400_000)
    agent = agent_with({b"big": data})

    kill_at_read(agent, 40)
    with pytest.raises(Killed):
        Run(agent, tmp_path, database).copy()
    assert on_disk(tmp_path) == {}
    leave_alone(agent)
    before = len(reads(agent))
    Run(agent, tmp_path, database).all()
    assert reads(agent)[before] == ("big", 39 * ANSWER)
    assert on_disk(tmp_path) == {b"big": data}


def test_a_large_file_is_not_fetched_again_when_the_database_is_lost_at_its_end(
    tmp_path: Path, database: SqliteDatabase
) -> None:
    data = os.urandom(4_400_000)
    agent = agent_with({b"big": data})

    database.refused = b"big".hex()
    with pytest.raises(DatabaseUnavailable):
        Run(agent, tmp_path, database).copy()
    assert on_disk(tmp_path) == {}
    database.refused = None
    before = len(reads(agent))
    Run(agent, tmp_path, database).all()
    assert reads(agent)[before:] == []
    assert on_disk(tmp_path) == {b"big": data}


def test_a_large_file_that_changed_since_the_kill_begins_anew(tmp_path: Path, database: SqliteDatabase) -> None:
    agent = agent_with({b"big": b"x" * 4_400_000})

    kill_at_read(agent, 3)
    with pytest.raises(Killed):
        Run(agent, tmp_path, database).copy()
    leave_alone(agent)
    agent.files["core"][b"big"] = File(b"y" * 4_400_000, MTIME + 1)
    run = Run(agent, tmp_path, database)
    assert len(run.volume.partials()) == 1
    run.side.prepare()
    assert run.volume.partials() == {}
    run.all()
    assert (tmp_path / "big").read_bytes() == b"y" * 4_400_000


def killed_at(agent: FakeAgent, call: int, root: Path, database: SqliteDatabase) -> bool:
    """Whether a run that is killed when it makes its n-th call gets that far."""
    calls = count(1)

    def before(_op: str, _arguments: dict[str, Any]) -> None:
        if next(calls) >= call:
            raise Killed

    agent.before = before
    try:
        Run(agent, root, database).all()
    except Killed:
        return True
    finally:
        leave_alone(agent)
    return False


def test_a_run_may_be_killed_at_any_call(tmp_path: Path) -> None:
    core = {b"a": b"1", b"dir/b": b"x" * 150_000, b"c": b""}
    agent = agent_with(core, {b"uploads/a.css": b"a{src:url(http://source.test/x.woff)}"})
    expected = core | {b"wp-content/uploads/a.css": f"a{{src:url({CLONE_URL}/x.woff)}}".encode()}
    for call in count(1):
        database = SqliteDatabase()
        killed = killed_at(agent, call, tmp_path / str(call), database)
        Run(agent, tmp_path / str(call), database).all()
        database.close()
        assert on_disk(tmp_path / str(call)) == expected
        if not killed:
            break
    assert call > 6  # each root is listed twice, and there are files to be read
