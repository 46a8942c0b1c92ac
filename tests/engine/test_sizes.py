"""Sites of some gigabytes: the engine's memory does not grow with them. Only with --long: they take minutes."""

import os

import pytest

from tests.bench.site_pictures import add_films, add_pictures
from tests.engine.harness import Bench
from tests.engine.site_files import UPLOADS, tree
from tests.engine.sites import Plan, Site, old

pytestmark = pytest.mark.engine
MOST_MEMORY = 256  # MiB resident, whatever the site's size
OVER_2_GB = 2**31 + 5


def copied(bench: Bench, site: Site) -> float:
    """Copy, compare the uploads, and give the engine's peak of memory in MiB."""
    with bench.clone(bench.target) as clone:
        outcome = bench.copy(site, clone)
        assert outcome.status == 0, outcome.text
        for folder in ("wp-content/uploads/films", "wp-content/uploads/2026"):
            assert dict(tree(site.root / folder)) == dict(tree(clone.root / folder))
        return outcome.peak_mb


@pytest.mark.parametrize("gigabytes", [1, 4])
def test_memory_does_not_grow_with_the_files(bench: Bench, gigabytes: int) -> None:
    name = f"films{gigabytes}"
    site = bench.site(Plan(name, "latin1", old(name).tables), bench.source)
    add_pictures(site.root, 0.1)
    add_films(site.root, gigabytes * 10**9)
    assert copied(bench, site) <= MOST_MEMORY


def test_a_file_of_more_than_2_gb_is_copied(bench: Bench) -> None:
    site = bench.site(Plan("sparse", "latin1", old("sparse").tables), bench.source)
    film = site.root / os.fsdecode(UPLOADS) / "film.mp4"
    site.files.put(UPLOADS + b"film.mp4", b"begin")
    with film.open("r+b") as opened:
        opened.seek(OVER_2_GB)
        opened.write(b"end")
    add_films(site.root, 200_000_000)
    assert copied(bench, site) <= MOST_MEMORY
