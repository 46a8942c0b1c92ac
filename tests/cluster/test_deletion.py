"""A deletion ends within a minute: its source out of reach, a pod that does not end, a database that was away."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest

from api.cluster.resources import FINALIZER
from api.controller.orphans import find_orphans
from api.domain.keys import parse_key
from local.kubectl import get, kubectl
from tests.cluster import inventory
from tests.cluster.conftest import READY_SECONDS, Facade, eventually
from tests.cluster.inventory import NAMESPACE
from tests.cluster.objects import Cluster
from tests.cluster.workloads import KRO, scaled
from tests.cluster.world import World
from tests.faults import faults

pytestmark = pytest.mark.cluster

MINUTE = 60.0
STUCK = ["faults.test/stuck"]


def seconds_to_go(cluster: Cluster, name: str) -> float:
    """Delete an object and wait until it is gone: in how many seconds."""
    began = time.monotonic()
    cluster.clones.delete(name)
    eventually(lambda: cluster.phase(name) == "gone", MINUTE, f"{name} is gone")
    return time.monotonic() - began


def test_with_its_source_out_of_reach(
    world: World, facade: Facade, source: dict[str, str], nothing_left: Callable[[], None]
) -> None:
    """In the middle of its import: a key is left at the source, and cannot be taken back."""
    name = facade.order_async(source, ttl_minutes=30)
    eventually(lambda: world.cluster.phase(name) in {"Preparing", "Importing"}, READY_SECONDS, "its object is there")
    secrets = world.intents.read_secrets(name)
    assert secrets is not None
    key = parse_key(secrets.source_key)
    assert key.id in inventory.registered_keys(), "this tests nothing if the copy was quicker"
    faults.cut("source")
    try:
        print(f"gone after {seconds_to_go(world.cluster, name):.1f} s")
        assert world.left(name) == set()
    finally:
        faults.join("source")
    revoke = world.ports().revoke
    faults.mend()
    revoke(source["url"], key, "")
    nothing_left()


def test_with_a_pod_that_does_not_end(world: World, nothing_left: Callable[[], None]) -> None:
    """As on a node that is lost: the pod stays "Terminating", and the rest goes."""
    cluster, name = world.cluster, "deletion-stuck"
    cluster.create(name, ttlMinutes=30)
    eventually(lambda: cluster.phase(name) == "Ready", READY_SECONDS, "it is ready")
    (pod,) = pods(name)
    finalizers(pod, STUCK)
    try:
        print(f"gone after {seconds_to_go(cluster, name):.1f} s")
        assert pods(name) == [pod]
        assert world.left(name) == {f"pod/{pod}"}
    finally:
        finalizers(pod, None)
    nothing_left()


def test_with_kro_away_and_its_finalizer_taken_off_by_hand(world: World, nothing_left: Callable[[], None]) -> None:
    """The object goes, with database and Secret; what kro had made is the sweep's."""
    cluster, name = world.cluster, "deletion-forced"
    cluster.create(name, ttlMinutes=30)
    eventually(lambda: cluster.phase(name) == "Ready", READY_SECONDS, "it is ready")
    with scaled(KRO, 0):
        cluster.clones.delete(name)
        cluster.keep_finalizers(name, FINALIZER)
        eventually(lambda: cluster.phase(name) == "gone", MINUTE, f"{name} is gone")
        left = world.left(name)
    assert f"deployment/{name}" in left
    assert left.isdisjoint({"Secret", f"database {name}"})
    assert {finding.name for finding in world.sweep(find_orphans)} == {name}
    nothing_left()


def pods(name: str) -> list[str]:
    """Names of the clone's pods."""
    found = get("pods", "-n", NAMESPACE, "-l", f"wordpressclones.kro.run/name={name}")
    return [pod["metadata"]["name"] for pod in (found or {"items": []})["items"]]


def finalizers(pod: str, names: list[str] | None) -> None:
    """Set a pod's finalizers."""
    change = json.dumps({"metadata": {"finalizers": names}})
    kubectl("patch", "pod", pod, "-n", NAMESPACE, "--type=merge", "-p", change)


def test_with_a_database_that_was_away(world: World, nothing_left: Callable[[], None]) -> None:
    """It waits, with everything that it needs, and ends when the database is back."""
    cluster, name = world.cluster, "deletion-waits"
    cluster.create(name, ttlMinutes=30)
    eventually(lambda: f"database {name}" in world.left(name), READY_SECONDS, "it has its database")
    faults.cut("database")
    try:
        cluster.clones.delete(name)
        eventually(lambda: not cluster.clones.parts_left(name), MINUTE, "kro's parts are gone")
        assert cluster.phase(name) == "Deleting"
        assert world.intents.read(name) is not None
    finally:
        faults.join("database")
    began = time.monotonic()
    eventually(lambda: cluster.phase(name) == "gone", MINUTE, f"{name} is gone")
    print(f"gone {time.monotonic() - began:.1f} s after the database was back")
    nothing_left()
