"""What is removed when an object goes, in which order, and what never is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from api.cluster.clones import CloneObject
from api.controller.deletion import PODS_PATIENCE, clean, is_clear, is_due, revoke_source_key
from api.domain.errors import CloneError, ClusterUnavailable, DatabaseUnavailable, InvalidRequest, SourceNotFound
from api.domain.intent import CloneSecrets
from tests.unit.controller_fakes import KEY, NAME, NOW, SECRETS, SOURCE, FakeWorld, clone, intent, progress


def world_of_a_clone() -> FakeWorld:
    return FakeWorld(
        objects={NAME: clone(deleted_at=NOW)},
        records={NAME: intent()},
        secrets={NAME: SECRETS},
        accounts={NAME: ("db-value", NOW)},
    )


def test_the_database_goes_before_the_secret() -> None:
    world = world_of_a_clone()
    clean(world.ports(), world.objects[NAME])
    assert world.done == [f"drop database {NAME}", f"delete Secret {NAME}"]


def test_the_secret_stays_while_the_database_does() -> None:
    world = world_of_a_clone()
    world.failures["drop database"] = DatabaseUnavailable("down")
    with pytest.raises(DatabaseUnavailable):
        clean(world.ports(), world.objects[NAME])
    assert NAME in world.secrets


@pytest.mark.parametrize(
    "found",
    [None, clone(uid="uid-2"), clone(deleted_at=NOW, is_held=False)],
    ids=["gone", "another object of that name", "done before"],
)
def test_a_late_event_removes_nothing(found: CloneObject | None) -> None:
    world = world_of_a_clone()
    late = world.objects.pop(NAME)
    if found is not None:
        world.objects[NAME] = found
    assert not is_due(world.ports(), late)
    clean(world.ports(), late)
    assert world.done == []


@pytest.mark.parametrize(
    ("has_parts", "pods", "age", "expected"),
    [
        (False, [], timedelta(0), True),
        (False, ["pod/a"], timedelta(0), False),
        (False, ["pod/a"], PODS_PATIENCE * 2, True),  # its node is lost
        (True, [], timedelta(0), False),
        (True, ["pod/a"], PODS_PATIENCE * 2, False),  # kro is not done
    ],
)
def test_parts_are_waited_for(has_parts: bool, pods: list[str], age: timedelta, expected: bool) -> None:
    deleted = clone(deleted_at=NOW - age, has_parts=has_parts)
    world = FakeWorld(objects={NAME: deleted}, pods=pods)
    assert is_clear(world.ports(), deleted) is expected


def test_no_part_is_looked_for_while_kro_has_its_finalizer_on_the_object() -> None:
    asked: list[str] = []
    world = FakeWorld(objects={NAME: clone(deleted_at=NOW, has_parts=True)})
    world.meanwhile["pods"] = lambda: asked.append("pods")
    assert not is_clear(world.ports(), clone(deleted_at=NOW))
    assert asked == []
    world.objects[NAME] = clone(deleted_at=NOW)
    assert is_clear(world.ports(), clone(deleted_at=NOW))
    assert asked == ["pods"]


def test_a_key_that_the_engine_may_have_left_is_revoked() -> None:
    world = world_of_a_clone()
    world.imports[NAME] = progress("running")
    assert revoke_source_key(world.ports(), NAME, SOURCE)
    assert world.done == [f"revoke {SOURCE} {KEY.id}"]


def test_a_site_that_the_key_was_not_given_for_hears_nothing_of_it() -> None:
    world = world_of_a_clone()
    world.imports[NAME] = progress("running")
    assert not revoke_source_key(world.ports(), NAME, "https://elsewhere.test")
    assert world.done == []


def test_it_is_revoked_with_what_a_firewall_wants_to_see() -> None:
    world = world_of_a_clone()
    kept = world.secrets[NAME]
    assert kept is not None
    world.secrets[NAME] = replace(kept, source_session="{}")
    assert revoke_source_key(world.ports(), NAME, SOURCE)
    assert world.done == [f"revoke {SOURCE} {KEY.id} {{}}"]


@pytest.mark.parametrize("state", ["done", "failed"])
def test_a_key_that_the_engine_revoked_is_not(state: str) -> None:
    world = world_of_a_clone()
    world.imports[NAME] = progress(state)
    assert not revoke_source_key(world.ports(), NAME, SOURCE)
    assert world.done == []


def test_a_key_that_a_user_put_there_is_theirs() -> None:
    world = world_of_a_clone()
    world.records[NAME] = replace(intent(), requested_by="")
    assert not revoke_source_key(world.ports(), NAME, SOURCE)
    assert world.done == []


@pytest.mark.parametrize("secrets", [None, CloneSecrets("a", "b", "c"), CloneSecrets("a", "b", "c", "no key")])
def test_without_a_key_there_is_nothing_to_revoke(secrets: CloneSecrets | None) -> None:
    world = world_of_a_clone()
    world.secrets = {NAME: secrets} if secrets else {}
    assert not revoke_source_key(world.ports(), NAME, SOURCE)


def test_a_secret_that_cannot_be_read_does_not_hold_the_object() -> None:
    world = world_of_a_clone()
    world.failures["read Secret"] = InvalidRequest("not text")
    assert not revoke_source_key(world.ports(), NAME, SOURCE)


def test_a_source_that_does_not_answer_does_not_hold_the_object() -> None:
    world = world_of_a_clone()
    world.failures["revoke"] = SourceNotFound("no answer")
    assert not revoke_source_key(world.ports(), NAME, SOURCE)


def test_a_cluster_that_is_down_is_waited_for() -> None:
    world = world_of_a_clone()
    world.failures["read Secret"] = ClusterUnavailable("down")
    with pytest.raises(ClusterUnavailable):
        revoke_source_key(world.ports(), NAME, SOURCE)


@pytest.mark.parametrize("error", [DatabaseUnavailable("refused"), InvalidRequest("not text")])
def test_progress_that_cannot_be_read_does_not_hold_the_object(error: CloneError) -> None:
    world = world_of_a_clone()
    world.imports[NAME] = progress("done")
    world.failures["read progress"] = error
    assert revoke_source_key(world.ports(), NAME, SOURCE)
    clean(world.ports(), world.objects[NAME])
    assert world.done == [f"revoke {SOURCE} {KEY.id}", f"drop database {NAME}", f"delete Secret {NAME}"]
