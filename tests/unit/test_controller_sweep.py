"""What a crash left is undone, and nothing that lives is touched."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from api.cluster.leftovers import Leftover
from api.controller.orphans import OBSERVED_SECONDS, Find, Finding, find_interrupted, find_orphans
from api.controller.ports import Ports
from api.controller.sweep import Sweeper
from api.domain.errors import ClusterUnavailable, DatabaseUnavailable, PreparationInterrupted
from api.domain.intent import IntentPhase
from tests.unit.controller_fakes import KEY, NAME, NOW, SECRETS, SOURCE, FakeWorld, clone, intent

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


class Stopwatch:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def find_all(ports: Ports) -> list[Finding]:
    return find_interrupted(ports) + find_orphans(ports)


def sweep(world: FakeWorld, find: Find = find_all, *, meanwhile: Callable[[], object] = lambda: None) -> list[Finding]:
    """Look once, let `meanwhile` happen, look again when what is found has been seen long enough."""
    stopwatch = Stopwatch()
    sweeper = Sweeper(world.ports(), find, monotonic=stopwatch)
    assert sweeper.sweep() == []
    meanwhile()
    stopwatch.seconds += OBSERVED_SECONDS
    return sweeper.sweep()


def leftover(kind: str = "configmap", age: timedelta = 11 * MINUTE) -> Leftover:
    return Leftover(NAME, kind, f"{NAME}-config", NOW - age, "uid-9", "9")


def world_with(phase: IntentPhase, age: timedelta, *, has_object: bool = False) -> FakeWorld:
    return FakeWorld(
        records={NAME: intent(phase, age)},
        secrets={NAME: SECRETS},
        accounts={NAME: ("db-value", NOW - age)},
        objects={NAME: clone()} if has_object else {},
    )


def test_a_preparation_that_died_is_undone_and_says_so() -> None:
    world = world_with("Preparing", 26 * SECOND)
    assert [(found.name, found.kind) for found in sweep(world)] == [(NAME, "interrupted")]
    assert world.done == [
        f"update record {NAME} claim",
        f"revoke {SOURCE} {KEY.id}",
        f"drop database {NAME}",
        f"drop values {NAME}",
        f"update record {NAME} Failed",
    ]
    record = world.records[NAME]
    assert (record.phase, record.code, record.step) == ("Failed", "PREPARATION_INTERRUPTED", "key")
    assert record.message == PreparationInterrupted.sentence


@pytest.mark.parametrize(
    ("phase", "age", "has_object"),
    [
        ("Preparing", 24 * SECOND, False),
        ("Preparing", 26 * SECOND, True),  # the facade died after it had posted the object
        ("Failed", 5 * MINUTE, False),
        ("Created", 9 * MINUTE, False),
        ("Created", 600 * MINUTE, True),
        ("Failed", 600 * MINUTE, True),
    ],
)
def test_what_lives_or_is_young_stays(phase: IntentPhase, age: timedelta, has_object: bool) -> None:
    world = world_with(phase, age, has_object=has_object)
    assert sweep(world) == []
    assert world.done == []


@pytest.mark.parametrize(("phase", "age"), [("Failed", 61 * MINUTE), ("Created", 11 * MINUTE)])
def test_records_without_object_are_removed(phase: IntentPhase, age: timedelta) -> None:
    world = world_with(phase, age)
    sweep(world)
    assert (world.records, world.secrets, world.accounts) == ({}, {}, {})


@pytest.mark.parametrize(
    ("phase", "age", "dropped"), [(None, 11 * MINUTE, True), (None, 9 * MINUTE, False), ("Failed", 11 * MINUTE, True)]
)
def test_databases_that_nothing_claims_are_dropped(phase: IntentPhase | None, age: timedelta, dropped: bool) -> None:
    world = FakeWorld(accounts={NAME: ("db-value", NOW - age)})
    if phase:
        world.records = {NAME: intent(phase)}
    sweep(world)
    assert (NAME not in world.accounts) is dropped


def test_an_object_that_appears_meanwhile_saves_what_is_its_own() -> None:
    world = world_with("Created", 11 * MINUTE)
    assert sweep(world, meanwhile=lambda: world.objects.update({NAME: clone()})) == []
    assert world.done == []


def test_an_object_that_appears_while_we_look_saves_what_is_its_own() -> None:
    world = world_with("Created", 11 * MINUTE)

    def appear_later() -> None:
        world.meanwhile["objects"] = lambda: world.objects.update({NAME: clone()})

    assert sweep(world, meanwhile=appear_later) == []
    assert world.done == []


@pytest.mark.parametrize(
    ("phase", "age"), [("Preparing", 26 * SECOND), ("Failed", 61 * MINUTE), ("Created", 11 * MINUTE)]
)
def test_an_object_that_appears_before_the_lock_is_taken_keeps_its_own(phase: IntentPhase, age: timedelta) -> None:
    world = world_with(phase, age)
    world.meanwhile["lock"] = lambda: world.objects.update({NAME: clone()})
    assert sweep(world) == []
    assert NAME in world.accounts
    assert NAME in world.secrets
    assert world.records[NAME].phase == phase


@pytest.mark.parametrize("claim", ["object", "record"])
def test_a_claim_that_appears_before_the_lock_is_taken_saves_the_database(claim: str) -> None:
    world = FakeWorld(accounts={NAME: ("db-value", NOW - 11 * MINUTE)})
    appears = {
        "object": lambda: world.objects.update({NAME: clone()}),
        "record": lambda: world.records.update({NAME: intent("Preparing")}),
    }
    world.meanwhile["lock"] = appears[claim]
    assert sweep(world) == []
    assert NAME in world.accounts


def test_a_secret_that_appears_meanwhile_saves_the_database() -> None:
    world = FakeWorld(accounts={NAME: ("db-value", NOW - 11 * MINUTE)})
    sweep(world, meanwhile=lambda: world.records.update({NAME: intent("Preparing")}))
    assert NAME in world.accounts


def test_a_preparation_that_goes_on_meanwhile_is_left_alone() -> None:
    world = world_with("Preparing", 26 * SECOND)

    def go_on_later() -> None:
        world.meanwhile["records"] = lambda: world.records.update({NAME: intent("Preparing", SECOND)})

    assert sweep(world, meanwhile=go_on_later) == []
    assert world.done == []


def test_a_preparation_whose_caller_was_cut_off_with_it_leaves_nothing() -> None:
    world = world_with("Preparing", 26 * SECOND)
    world.records[NAME] = replace(world.records[NAME], attended=True)
    assert [found.kind for found in sweep(world)] == ["interrupted"]
    assert (world.records, world.secrets, world.accounts) == ({}, {}, {})


def test_a_clock_that_jumps_takes_nothing_from_a_preparation_that_lives() -> None:
    """The controller's clock is an hour ahead: each heartbeat looks old, and each time it is another one."""
    world, stopwatch = world_with("Preparing", 60 * MINUTE), Stopwatch()
    sweeper = Sweeper(world.ports(), find_interrupted, monotonic=stopwatch)
    for beat in range(20):
        world.records[NAME] = intent("Preparing", 60 * MINUTE - beat * 5 * SECOND)
        assert sweeper.sweep() == []
        stopwatch.seconds += 5
    assert world.done == []


def test_after_an_outage_those_who_live_have_time_to_say_so() -> None:
    world, stopwatch = world_with("Preparing", 60 * MINUTE), Stopwatch()
    sweeper = Sweeper(world.ports(), find_all, monotonic=stopwatch)
    sweeper.sweep()
    world.failures["list objects"] = ClusterUnavailable("down")
    with pytest.raises(ClusterUnavailable):
        sweeper.sweep()
    stopwatch.seconds += 3600
    assert sweeper.sweep() == []
    stopwatch.seconds += OBSERVED_SECONDS
    assert [found.kind for found in sweeper.sweep()] == ["interrupted"]


def test_while_the_database_is_down_nothing_is_swept_and_then_at_once() -> None:
    world, stopwatch = world_with("Preparing", 26 * SECOND), Stopwatch()
    sweeper = Sweeper(world.ports(), find_interrupted, monotonic=stopwatch)
    sweeper.sweep()
    world.failures["ping"] = DatabaseUnavailable("down")
    for _ in range(3):
        stopwatch.seconds += 1200
        with pytest.raises(DatabaseUnavailable):
            sweeper.sweep()
    assert world.done == []
    world.failures.clear()
    assert [found.kind for found in sweeper.sweep()] == ["interrupted"]


@pytest.mark.parametrize("kind", ["configmap", "ingress", "dbinstance", "secret"])
def test_what_kro_or_we_left_without_an_object_is_deleted(kind: str) -> None:
    world = FakeWorld(leftovers=[leftover(kind)])
    assert [found.kind for found in sweep(world)] == ["part"]
    assert world.done == [f"delete {kind}/{NAME}-config"]


@pytest.mark.parametrize(("age", "has_object"), [(9 * MINUTE, False), (600 * MINUTE, True)])
def test_parts_of_the_living_and_young_ones_stay(age: timedelta, has_object: bool) -> None:
    world = FakeWorld(leftovers=[leftover(age=age)], objects={NAME: clone()} if has_object else {})
    assert sweep(world) == []
    assert world.done == []


def test_a_database_that_nobody_can_be_asked_for_is_told_and_stays() -> None:
    world = FakeWorld(unowned=[NAME])
    assert [found.kind for found in sweep(world)] == ["unowned database"]
    assert world.done == []
    assert world.events == [f"FoundUnownedDatabase {NAME}"]


def test_a_dry_run_tells_everything_once_and_does_nothing() -> None:
    world, stopwatch = world_with("Failed", 61 * MINUTE), Stopwatch()
    world.leftovers = [leftover()]
    sweeper = Sweeper(world.ports(), find_all, dry_run=True, monotonic=stopwatch)
    told = []
    for _ in range(4):
        told += sweeper.sweep()
        stopwatch.seconds += OBSERVED_SECONDS
    assert sorted(found.kind for found in told) == ["database", "part", "record"]
    assert world.done == []
    assert sorted(world.events) == [f"WouldSweep{kind} {NAME}" for kind in ("Database", "Part", "Record")]


def test_each_thing_done_is_one_count_and_one_event() -> None:
    def counted() -> float:
        return REGISTRY.get_sample_value("clone_controller_actions_total", {"action": "swept record"}) or 0.0

    world, before = world_with("Failed", 61 * MINUTE), counted()
    world.accounts.clear()
    sweep(world)
    assert counted() == before + 1
    assert world.events == [f"SweptRecord {NAME}"]


def test_what_was_done_is_done_without_its_event() -> None:
    world = world_with("Failed", 61 * MINUTE)
    world.failures["post Event"] = ClusterUnavailable("no")
    sweep(world)
    assert world.records == {}


def test_one_that_fails_does_not_stop_the_others() -> None:
    world = FakeWorld(
        records={NAME: intent("Preparing", 5 * MINUTE), "blog": intent("Failed", 61 * MINUTE, "blog")},
        failures={"revoke": ClusterUnavailable("no")},
    )
    world.failures["drop values"] = ClusterUnavailable("no")
    assert [found.name for found in sweep(world)] == ["blog"]
    assert world.records[NAME].phase == "Preparing"  # tried again when its heartbeat, the claim, is old


def test_without_the_database_nothing_is_forgotten() -> None:
    world = world_with("Failed", 61 * MINUTE)
    world.failures["drop database"] = DatabaseUnavailable("down")
    assert sweep(world) == []
    assert NAME in world.records
