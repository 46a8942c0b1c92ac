"""The clone's directory: whose it is, what is visible in it, and what no room or no permission means."""

import errno
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from migrator.errors import VolumeFull, VolumeRefused
from migrator.local.partial import translated
from migrator.local.room import Need, Room
from migrator.local.volume import Volume
from tests.unit.migrator.file_runs import (
    MTIME,
    Killed,
    Run,
    SqliteDatabase,
    agent_with,
    kill_at_read,
    leave_alone,
    on_disk,
)


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let the system refuse to write files beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_directory_that_is_not_ours_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(VolumeRefused, match="not empty"):
        Volume(tmp_path).claim()
    assert on_disk(tmp_path) == {b"letter.txt": b"mine"}


def test_a_fresh_volume_with_lost_and_found_is_ours(tmp_path: Path) -> None:
    (tmp_path / "lost+found").mkdir()
    volume = Volume(tmp_path)
    volume.claim()
    volume.put(b"gone", b"", MTIME)
    assert volume.remove_others(set()) == 1
    volume.release()
    assert [path.name for path in tmp_path.iterdir()] == ["lost+found"]


def test_a_directory_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(VolumeRefused):
        Volume(tmp_path / "file" / "site").claim()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_no_room(number: int) -> None:
    with pytest.raises(VolumeFull) as full, translated():
        raise OSError(number, "of the system's")
    assert (full.value.code, full.value.exit_status) == ("VOLUME_FULL", 33)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.EPERM, errno.EIO, errno.ENAMETOOLONG])
def test_no_permission(number: int) -> None:
    with pytest.raises(VolumeRefused, match=os.strerror(number)) as refused, translated():
        raise OSError(number, "of the system's")
    assert (refused.value.code, refused.value.exit_status) == ("VOLUME_REFUSED", 34)


def test_a_file_is_visible_only_when_it_is_complete(tmp_path: Path) -> None:
    volume = Volume(tmp_path)
    volume.claim()
    volume.put(b"old", b"as it was", MTIME)
    with largest_file(1_000), pytest.raises(VolumeFull):
        volume.put(b"old", b"x" * 2_000, MTIME)
    with largest_file(1_000), pytest.raises(VolumeFull):
        volume.put(b"new", b"x" * 2_000, MTIME)
    assert on_disk(tmp_path) == {b"old": b"as it was"}
    volume.claim()
    assert list((tmp_path / ".migrator").iterdir()) == []


def test_a_large_file_that_does_not_fit_is_not_visible_and_not_recorded(
    tmp_path: Path, database: SqliteDatabase
) -> None:
    run = Run(agent_with({b"big": b"x" * 4_300_000}), tmp_path, database)
    with largest_file(1_000_000), pytest.raises(VolumeFull):
        run.copy()
    assert on_disk(tmp_path) == {}
    assert database.received() == {}


def test_a_partial_file_goes_on_where_it_was(tmp_path: Path) -> None:
    volume = Volume(tmp_path)
    volume.claim()
    with volume.begin(b"dir/a", 10, MTIME) as partial:
        partial.append(memoryview(b"12345"))
    volume.claim()
    with volume.begin(b"dir/a", 10, MTIME) as partial:
        assert partial.size == 5
        partial.append(memoryview(b"67890"))
        digest = partial.digest
        partial.put(MTIME)
    assert on_disk(tmp_path) == {b"dir/a": b"1234567890"}
    assert digest == volume.digest(b"dir/a")
    assert volume.status(b"dir/a") == (10, MTIME)
    assert volume.partials() == {}


def test_partial_files_of_different_versions_never_meet(tmp_path: Path) -> None:
    volume = Volume(tmp_path)
    volume.claim()
    for size, mtime in ((10, MTIME), (11, MTIME), (10, MTIME + 1)):
        with volume.begin(b"a", size, mtime) as partial:
            assert partial.size == 0
            partial.append(memoryview(b"x"))


def test_many_threads_may_need_one_directory_where_a_file_is(tmp_path: Path) -> None:
    volume = Volume(tmp_path)
    volume.claim()
    volume.put(b"a", b"a file", MTIME)
    volume.put(b"a/b/c", b"1", MTIME)
    volume.make_directory(b"a/b/d")
    volume.make_directory(b"a/b/d")
    assert on_disk(tmp_path) == {b"a/b/c": b"1"}


def test_odd_files_that_others_left_are_removed_and_links_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "mine").write_text("mine")
    volume = Volume(tmp_path / "site")
    volume.claim()
    volume.put(b"dir/keep", b"1", MTIME)
    (tmp_path / "site" / "link").symlink_to(outside)
    (tmp_path / "site" / "dir" / "loop").symlink_to("..")
    (tmp_path / "site" / "dir" / "file").symlink_to(outside / "mine")
    os.mkfifo(tmp_path / "site" / "dir" / "pipe")
    assert volume.status(b"dir/file") is None
    assert volume.status(b"dir/pipe") is None
    assert volume.remove_others({b"dir", b"dir/keep"}) == 4
    assert on_disk(tmp_path / "site") == {b"dir/keep": b"1"}
    assert (outside / "mine").read_text() == "mine"


def room(size: int, nodes: int | None = 1_000) -> Room:
    return Room(bytes=size, nodes=nodes, block=4_096)


def test_what_does_not_fit_is_refused_before_anything_is_written(tmp_path: Path, database: SqliteDatabase) -> None:
    agent = agent_with({b"a": b"x" * 3_000_000, b"dir/b": b"x"})
    run = Run(agent, tmp_path, database, room=room(2_000_000))
    with pytest.raises(VolumeFull, match=r"need 3 MiB, and there are 1 MiB") as full:
        run.copy()
    assert full.value.exit_status == 33
    assert on_disk(tmp_path) == {}
    assert [op for op, _ in agent.calls if op == "files.read"] == []


def test_too_many_files_for_the_file_system(tmp_path: Path, database: SqliteDatabase) -> None:
    agent = agent_with({b"%d" % n: b"" for n in range(8)} | {b"new-directory/a": b""})
    Run(agent, tmp_path / "enough", database, room=room(10**9, 10 + 1)).copy()
    run = Run(agent, tmp_path / "few", SqliteDatabase(), room=room(10**9, 10))
    with pytest.raises(VolumeFull, match="11 files and directories to come, and there is room for 10"):
        run.copy()


def test_file_systems_that_set_no_limit_of_files(tmp_path: Path, database: SqliteDatabase) -> None:
    Run(agent_with({b"a": b"1"}), tmp_path, database, room=room(10**9, None)).copy()
    assert on_disk(tmp_path) == {b"a": b"1"}


def test_what_is_there_already_needs_no_room(tmp_path: Path, database: SqliteDatabase) -> None:
    agent = agent_with({b"a": b"x" * 100_000, b"big": b"y" * 4_400_000})
    kill_at_read(agent, 30)
    with pytest.raises(Killed):
        Run(agent, tmp_path, database).copy()
    leave_alone(agent)
    with pytest.raises(VolumeFull):
        Run(agent, tmp_path / "elsewhere", SqliteDatabase(), room=room(4_000_000)).copy()
    Run(agent, tmp_path, database, room=room(4_000_000)).copy()
    assert (tmp_path / "big").stat().st_size == 4_400_000


def test_bytes_are_counted_as_blocks_hold_them() -> None:
    need = Need(4_096)
    for size in (0, 1, 4_096, 4_097):
        need.add(size)
    assert (need.bytes, need.nodes) == (4 * 4_096, 4)
    room(4 * 4_096).require(need)
    with pytest.raises(VolumeFull):
        room(4 * 4_096 - 1).require(need)


def test_room_is_what_the_system_says(tmp_path: Path) -> None:
    found = Room.of(tmp_path)
    assert found.block > 0
    assert found.bytes > 0
    with pytest.raises(VolumeRefused):
        Room.of(tmp_path / "nowhere")
