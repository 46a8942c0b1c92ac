"""What is removed when an object goes, in which order, and what never is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from api.cluster.clones import CloneObject
from api.controller.deletion import PODS_PATIENCE, clean, find_clear, is_due, revoke_source_key
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


def test_who_need_not_wait_any_longer() -> None:
    names_and_ages = {
        "clear": timedelta(0),
        "has-pods": timedelta(0),
        "on-a-lost-node": PODS_PATIENCE * 2,
        "kro-is-not-done": timedelta(0),
        "kro-is-late": PODS_PATIENCE * 2,
    }
    deleted = [clone(name=name, deleted_at=NOW - age) for name, age in names_and_ages.items()]
    world = FakeWorld(
        with_parts={"kro-is-not-done", "kro-is-late", "somebody-else"},
        with_pods={"has-pods", "on-a-lost-node", "kro-is-not-done", "somebody-else"},
    )
    assert find_clear(world.ports(), deleted) == {"clear", "on-a-lost-node"}


def test_pods_are_looked_for_after_kro_was_done() -> None:
    world = FakeWorld()
    world.meanwhile["parts"] = lambda: world.with_pods.add(NAME)
    assert find_clear(world.ports(), [clone(deleted_at=NOW)]) == set()


def test_no_pod_is_looked_for_while_kro_has_its_finalizer_on_all_objects() -> None:
    asked: list[str] = []
    world = FakeWorld(with_parts={NAME})
    world.meanwhile["pods"] = lambda: asked.append("pods")
    assert find_clear(world.ports(), [clone(deleted_at=NOW)]) == set()
    assert asked == []


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
