"""Which load balancer a new clone gets, and what is said when none has room."""

from __future__ import annotations

import pytest

from api.cloning.placement import MOST_CLONES
from api.domain.errors import NoCapacity
from tests.unit.api.fakes import Clone, World
from tests.unit.api.test_api_create import Maker


def filled(*counts: int) -> World:
    """A world with so many clones on each shard; those on the first were made without naming it."""
    world = World()
    for shard, count in enumerate(counts, 1):
        place = {"ingress": {"shard": shard}} if shard > 1 else {}
        world.objects |= {f"s{shard}-{number}": Clone(f"s{shard}-{number}", options=place) for number in range(count)}
    return world


@pytest.mark.parametrize(
    ("counts", "shard"),
    [((), 1), ((1,), 2), ((1, 1), 3), ((2, 1, 1), 2), ((80, 79, 80), 2), ((80, 80, 0), 3), ((95, 80, 79), 3)],
)
def test_a_clone_gets_the_shard_with_the_fewest(counts: tuple[int, ...], shard: int) -> None:
    world = filled(*counts)
    answer = Maker(world, shards=3, max_clones=1000).make()
    assert answer is not None
    assert world.objects[answer.name].options == {"ingress": {"shard": shard}}


def test_clones_that_are_going_still_take_their_place() -> None:
    world = filled(MOST_CLONES)
    name, clone = world.objects.popitem()
    world.objects[name] = Clone(name, deleting=True, options=clone.options)
    with pytest.raises(NoCapacity):
        Maker(world, shards=1, max_clones=1000).make()


def test_without_room_nothing_is_made_and_the_source_is_not_asked() -> None:
    world = filled(MOST_CLONES, MOST_CLONES + 3)
    with pytest.raises(NoCapacity) as caught:
        Maker(world, shards=2, max_clones=1000).make()
    assert (caught.value.code, caught.value.status, caught.value.usual_retry_after) == ("NO_CAPACITY", 503, 60)
    assert world.calls == ["intents.list"]


def test_a_repeated_call_finds_its_clone_though_there_is_no_room_for_another() -> None:
    world = filled(MOST_CLONES - 1)
    maker = Maker(world, shards=1, max_clones=1000)
    first = maker.make(key="k1")
    assert first is not None
    again = maker.make(key="k1")
    assert again is not None
    assert again.name == first.name
    with pytest.raises(NoCapacity):
        maker.make(key="k2")


def test_what_was_begun_is_taken_back_when_the_last_place_went_meanwhile() -> None:
    world = filled(MOST_CLONES - 1)
    world.hooks["databases.create"] = lambda: world.objects.update(late=Clone("late"))
    with pytest.raises(NoCapacity):
        Maker(world, shards=1, max_clones=1000).make()
    assert not world.databases
    assert not world.intents
    assert len(world.objects) == MOST_CLONES


def test_without_shards_nothing_is_counted() -> None:
    world = filled(MOST_CLONES + 20)
    answer = Maker(world).make()
    assert answer is not None
    assert world.objects[answer.name].options == {}
