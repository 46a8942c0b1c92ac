"""What is found out about a source before anything is made for it: its size and its PHP."""

from __future__ import annotations

import pytest

from api.domain.models import CloneOptions
from api.domain.php import NEWEST, php_for
from api.domain.refusals.plugin import PhpTooOld
from tests.unit.api.fakes import World, order
from tests.unit.api.preparation import MAX_SITE_BYTES, Prepare, untouched
from tests.unit.api.test_api_create import Maker
from tests.unit.api.wordpress import WordPress

GIB = 2**30


@pytest.mark.parametrize(
    ("database", "files"),
    [
        (MAX_SITE_BYTES + 1, {}),
        (GIB, {"core": [10], "content": [3 * GIB, 2 * GIB]}),
        (0, {"core": [4 * GIB, GIB + 1], "content": [0]}),
    ],
)
def test_a_site_that_is_too_large_is_refused_and_nothing_is_left_there(
    prepare: Prepare, database: int, files: dict[str, list[int]]
) -> None:
    site = WordPress(database_bytes=database, file_bytes=files)
    refused = prepare(site).refused()
    assert (refused.code, refused.reason) == ("TOO_LARGE", "TOO_LARGE")
    assert "5.0 GiB at most" in refused.detail
    assert untouched(site)


def test_the_volume_that_is_asked_for_counts_instead() -> None:
    assert CloneOptions().room_bytes is None
    assert CloneOptions.model_validate({"storage": {"size": "7Gi"}}).room_bytes == 7 * GIB


@pytest.mark.parametrize(("asked", "gibibytes", "fits"), [("8Gi", 7, True), ("8Gi", 9, False), ("2Gi", 3, False)])
@pytest.mark.parametrize("standing", [False, True])
def test_a_larger_or_smaller_volume_is_asked_for(
    prepare: Prepare, asked: str, gibibytes: int, fits: bool, standing: bool
) -> None:
    site = WordPress()
    preparation = prepare(site)
    source = {}
    if standing:
        preparation.run()
        ((key_id, secret),) = site.keys.items()
        site.standing.add(key_id)
        source = {"api_key": f"cm_{key_id}_{secret}"}
    site.file_bytes = {"core": [1], "uploads": [gibibytes * GIB]}
    if fits:
        assert preparation.run(source=source, storage=asked)
    else:
        assert preparation.refused(source=source, storage=asked).code == "TOO_LARGE"


def test_a_standing_key_of_a_site_that_is_too_large_stays(prepare: Prepare) -> None:
    site = WordPress()
    preparation = prepare(site)
    preparation.run()
    (key_id, secret), site.database_bytes = next(iter(site.keys.items())), 2 * MAX_SITE_BYTES
    site.standing.add(key_id)
    refused = preparation.refused(source={"api_key": f"cm_{key_id}_{secret}"})
    assert refused.code == "TOO_LARGE"
    assert site.keys == {key_id: secret}


def test_a_site_of_just_the_size_that_is_allowed_gets_in(prepare: Prepare) -> None:
    site = WordPress(database_bytes=MAX_SITE_BYTES - 4, file_bytes={"core": [1], "content": [1, 1, 1]})
    prepare(site).run()
    assert site.keys


def test_counting_stops_as_soon_as_it_is_known(prepare: Prepare) -> None:
    """WordPress's own files, which are never many, come last."""
    site = WordPress(file_bytes={"core": [1], "uploads": [6 * GIB, 1]})
    prepare(site).refused()
    assert site.counted == ["uploads"]


def test_an_agent_that_cannot_count_is_believed(prepare: Prepare) -> None:
    site = WordPress(file_bytes={"content": [9 * GIB]}, can_count=False)
    prepare(site).run()
    assert site.keys


@pytest.mark.parametrize(
    ("source", "clone"),
    [
        ("7.2.34", "7.4"),
        ("7.4.33-nmm7", "7.4"),
        ("8.0.30", "8.2"),
        ("8.1.2-1ubuntu2.14", "8.2"),
        ("8.2.29", "8.2"),
        ("8.3.0", "8.4"),
        ("8.5.1", "8.4"),
        ("9.0.0", "8.4"),
        ("", "8.4"),
        ("plugh", "8.4"),
    ],
)
def test_a_clones_php_is_its_sources_or_the_next_newer_one(source: str, clone: str) -> None:
    assert php_for(source) == clone


@pytest.mark.parametrize("source", ["7.1.33", "5.6.40", "7.0"])
def test_an_older_php_is_refused(source: str) -> None:
    with pytest.raises(PhpTooOld):
        php_for(source)


def test_the_php_of_the_source_reaches_the_object() -> None:
    world = World(php="7.3.33")
    Maker(world).make()
    (clone,) = world.objects.values()
    assert clone.php_version == "7.4"


def test_the_callers_choice_of_php_comes_first() -> None:
    world = World(php="5.6.40")
    request = order()
    Maker(world).make(request.model_copy(update={"options": request.options.model_copy(update={"php_version": "8.2"})}))
    (clone,) = world.objects.values()
    assert clone.php_version == "8.2"


def test_a_php_that_is_too_old_leaves_nothing() -> None:
    world = World(php="5.6.40")
    with pytest.raises(PhpTooOld):
        Maker(world).make()
    assert world.left() == set()


def test_an_unknown_php_is_the_newest() -> None:
    world = World(php="")
    Maker(world).make()
    (clone,) = world.objects.values()
    assert clone.php_version == NEWEST
