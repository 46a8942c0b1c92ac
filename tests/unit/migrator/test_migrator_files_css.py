"""Style sheets that page builders generate: rewritten last, once, counted apart, and understood by the next start."""

import hashlib
from pathlib import Path

import pytest

from migrator.errors import VerificationFailed
from migrator.generated_css import is_generated_css
from tests.unit.migrator.fake_agent import File
from tests.unit.migrator.file_runs import (
    CLONE_URL,
    MTIME,
    Killed,
    Run,
    SqliteDatabase,
    agent_with,
    on_disk,
    reads,
)

OLD = b".a{background:url(http://source.test/wp-content/uploads/a.jpg)}"
NEW = f".a{{background:url({CLONE_URL}/wp-content/uploads/a.jpg)}}".encode()
PLACE = b"wp-content/uploads/elementor/css/post-1.css"


def content() -> dict[bytes, bytes]:
    return {
        b"uploads/elementor/css/post-1.css": OLD * 2,
        b"uploads/elementor/css/none.css": b".b{}",
        b"uploads/page.html": OLD,
        b"themes/x/style.css": OLD,
    }


def test_only_style_sheets_below_uploads_change(tmp_path: Path, database: SqliteDatabase) -> None:
    run = Run(agent_with({}, content()), tmp_path, database)
    run.all()
    files = on_disk(tmp_path)
    assert files.pop(PLACE) == NEW * 2
    assert files == {b"wp-content/" + path: data for path, data in content().items() if b"post-1" not in path}
    assert (run.log.css_files, run.log.css_replacements) == (1, 2)
    assert (tmp_path / PLACE.decode()).stat().st_mtime == MTIME


def test_the_record_keeps_what_the_source_sent_and_what_was_written(tmp_path: Path, database: SqliteDatabase) -> None:
    Run(agent_with({}, content()), tmp_path, database).all()
    file = database.received()[PLACE]
    assert (file.size, file.digest) == (len(OLD) * 2, hashlib.sha256(OLD * 2).digest())
    assert file.written == (len(NEW) * 2, hashlib.sha256(NEW * 2).digest(), 2)


def test_a_rewritten_file_is_verified_too(tmp_path: Path, database: SqliteDatabase) -> None:
    run = Run(agent_with({}, content()), tmp_path, database)
    run.all()
    (tmp_path / PLACE.decode()).write_bytes(OLD * 2)
    with pytest.raises(VerificationFailed, match="post-1"):
        run.side.verify({})


def test_the_next_start_neither_fetches_nor_rewrites_again(tmp_path: Path, database: SqliteDatabase) -> None:
    agent = agent_with({}, content())
    Run(agent, tmp_path, database).all()
    before = len(reads(agent))
    run = Run(agent, tmp_path, database)
    run.all()
    assert len(reads(agent)) == before
    assert on_disk(tmp_path)[PLACE] == NEW * 2
    assert (run.log.css_files, run.log.css_replacements) == (1, 2)


def test_one_that_the_source_generated_anew_is_fetched_and_rewritten(tmp_path: Path, database: SqliteDatabase) -> None:
    agent = agent_with({}, content())
    Run(agent, tmp_path, database).all()
    agent.files["content"][b"uploads/elementor/css/post-1.css"] = File(OLD, MTIME + 1)
    Run(agent, tmp_path, database).all()
    assert on_disk(tmp_path)[PLACE] == NEW


def test_a_kill_between_record_and_file_is_made_good(tmp_path: Path, database: SqliteDatabase) -> None:
    run = Run(agent_with({}, content()), tmp_path, database)
    run.copy()
    put = run.volume.put

    def killed(place: bytes, data: bytes | memoryview, mtime: int) -> None:
        if place == PLACE:
            raise Killed
        put(place, data, mtime)

    run.volume.put = killed  # type: ignore[method-assign]
    with pytest.raises(Killed):
        run.side.settle()
    assert on_disk(tmp_path)[PLACE] == OLD * 2
    agent = agent_with({}, content())
    Run(agent, tmp_path, database).all()
    assert reads(agent) == []
    assert on_disk(tmp_path)[PLACE] == NEW * 2


@pytest.mark.parametrize(
    ("place", "generated"),
    [
        (b"wp-content/uploads/a.css", True),
        (b"wp-content/uploads/et-cache/1/a.CSS", True),
        (b"wp-content/uploads/a.css.map", False),
        (b"wp-content/uploads-2/a.css", False),
        (b"wp-content/themes/a.css", False),
        (b"uploads/a.css", False),
    ],
)
def test_which_files_are_generated(place: bytes, generated: bool) -> None:
    assert is_generated_css(place, "wp-content/uploads") is generated
