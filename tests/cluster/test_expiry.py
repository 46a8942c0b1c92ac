"""Time: at most ten seconds late, with more or less of it than at first, by any clock, after a controller was down."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from api.cluster.clones import CloneObject
from api.controller.expiry import expire
from tests.cluster.conftest import eventually
from tests.cluster.objects import Cluster
from tests.cluster.workloads import CONTROLLER, scale, scaled
from tests.cluster.world import World

pytestmark = pytest.mark.cluster

LATE = timedelta(seconds=10)
DAY = timedelta(days=1)
GONE_SECONDS = 120


@pytest.fixture
def cluster(nothing_left: Callable[[], None]) -> Iterator[Cluster]:
    """The cluster; what the test leaves of its clones is deleted."""
    cluster = Cluster()
    try:
        yield cluster
    finally:
        for clone in cluster.all():
            if clone.name.startswith("expiry-"):
                cluster.clones.delete(clone.name)
    nothing_left()


def now() -> datetime:
    return datetime.now(UTC)


def deleted_after(cluster: Cluster, name: str, due: datetime) -> timedelta:
    """Wait until the object's deletion has been asked for; how late that was by the API server's clock, or by ours."""
    seen: list[CloneObject | None] = []

    def asked_for() -> bool:
        seen.append(cluster.clones.get(name))
        found = seen[-1]
        return found is None or found.deleting

    eventually(asked_for, (due - now()).total_seconds() + 60, f"{name} expires")
    found = seen[-1]
    return ((found.deleted_at if found else None) or now()) - due


def test_expiry(cluster: Cluster) -> None:
    """All in one minute and a half: one that ends by itself, one with more time, one with less, one that was missed."""
    cluster.create("expiry-plain", ttlMinutes=1)
    cluster.create("expiry-extended", ttlMinutes=1)
    cluster.create("expiry-shortened", ttlMinutes=600)
    cluster.clones.change("expiry-extended", {"ttlMinutes": 600})
    due = cluster.get("expiry-plain").expires_at
    once_due = cluster.get("expiry-extended").created + timedelta(minutes=1)
    late = deleted_after(cluster, "expiry-plain", due)
    assert timedelta(0) <= late < LATE
    assert not cluster.get("expiry-shortened").deleting

    cluster.clones.change("expiry-shortened", {"ttlMinutes": 1})
    assert deleted_after(cluster, "expiry-shortened", now()) < LATE
    eventually(lambda: now() > once_due + LATE, 60, "the time that the extended one had at first is over")
    assert not cluster.get("expiry-extended").deleting

    with scaled(CONTROLLER, 0):
        cluster.clones.change("expiry-extended", {"ttlMinutes": 1})
        changed = time.monotonic()
        eventually(lambda: time.monotonic() > changed + LATE.total_seconds(), 60, "nobody is there to delete it")
        assert not cluster.get("expiry-extended").deleting
        scale(CONTROLLER, 1)
        names = ("expiry-plain", "expiry-shortened", "expiry-extended")
        eventually(lambda: {cluster.phase(name) for name in names} == {"gone"}, GONE_SECONDS, "all are gone")


def test_only_a_clock_that_is_past_its_end_ends_a_clone(cluster: Cluster, world: World) -> None:
    """By a clock that has jumped back it lives on, by one that has jumped ahead it ends; live, and by its own time."""
    cluster.create("expiry-clock", ttlMinutes=60)
    assert not expire(world.ports(ahead=-DAY), "expiry-clock")
    assert not expire(world.ports(ahead=timedelta(minutes=59)), "expiry-clock")
    assert not cluster.get("expiry-clock").deleting
    past = world.ports(ahead=timedelta(minutes=61))
    eventually(lambda: expire(past, "expiry-clock"), 30, "nobody has changed it between the look and the deletion")
    eventually(lambda: cluster.phase("expiry-clock") == "gone", GONE_SECONDS, "it is gone")
