"""Copying files from a fake site into a real directory: names, sizes, pieces, progress, and the check at the end."""

import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
import stamina

from migrator.errors import VerificationFailed, VolumeRefused
from migrator.fetching import answer_bytes, batches
from migrator.local.partial import partial_name
from migrator.local.room import Room
from migrator.manifest import Entry
from migrator.workers import Lane, run_lanes
from tests.unit.migrator.fake_agent import File
from tests.unit.migrator.file_runs import (
    ANSWER,
    MTIME,
    Run,
    SqliteDatabase,
    agent_with,
    at_read,
    on_disk,
    reads,
)

NAMES = [
    b"a.php",
    b"dir/b.php",
    b"dir/deep/c d.txt",
    b"new\nline",
    b"not-utf8-\xff\xfe",
    b"x" * 255,
    "ü🌱".encode(),
    b"100%.txt",
    b"-rf",
    b"tab\tand\\slash",
]


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3):
        yield


def test_every_name_and_size(tmp_path: Path, database: SqliteDatabase) -> None:
    core = {name: bytes([index]) * (index * 30_000) for index, name in enumerate(NAMES)}
    run = Run(agent_with(core, {b"themes/x.css": b"css"}), tmp_path, database)
    run.all()
    assert on_disk(tmp_path) == {**core, b"wp-content/themes/x.css": b"css"}
    assert run.log.classes == {"core": (len(core), sum(map(len, core.values()))), "content": (1, 3)}
    recorded = database.received()
    assert {place: file.digest for place, file in recorded.items()} == {
        place: hashlib.sha256(data).digest() for place, data in on_disk(tmp_path).items()
    }


def test_progress_counts_every_file_and_byte_once(tmp_path: Path, database: SqliteDatabase) -> None:
    core = {b"empty": b"", b"small": b"x" * 10, b"large": b"y" * 300_000}
    run = Run(agent_with(core), tmp_path, database)
    run.copy()
    assert sum(files for files, _ in run.arrived) == 3
    assert sum(size for _, size in run.arrived) == 300_010


def test_large_files_come_piece_by_piece_and_keep_their_mtime(tmp_path: Path, database: SqliteDatabase) -> None:
    data = os.urandom(5_000_000)
    agent = agent_with({b"big": data, b"small": b"x"})
    run = Run(agent, tmp_path, database)
    run.all()
    assert (tmp_path / "big").read_bytes() == data
    assert int((tmp_path / "big").stat().st_mtime) == MTIME
    offsets = [offset for path, offset in reads(agent) if path == "big"]
    assert offsets == list(range(0, 5_000_000, ANSWER))


def test_core_files_that_somebody_changed_are_copied_as_they_are(tmp_path: Path, database: SqliteDatabase) -> None:
    core = {b"wp-includes/version.php": b"<?php // patched for http://source.test", b"wp-login.php": b"<?php exit;"}
    Run(agent_with(core), tmp_path, database).all()
    assert on_disk(tmp_path) == core


class Zeros:
    """So many NUL bytes that are not there; as much of `bytes` as a site's file needs."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, part: slice) -> "Zeros | bytes":
        start, stop, _ = part.indices(self.size)
        return bytes(stop - start) if stop - start <= ANSWER else Zeros(stop - start)


def test_a_file_of_more_than_2_gb(tmp_path: Path, database: SqliteDatabase) -> None:
    """Its first 2 GiB have arrived already, as a hole that takes no room on disk."""
    size = 2**31 + 100_000
    agent = agent_with({})
    agent.files["core"][b"video.mp4"] = File(cast(bytes, Zeros(size)))
    run = Run(agent, tmp_path, database)
    name = os.fsdecode(partial_name(b"video.mp4", size, MTIME))
    with (tmp_path / ".migrator" / name).open("wb") as partial:
        partial.truncate(2**31)
    run.copy()
    assert reads(agent) == [("video.mp4", 2**31), ("video.mp4", 2**31 + ANSWER)]
    assert (tmp_path / "video.mp4").stat().st_size == size
    assert database.received()[b"video.mp4"].size == size


def test_a_large_file_is_given_up_when_something_else_has_failed(tmp_path: Path, database: SqliteDatabase) -> None:
    agent = agent_with({})
    agent.files["core"][b"big"] = File(cast(bytes, Zeros(2**50)))
    run = Run(agent, tmp_path, database, room=Room(bytes=2**51, nodes=None, block=4_096))
    run.side.prepare()
    under_way = threading.Event()
    at_read(agent, 2, under_way.set)

    def fail(_job: None) -> None:
        under_way.wait()
        raise VolumeRefused("No.")

    with pytest.raises(VolumeRefused, match="No"):
        run_lanes(*run.side.lanes(), Lane("other", [None], fail, threads=1))
    assert on_disk(tmp_path) == {}


def test_verification_names_a_file_with_one_wrong_byte_and_a_missing_one(
    tmp_path: Path, database: SqliteDatabase
) -> None:
    run = Run(agent_with({b"a": b"12345", b"b": b"1"}), tmp_path, database)
    run.all()
    (tmp_path / "a").write_bytes(b"12346")
    with pytest.raises(VerificationFailed, match=r"file a in .*: changed\.$"):
        run.side.verify({})
    (tmp_path / "b").unlink()
    with pytest.raises(VerificationFailed, match=r"\(and 1 others\)"):
        run.side.verify({})
    (tmp_path / "a").write_bytes(b"12345")
    with pytest.raises(VerificationFailed, match=r"file b in .*: missing\.$"):
        run.side.verify({})


def test_files_that_were_set_aside_are_verified_where_they_lie(tmp_path: Path, database: SqliteDatabase) -> None:
    run = Run(agent_with({}, {b"db.php": b"<?php"}), tmp_path, database)
    run.all()
    run.volume.move(b"wp-content/db.php", b"wp-content/aside/db.php")
    verified = run.side.verify({b"wp-content/db.php": b"wp-content/aside/db.php"})
    assert (verified.digests, verified.differing) == (1, [])


def test_batches_keep_within_bytes_and_files() -> None:
    entries = [Entry("core", str(n), b"%d" % n, size, 0) for n, size in enumerate([10, 5_000_000, 10] + [0] * 600)]
    found = list(batches(entries, 4_194_304))
    assert [entry for batch in found for entry in batch] == entries
    assert max(map(len, found)) == 250
    assert [len(batch) for batch in batches(entries[:3], 4_194_304)] == [1, 1, 1]


@pytest.mark.parametrize(
    ("total", "workers", "size"), [(0, 4, 524_288), (400_000_000, 4, 2_000_000), (10**10, 4, 4_194_304)]
)
def test_answers_in_flight_are_a_small_part_of_the_whole(total: int, workers: int, size: int) -> None:
    assert answer_bytes(total, workers) == size
