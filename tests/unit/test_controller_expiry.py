"""When a clone's time is over."""

from datetime import timedelta

import pytest

from api.cluster.errors import ObjectChanged
from api.controller.expiry import LONGEST_PAUSE_SECONDS, expire, pause_until
from tests.unit.controller_fakes import NAME, NOW, FakeWorld, clone

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("age", "ttl_minutes", "pause"),
    [
        (timedelta(0), 60, LONGEST_PAUSE_SECONDS),
        (HOUR - timedelta(seconds=2), 60, 2.0),
        (HOUR - timedelta(milliseconds=10), 60, 0.2),
        (HOUR, 60, 0.0),
        (HOUR * 5, 60, 0.0),
        (HOUR, 120, LONGEST_PAUSE_SECONDS),  # extended
        (HOUR, 1, 0.0),  # shortened
        (-HOUR, 60, LONGEST_PAUSE_SECONDS),  # a clock that jumped back
    ],
)
def test_the_next_look_comes_in_time(age: timedelta, ttl_minutes: int, pause: float) -> None:
    assert pause_until(NOW - age, ttl_minutes, NOW) == pytest.approx(pause)


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
