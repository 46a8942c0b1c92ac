"""The list of a source's files: compact, by place, a later root before an earlier one, and nothing impossible in it."""

import tracemalloc

import pytest

from migrator.errors import SourceDataInvalid
from migrator.layout import Layout
from migrator.manifest import Entry, Files, read_manifest
from tests.unit.migrator.fake_agent import FakeAgent, File
from tests.unit.migrator.sites import site

MANY = 20_000


def test_files_are_found_by_place_and_keep_their_order() -> None:
    files = Files({"core": b"", "content": b"wp-content"})
    places = [b"f-%d" % n for n in range(500)]
    for n, place in enumerate(places):
        files.add("core", place, n, -n)
    files.add("content", b"wp-content/a b%\xff", 7, 8)
    assert list(files) == [*places, b"wp-content/a b%\xff"]
    assert files[b"f-3"] == Entry("core", "f-3", b"f-3", 3, -3)
    assert files[b"wp-content/a b%\xff"] == Entry("content", "a%20b%25%FF", b"wp-content/a b%\xff", 7, 8)
    assert b"f-500" not in files
    assert files.find(b"f-500") == -1
    assert files.get(b"") is None
    assert files.size == sum(range(500)) + 7


def test_a_file_that_is_added_again_replaces_the_one_before() -> None:
    files = Files({"core": b"", "content": b"wp-content"})
    files.add("core", b"wp-content/a", 1, 1)
    files.add("content", b"wp-content/a", 2, 2)
    assert list(files.values()) == [Entry("content", "a", b"wp-content/a", 2, 2)]


@pytest.mark.parametrize(("size", "mtime"), [(2**62, 0), (0, 2**40), (0, -(2**40)), (-1, 0)])
def test_numbers_that_no_file_has(size: int, mtime: int) -> None:
    with pytest.raises(SourceDataInvalid):
        Files({"core": b""}).add("core", b"a", size, mtime)


def test_a_million_files_fit_into_memory() -> None:
    """At most 200 bytes each: measured are some 100, of which 60 are the place."""
    tracemalloc.start()
    try:
        files = Files({"core": b""})
        for n in range(MANY):
            files.add("core", b"wp-content/uploads/2024/%02d/a-picture-of-the-garden-%09d.jpg" % (n % 12, n), n, n)
        used, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(files) == MANY
    assert used / MANY < 200
    assert peak / MANY < 200


def test_a_manifest_holds_every_directory_above_anything() -> None:
    walked = [["core", "/w"], ["content", "/c"], ["uploads", "/u"]]
    layout = Layout.of(site(roots_to_walk=walked))
    agent = FakeAgent(files={"core": {b"a/b/c": File(b"1")}, "content": {b"uploads/x": File(b"core")}, "uploads": {}})
    agent.files["uploads"] = {b"x": File(b"its own")}
    manifest = read_manifest(agent.site(), layout, ["uploads", "core", "content"])
    assert manifest.directories == {b"a", b"a/b", b"wp-content", b"wp-content/uploads"}
    assert manifest.files[b"wp-content/uploads/x"].root == "uploads"
    assert (len(manifest.files), manifest.size) == (2, 1 + len(b"its own"))
    assert all(place in manifest for place in [b"a", b"a/b", b"a/b/c", b"wp-content/uploads/x"])
    assert b"a/b/d" not in manifest


def test_what_is_written_anew_is_listed_as_skipped() -> None:
    agent = FakeAgent(files={"core": {b"wp-config.php": File(b"secret"), b"index.php": File(b"")}, "content": {}})
    manifest = read_manifest(agent.site(), Layout.of(site()), ["core", "content"])
    assert list(manifest.files) == [b"index.php"]
    assert manifest.skipped == [("core:wp-config.php", "written anew for the clone")]
