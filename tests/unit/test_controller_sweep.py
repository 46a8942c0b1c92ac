"""What a crash left is undone, and nothing that lives is touched."""

from datetime import timedelta

import pytest

from api.controller.sweep import sweep
from api.domain.errors import ClusterUnavailable, DatabaseUnavailable, PreparationInterrupted
from api.domain.intent import IntentPhase
from tests.unit.controller_fakes import KEY, NAME, NOW, SECRETS, SOURCE, FakeWorld, clone, intent

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def world_with(phase: IntentPhase, age: timedelta, *, has_object: bool = False) -> FakeWorld:
    return FakeWorld(
        records={NAME: intent(phase, age)},
        secrets={NAME: SECRETS},
        accounts={NAME: ("db-value", NOW - age)},
        objects={NAME: clone()} if has_object else {},
    )


def test_a_preparation_that_died_is_undone_and_says_so() -> None:
    world = world_with("Preparing", 121 * SECOND)
    assert [(found.name, found.kind) for found in sweep(world.ports())] == [(NAME, "interrupted")]
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
        ("Preparing", 119 * SECOND, False),
        ("Preparing", 121 * SECOND, True),  # the facade died after it had posted the object
        ("Failed", 5 * MINUTE, False),
        ("Created", 9 * MINUTE, False),
        ("Created", 600 * MINUTE, True),
        ("Failed", 600 * MINUTE, True),
    ],
)
def test_what_lives_or_is_young_stays(phase: IntentPhase, age: timedelta, has_object: bool) -> None:
    world = world_with(phase, age, has_object=has_object)
    assert sweep(world.ports()) == []
    assert world.done == []


@pytest.mark.parametrize(("phase", "age"), [("Failed", 61 * MINUTE), ("Created", 11 * MINUTE)])
def test_records_without_object_are_removed(phase: IntentPhase, age: timedelta) -> None:
    world = world_with(phase, age)
    sweep(world.ports())
    assert (world.records, world.secrets, world.accounts) == ({}, {}, {})


@pytest.mark.parametrize(
    ("phase", "age", "dropped"), [(None, 11 * MINUTE, True), (None, 9 * MINUTE, False), ("Failed", 11 * MINUTE, True)]
)
def test_databases_that_nothing_claims_are_dropped(phase: IntentPhase | None, age: timedelta, dropped: bool) -> None:
    world = FakeWorld(accounts={NAME: ("db-value", NOW - age)})
    if phase:
        world.records = {NAME: intent(phase)}
    sweep(world.ports())
    assert (NAME not in world.accounts) is dropped


def test_an_object_that_appears_meanwhile_saves_what_is_its_own() -> None:
    world = world_with("Created", 11 * MINUTE)
    world.meanwhile["objects"] = lambda: world.objects.update({NAME: clone()})
    assert sweep(world.ports()) == []
    assert world.done == []


@pytest.mark.parametrize(
    ("phase", "age"), [("Preparing", 121 * SECOND), ("Failed", 61 * MINUTE), ("Created", 11 * MINUTE)]
)
def test_an_object_that_appears_before_the_lock_is_taken_keeps_its_own(phase: IntentPhase, age: timedelta) -> None:
    world = world_with(phase, age)
    world.meanwhile["lock"] = lambda: world.objects.update({NAME: clone()})
    assert sweep(world.ports()) == []
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
    assert sweep(world.ports()) == []
    assert NAME in world.accounts


def test_a_secret_that_appears_meanwhile_saves_the_database() -> None:
    world = FakeWorld(accounts={NAME: ("db-value", NOW - 11 * MINUTE)})
    world.meanwhile["databases"] = lambda: world.records.update({NAME: intent("Preparing")})
    sweep(world.ports())
    assert NAME in world.accounts


def test_a_preparation_that_goes_on_meanwhile_is_left_alone() -> None:
    world = world_with("Preparing", 121 * SECOND)
    world.meanwhile["records"] = lambda: world.records.update({NAME: intent("Preparing", SECOND)})
    assert sweep(world.ports()) == []
    assert world.done == []


def test_one_that_fails_does_not_stop_the_others() -> None:
    world = FakeWorld(
        records={NAME: intent("Preparing", 5 * MINUTE), "blog": intent("Failed", 61 * MINUTE, "blog")},
        failures={"revoke": ClusterUnavailable("no")},
    )
    world.failures["drop values"] = ClusterUnavailable("no")
    assert [found.name for found in sweep(world.ports())] == ["blog"]
    assert world.records[NAME].phase == "Preparing"  # tried again when its heartbeat, the claim, is old


def test_without_the_database_nothing_is_forgotten() -> None:
    world = world_with("Failed", 61 * MINUTE)
    world.failures["drop database"] = DatabaseUnavailable("down")
    assert sweep(world.ports()) == []
    assert NAME in world.records
