"""A source that sends other bytes, other pieces or other places than it may."""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import stamina

from migrator.errors import DigestMismatch, SourceDataInvalid, SourceFailed, VerificationFailed, VolumeRefused
from migrator.layout import Layout
from migrator.retrying import Budget
from tests.unit.migrator.fake_agent import frame
from tests.unit.migrator.file_runs import (
    MTIME,
    Run,
    SqliteDatabase,
    agent_with,
    on_disk,
)
from tests.unit.migrator.sites import site


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3):
        yield


def test_bytes_that_are_not_those_that_were_hashed(tmp_path: Path, database: SqliteDatabase) -> None:
    agent = agent_with({b"a": b"data"})
    agent.alter = lambda op, status, payload: (status, payload.replace(b"data", b"dada"))
    with pytest.raises(DigestMismatch) as failed:
        Run(agent, tmp_path, database).copy()
    assert (failed.value.code, failed.value.exit_status) == ("SOURCE_DIGEST_MISMATCH", 14)
    assert on_disk(tmp_path) == {}
    assert database.received() == {}


@pytest.mark.parametrize("wrong", [(b'"offset": 0', b'"offset": 9'), (b'"index": 0', b'"index": 7')])
def test_a_piece_that_was_not_asked_for(tmp_path: Path, database: SqliteDatabase, wrong: tuple[bytes, bytes]) -> None:
    agent = agent_with({b"a": b"data"})
    agent.alter = lambda op, status, payload: (status, payload.replace(*wrong) if op == "files.read" else payload)
    with pytest.raises(SourceDataInvalid):
        Run(agent, tmp_path, database).copy()
    assert on_disk(tmp_path) == {}


def always(data: bytes, size: int, *, eof: bool) -> Callable[[str, str, bytes], tuple[str, bytes]]:
    """Answers every call for files with one piece, whatever was asked for."""
    header: dict[str, Any] = {"index": 0, "offset": 0, "length": len(data), "size": size, "mtime": MTIME, "eof": eof}
    piece = frame(header | {"error": None, "sha256": hashlib.sha256(data).hexdigest()}) + data
    return lambda op, status, payload: (status, piece if op == "files.read" else payload)


def test_more_bytes_than_were_asked_for(tmp_path: Path, database: SqliteDatabase) -> None:
    agent = agent_with({b"a": b"data"})
    agent.alter = always(b"data++", 6, eof=True)
    with pytest.raises(SourceDataInvalid):
        Run(agent, tmp_path, database).copy()
    assert on_disk(tmp_path) == {}


def test_a_file_that_comes_to_no_end(tmp_path: Path, database: SqliteDatabase) -> None:
    agent = agent_with({b"a": b"data"})
    agent.alter = always(b"", 4, eof=False)
    with pytest.raises(SourceFailed):
        Run(agent, tmp_path, database).copy()


def test_one_place_as_file_and_as_folder_is_no_clone(tmp_path: Path, database: SqliteDatabase) -> None:
    with pytest.raises((VerificationFailed, VolumeRefused)):
        Run(agent_with({b"a": b"1", b"a/b": b"2"}), tmp_path, database).all()


def test_a_host_that_fails_under_large_answers(tmp_path: Path, database: SqliteDatabase) -> None:
    core = {b"f%d" % n: os.urandom(300_000) for n in range(20)}
    agent = agent_with(core)
    run = Run(agent, tmp_path, database)
    run.source.budget = Budget()

    def fails(op: str, response: httpx.Response) -> httpx.Response:
        large = op == "files.read" and agent.calls[-1][1]["budget"] > 1_048_576
        return httpx.Response(500) if large else response

    agent.spoil = fails
    run.all()
    assert on_disk(tmp_path) == core


@pytest.mark.parametrize(
    "path",
    ["../x", "a/../x", "/etc/passwd", "a//b", ".", "..", "a/.", "%2e%2e/x", "a%00b", "", "a/" + "x" * 256, "..%2fx"],
)
def test_paths_that_lead_out_are_refused(path: str) -> None:
    with pytest.raises(SourceDataInvalid):
        Layout.of(site()).place("core", path)
