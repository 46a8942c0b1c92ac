"""Copying files from a fake site into a real directory: batches, pieces, changes while reading, and starting again."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stamina

from migrator.errors import SourceDataInvalid, VerificationFailed, VolumeRefused
from migrator.files import CopyLog, FileCopier, batches
from migrator.layout import Layout
from migrator.local.volume import Volume
from migrator.manifest import Entry, Manifest, read_manifest
from migrator.verify import verify_files
from migrator.workers import Lane, run_lanes
from tests.unit.migrator.fake_agent import FakeAgent, File
from tests.unit.migrator.sites import site

LAYOUT = Layout.of(site())
NAMES = [
    b"a.php",
    b"dir/b.php",
    b"dir/deep/c d.txt",
    b"new\nline",
    b"not-utf8-\xff\xfe",
    b"x" * 255,
    "ü🌱".encode(),
    b"100%.txt",
]


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3):
        yield


class Run:
    """One run of the engine's file part."""

    def __init__(self, agent: FakeAgent, root: Path, budget: int = 4_194_304) -> None:
        self.source = agent.site()
        self.source.budget.limit(budget)
        self.volume = Volume(root)
        self.log = CopyLog()
        self.arrived: list[int] = []
        self.copier = FileCopier(self.source, self.volume, self.log, lambda files, _bytes: self.arrived.append(files))

    def copy(self) -> Manifest:
        self.volume.claim()
        return self.copy_again()

    def copy_again(self) -> Manifest:
        manifest = read_manifest(self.source, LAYOUT, ["core", "content"])
        run_lanes(Lane("files", batches(self.copier.missing(manifest), lambda: 70_000), self.copier.copy, threads=3))
        return manifest


def agent_with(core: dict[bytes, bytes], content: dict[bytes, bytes] | None = None) -> FakeAgent:
    files = {"core": core, "content": content or {}}
    return FakeAgent(files={root: {path: File(data) for path, data in each.items()} for root, each in files.items()})


def read(root: Path) -> dict[bytes, bytes]:
    paths = [Path(os.fsdecode(folder)) / os.fsdecode(name) for folder, _, names in os.walk(root) for name in names]
    return {os.fsencode(path.relative_to(root)): path.read_bytes() for path in paths}


def test_every_name_and_size(tmp_path: Path) -> None:
    core = {name: bytes([index]) * (index * 30_000) for index, name in enumerate(NAMES)}
    run = Run(agent_with(core, {b"themes/x.css": b"css"}), tmp_path)
    run.copy()
    run.volume.release()
    assert read(tmp_path) == {**core, b"wp-content/themes/x.css": b"css"}
    assert sum(run.arrived) == len(core) + 1


def test_large_files_come_piece_by_piece_and_keep_their_mtime(tmp_path: Path) -> None:
    data = os.urandom(400_000)
    run = Run(agent_with({b"big": data, b"small": b"x"}), tmp_path, budget=65_536)
    run.copy()
    assert (tmp_path / "big").read_bytes() == data
    assert int((tmp_path / "big").stat().st_mtime) == 1_700_000_000
    assert run.log.calls >= 400_000 // 65_536


def test_a_second_run_fetches_nothing_that_is_there(tmp_path: Path) -> None:
    agent = agent_with({b"a": b"1", b"b": b"2"})
    Run(agent, tmp_path).copy()
    reads = [op for op, _ in agent.calls].count("files.read")
    agent.files["core"][b"b"] = File(b"3", mtime=1_700_000_001)
    run = Run(agent, tmp_path)
    run.copy()
    assert [op for op, _ in agent.calls].count("files.read") == reads + 1
    assert (tmp_path / "b").read_bytes() == b"3"
    assert run.log.copied[b"a"].digest is None


def test_what_a_killed_run_left_half_is_thrown_away(tmp_path: Path) -> None:
    run = Run(agent_with({b"a": b"1"}), tmp_path)
    run.volume.claim()
    run.volume.begin(b"a").append(memoryview(b"half"))
    assert not (tmp_path / "a").exists()
    again = Run(agent_with({b"a": b"1"}), tmp_path)
    again.copy()
    assert read(tmp_path) == {b"a": b"1"}


def test_a_file_that_changes_while_it_is_read_is_read_again(tmp_path: Path) -> None:
    agent = agent_with({b"log": b"x" * 100_000})
    changes = iter([b"y" * 100_001, b"z" * 100_002])

    def change(op: str, arguments: dict[str, Any]) -> None:
        if op == "files.read" and arguments["items"][0]["offset"]:
            data = next(changes, None)
            if data:
                agent.files["core"][b"log"] = File(data, agent.files["core"][b"log"].mtime + 1)

    agent.before = change
    run = Run(agent, tmp_path, budget=65_536)
    run.copy()
    assert (tmp_path / "log").read_bytes() == b"z" * 100_002
    assert run.log.unsteady == []


def test_a_file_that_never_holds_still_is_copied_as_it_was_last_and_reported(tmp_path: Path) -> None:
    agent = agent_with({b"log": b"x" * 100_000})

    def grow(op: str, arguments: dict[str, Any]) -> None:
        if op == "files.read" and arguments["items"][0]["offset"]:
            old = agent.files["core"][b"log"]
            agent.files["core"][b"log"] = File(old.data + b"x", old.mtime + 1)

    agent.before = grow
    run = Run(agent, tmp_path, budget=65_536)
    run.copy()
    assert set((tmp_path / "log").read_bytes()) == {ord("x")}
    assert run.log.unsteady == ["core:log"]


def test_a_file_that_vanishes_is_reported(tmp_path: Path) -> None:
    agent = agent_with({b"a": b"1", b"b": b"2"})

    def remove(op: str, _arguments: dict[str, Any]) -> None:
        if op == "files.read":
            agent.files["core"].pop(b"a", None)

    agent.before = remove
    run = Run(agent, tmp_path)
    run.copy()
    assert run.log.skipped == [("core:a", "not_found")]
    assert b"a" not in run.log.copied


def test_what_the_source_does_not_have_any_more_is_removed(tmp_path: Path) -> None:
    agent = agent_with({b"a": b"1", b"gone": b"2", b"dir/gone": b"3", b"turns": b"into a folder"})
    Run(agent, tmp_path).copy()
    for path in (b"gone", b"dir/gone", b"turns"):
        del agent.files["core"][path]
    agent.files["core"][b"turns/file"] = File(b"4")
    run = Run(agent, tmp_path)
    manifest = run.copy()
    assert run.volume.remove_others(manifest.places()) == 2
    assert read(tmp_path) == {b"a": b"1", b"turns/file": b"4"}
    assert not (tmp_path / "dir").exists()


def test_a_directory_that_is_not_ours_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(VolumeRefused):
        Run(agent_with({}), tmp_path).copy()
    assert read(tmp_path) == {b"letter.txt": b"mine"}


def test_a_fresh_volume_with_lost_and_found_is_ours(tmp_path: Path) -> None:
    (tmp_path / "lost+found").mkdir()
    run = Run(agent_with({b"a": b"1"}), tmp_path)
    run.volume.remove_others(run.copy().places())
    assert (tmp_path / "lost+found").exists()


def test_a_directory_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(VolumeRefused):
        Volume(tmp_path / "file" / "site").claim()


@pytest.mark.parametrize(
    "path",
    ["../x", "a/../x", "/etc/passwd", "a//b", ".", "..", "a/.", "%2e%2e/x", "a%00b", "", "a/" + "x" * 256, "..%2fx"],
)
def test_paths_that_lead_out_are_refused(path: str) -> None:
    with pytest.raises(SourceDataInvalid):
        LAYOUT.place("core", path)


def test_verification_notices_one_wrong_byte_and_a_missing_file(tmp_path: Path) -> None:
    run = Run(agent_with({b"a": b"12345"}), tmp_path)
    run.copy()
    verify_files(run.volume, run.log.copied, {}, lambda _files, _bytes: None)
    (tmp_path / "a").write_bytes(b"12346")
    with pytest.raises(VerificationFailed):
        verify_files(run.volume, run.log.copied, {}, lambda _files, _bytes: None)
    (tmp_path / "a").unlink()
    with pytest.raises(VerificationFailed):
        verify_files(run.volume, run.log.copied, {}, lambda _files, _bytes: None)


def test_batches_keep_within_bytes_and_files() -> None:
    entries = [Entry("core", str(n), b"%d" % n, size, 0) for n, size in enumerate([10, 5_000, 10] + [0] * 600)]
    found = list(batches(entries, lambda: 200_000))
    assert [entry for batch in found for entry in batch] == entries
    assert max(map(len, found)) == 250
    assert [len(batch) for batch in batches(entries[:3], lambda: 3_000)] == [1, 1, 1]
