"""What is left of clones whose objects were taken away by force is found in every class, and no living clone's is."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from api.controller.orphans import Finding, find_interrupted, find_orphans
from local.kubectl import apply
from tests.cluster import inventory
from tests.cluster.conftest import READY_SECONDS, eventually
from tests.cluster.inventory import NAMESPACE, of
from tests.cluster.workloads import CONTROLLER, KRO, scaled
from tests.cluster.world import World

pytestmark = pytest.mark.cluster

NAME, LIVING = "sweep-orphan", "sweep-living"
LABELS = {"wordpressclones.kro.run/name": NAME}


@pytest.fixture(scope="module")
def before(world: World) -> Iterator[set[str]]:
    """What there is beside the orphan: a living clone among others."""
    world.cluster.create(LIVING, ttlMinutes=600)
    try:
        eventually(lambda: world.cluster.phase(LIVING) == "Ready", READY_SECONDS, "it is ready")
        yield inventory.everything()
    finally:
        world.cluster.clones.delete(LIVING)
        eventually(lambda: world.cluster.phase(LIVING) == "gone", READY_SECONDS, "it is gone")


@pytest.fixture(scope="module")
def orphan(world: World, before: set[str]) -> Iterator[None]:
    """Everything of a clone but its object, which was taken away while neither kro nor the controller looked."""
    world.cluster.create(NAME, ttlMinutes=600)
    eventually(lambda: world.cluster.phase(NAME) == "Ready", READY_SECONDS, "it is ready")
    with scaled(CONTROLLER, 0), scaled(KRO, 0):
        world.cluster.clones.delete(NAME)
        world.cluster.keep_finalizers(NAME)
        eventually(lambda: world.cluster.phase(NAME) == "gone", 60, "the object is gone")
        apply(json.dumps(server_of_its_own()))
        yield


def server_of_its_own() -> dict[str, object]:
    """A DBInstance as kro makes it for a dedicated database."""
    metadata = {"name": NAME, "namespace": NAMESPACE, "labels": LABELS | {"kro.run/owned": "true"}}
    spec = {"dbInstanceClass": "db.t4g.micro", "dbInstanceIdentifier": NAME, "engine": "mysql"}
    return {"apiVersion": "rds.services.k8s.aws/v1alpha1", "kind": "DBInstance", "metadata": metadata, "spec": spec}


def of_orphan(found: list[Finding]) -> set[str]:
    """What was found, by kind; nothing may be found of the living one."""
    assert LIVING not in {finding.name for finding in found}
    return {finding.what.partition(" ")[0] if finding.kind == "part" else finding.kind for finding in found}


ALL = {
    "record",
    f"configmap/{NAME}-config",
    f"configmap/{NAME}-progress",
    f"deployment/{NAME}",
    f"service/{NAME}",
    f"ingress/{NAME}",
    f"networkpolicy/{NAME}",
    f"dbinstance/{NAME}",
}


@pytest.mark.usefixtures("orphan")
def test_a_dry_run_tells_and_touches_nothing(world: World) -> None:
    there = inventory.everything()
    assert of_orphan(world.sweep(find_orphans, dry_run=True)) >= ALL
    assert inventory.everything() == there
    assert {"WouldSweepRecord", "WouldSweepPart"} <= world.cluster.events(NAME)


@pytest.mark.usefixtures("orphan")
def test_everything_of_it_goes_and_nothing_else(world: World, before: set[str]) -> None:
    assert of_orphan(world.sweep(find_orphans)) >= ALL
    eventually(lambda: inventory.everything() <= before, READY_SECONDS, "nothing is left")
    assert of(LIVING, inventory.everything()) == of(LIVING, before)
    assert {"SweptRecord", "SweptPart"} <= world.cluster.events(NAME)
    assert world.sweep(find_orphans) == []


def test_an_account_without_database_goes(world: World) -> None:
    world.databases.create("sweep-account", "a-password")
    with world.server.session() as session:
        session.execute("DROP DATABASE wp_sweep_account")
    assert [(found.name, found.kind) for found in world.sweep(find_orphans)] == [("sweep-account", "database")]
    assert "sweep-account" not in world.databases.list_owned()


def test_a_database_without_account_is_told_and_stays(world: World) -> None:
    world.databases.create("sweep-database", "a-password")
    with world.server.session() as session:
        session.execute("DROP USER wp_sweep_database")
        try:
            found = world.sweep(find_orphans)
            assert [(one.name, one.kind) for one in found] == [("sweep-database", "unowned database")]
            assert "database/wp_sweep_database" in inventory.databases()
            assert "FoundUnownedDatabase" in world.cluster.events("sweep-database")
        finally:
            session.execute("DROP DATABASE wp_sweep_database")


def test_what_lives_is_never_interrupted(world: World, before: set[str]) -> None:
    """All records are an hour old by this clock, that of a clone of which nobody ever said that it was made, too."""
    world.intents.update(LIVING, phase="Preparing")
    try:
        assert world.sweep(find_interrupted) == []
        assert of(LIVING, inventory.everything()) == of(LIVING, before)
    finally:
        world.intents.update(LIVING, phase="Created")
