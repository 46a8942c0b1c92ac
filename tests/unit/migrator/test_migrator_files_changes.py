"""Files that change, grow, shrink or vanish while they are copied, or after."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stamina

from tests.unit.migrator.fake_agent import File
from tests.unit.migrator.file_runs import (
    MTIME,
    Run,
    SqliteDatabase,
    agent_with,
    at_read,
    on_disk,
    reads,
)


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3):
        yield


def test_a_file_that_changes_while_it_is_read_is_read_again(tmp_path: Path, database: SqliteDatabase) -> None:
    agent = agent_with({b"log": b"x" * 100_000})
    changes = iter([b"y" * 100_001, b"z" * 100_002])

    def change(op: str, arguments: dict[str, Any]) -> None:
        if op == "files.read" and arguments["items"][0]["offset"]:
            data = next(changes, None)
            if data:
                agent.files["core"][b"log"] = File(data, agent.files["core"][b"log"].mtime + 1)

    agent.before = change
    run = Run(agent, tmp_path, database)
    run.all()
    assert (tmp_path / "log").read_bytes() == b"z" * 100_002
    assert run.log.unsteady == []


def test_a_file_that_never_holds_still_is_copied_as_it_was_last_and_reported(
    tmp_path: Path, database: SqliteDatabase
) -> None:
    agent = agent_with({b"log": b"x" * 100_000})

    def grow(op: str, arguments: dict[str, Any]) -> None:
        if op == "files.read" and arguments["items"][0]["offset"]:
            old = agent.files["core"][b"log"]
            agent.files["core"][b"log"] = File(old.data + b"x", old.mtime + 1)

    agent.before = grow
    run = Run(agent, tmp_path, database)
    run.all()
    assert set((tmp_path / "log").read_bytes()) == {ord("x")}
    assert run.log.unsteady == ["core:log"]
    assert not database.received()[b"log"].steady


def test_a_file_that_grows_as_fast_as_it_is_read_has_an_end(tmp_path: Path, database: SqliteDatabase) -> None:
    agent = agent_with({b"log": b"x" * 100_000})

    def grow(op: str, arguments: dict[str, Any]) -> None:
        if op == "files.read":
            old = agent.files["core"][b"log"]
            agent.files["core"][b"log"] = File(old.data + b"x" * 70_000, old.mtime + 1)

    agent.before = grow
    Run(agent, tmp_path, database).copy()
    assert (tmp_path / "log").stat().st_size < 1_000_000


def test_a_file_that_shrinks_while_it_is_read(tmp_path: Path, database: SqliteDatabase) -> None:
    agent = agent_with({b"log": b"x" * 200_000})
    at_read(agent, 2, lambda: agent.files["core"].update({b"log": File(b"short", MTIME + 1)}))
    run = Run(agent, tmp_path, database)
    run.all()
    assert on_disk(tmp_path) == {b"log": b"short"}


def test_a_file_that_vanishes_is_reported(tmp_path: Path, database: SqliteDatabase) -> None:
    agent = agent_with({b"a": b"1", b"b": b"2"})
    at_read(agent, 1, lambda: agent.files["core"].__delitem__(b"a"))
    run = Run(agent, tmp_path, database)
    run.all()
    assert run.log.skipped == [("core:a", "not_found")]
    assert on_disk(tmp_path) == {b"b": b"2"}


def test_a_large_file_that_vanishes_while_it_is_read(tmp_path: Path, database: SqliteDatabase) -> None:
    agent = agent_with({b"big": b"1" * 200_000, b"b": b"2"})
    at_read(agent, 2, lambda: agent.files["core"].__delitem__(b"big"))
    run = Run(agent, tmp_path, database)
    run.all()
    assert run.log.skipped == [("core:big", "not_found")]
    assert on_disk(tmp_path) == {b"b": b"2"}
    assert run.volume.partials() == {}


def test_a_file_that_cannot_be_read_at_the_source_is_reported_and_the_rest_copied(
    tmp_path: Path, database: SqliteDatabase
) -> None:
    agent = agent_with({b"a": b"1", b"secret": b"2"})

    def unreadable(op: str, status: str, payload: bytes) -> tuple[str, bytes]:
        return status, payload.replace(b': "not_found"', b':"unreadable"')

    agent.alter = unreadable
    at_read(agent, 1, lambda: agent.files["core"].__delitem__(b"secret"))
    run = Run(agent, tmp_path, database)
    run.copy()
    assert run.log.skipped == [("core:secret", "unreadable")]
    assert on_disk(tmp_path) == {b"a": b"1"}


def test_what_changes_after_it_was_copied_is_fetched_again(tmp_path: Path, database: SqliteDatabase) -> None:
    agent = agent_with({b"same": b"0", b"a": b"1", b"gone": b"2", b"dir/gone": b"3", b"turns": b"into a folder"})
    run = Run(agent, tmp_path, database)
    run.copy()
    for path in (b"gone", b"dir/gone", b"turns"):
        del agent.files["core"][path]
    agent.files["core"] |= {b"turns/file": File(b"4"), b"a": File(b"5", MTIME + 1), b"new": File(b"6")}
    before = len(reads(agent))
    manifest = run.side.settle()
    run.side.verify({})
    assert on_disk(tmp_path) == {b"same": b"0", b"a": b"5", b"turns/file": b"4", b"new": b"6"}
    assert sorted(reads(agent)[before:]) == [("a", 0), ("new", 0), ("turns/file", 0)]
    assert (run.log.refetched, run.log.removed) == (3, 2)
    assert set(database.received()) == set(manifest.files) == set(on_disk(tmp_path))
    assert not (tmp_path / "dir").exists()


def test_a_folder_that_turns_into_a_file(tmp_path: Path, database: SqliteDatabase) -> None:
    agent = agent_with({b"turns/a": b"1", b"turns/b/c": b"2"})
    Run(agent, tmp_path, database).all()
    agent.files["core"] = {b"turns": File(b"3")}
    Run(agent, tmp_path, database).all()
    assert on_disk(tmp_path) == {b"turns": b"3"}
