"""When a clone's time is over."""

from datetime import timedelta

from api.cluster.errors import ObjectChanged
from api.controller.expiry import expire
from tests.unit.controller_fakes import NAME, NOW, FakeWorld, clone

HOUR = timedelta(hours=1)


def test_an_object_is_deleted_when_it_is_due() -> None:
    world = FakeWorld(objects={NAME: clone(expires_at=NOW)})
    assert expire(world.ports(), NAME)
    assert world.done == [f"delete object {NAME}"]


def test_a_ttl_extended_meanwhile_saves_the_clone() -> None:
    world = FakeWorld(objects={NAME: clone(expires_at=NOW + HOUR)})
    assert not expire(world.ports(), NAME)
    assert world.done == []


def test_a_change_between_look_and_deletion_saves_the_clone() -> None:
    world = FakeWorld(objects={NAME: clone(expires_at=NOW)}, failures={"delete object": ObjectChanged("changed")})
    assert not expire(world.ports(), NAME)


def test_nothing_is_done_to_what_is_gone_or_going() -> None:
    assert expire(FakeWorld().ports(), NAME)
    world = FakeWorld(objects={NAME: clone(expires_at=NOW - HOUR, deleted_at=NOW)})
    assert expire(world.ports(), NAME)
    assert world.done == []
