"""Making whole what came by kubectl."""

from dataclasses import replace

import pytest

from api.controller.ensure import ensure, refuse
from api.domain.egress import EgressKeys
from api.domain.errors import DatabaseUnavailable, Duplicate, NotFound
from api.domain.intent import CloneSecrets
from api.domain.keys import parse_key
from tests.unit.controller_fakes import NAME, NOW, SECRETS, SOURCE, FakeWorld, clone, intent


def test_a_bare_object_gets_database_and_secret_in_this_order() -> None:
    world = FakeWorld()
    assert ensure(world.ports(), clone())
    assert world.done == [f"create database {NAME}", f"create Secret {NAME}"]
    made = world.secrets[NAME]
    assert world.accounts[NAME][0] == made.db_password
    assert len({made.admin_password, made.db_password}) == 2
    assert parse_key(made.api_key)
    assert made.source_key == ""  # only its owner can give that


def test_the_record_says_that_nobody_asked_the_facade() -> None:
    world = FakeWorld()
    ensure(world.ports(), clone())
    record = world.records[NAME]
    assert (record.phase, record.requested_by, record.source_url) == ("Created", "", SOURCE)
    assert record.heartbeat == NOW


def test_what_the_facade_made_is_left_alone() -> None:
    world = FakeWorld(records={NAME: intent()}, secrets={NAME: SECRETS}, accounts={NAME: ("db-value", NOW)})
    assert not ensure(world.ports(), clone())
    assert world.done == []


def test_a_users_own_values_are_kept() -> None:
    theirs = CloneSecrets("", "their-password", "", "their-key")
    world = FakeWorld(secrets={NAME: theirs})
    assert ensure(world.ports(), clone())
    kept = world.secrets[NAME]
    assert (kept.db_password, kept.source_key) == ("their-password", "their-key")
    assert kept.admin_password
    assert kept.api_key
    assert world.accounts[NAME][0] == "their-password"


def test_the_passwords_at_the_egress_proxy_are_among_what_is_made() -> None:
    keys = EgressKeys.parse("k" * 32)
    before = replace(SECRETS, egress_import="", egress_site="")
    world = FakeWorld(records={NAME: intent()}, secrets={NAME: before}, accounts={NAME: ("db-value", NOW)})
    assert ensure(replace(world.ports(), egress=keys), clone())
    made = world.secrets[NAME]
    assert made.egress_import == keys.password_of(f"{NAME}.import")
    assert made.egress_site == keys.password_of(f"{NAME}.site")
    assert replace(made, egress_import="", egress_site="") == before
    assert not ensure(replace(world.ports(), egress=keys), clone())


def test_a_lost_database_is_made_again_with_the_same_password() -> None:
    world = FakeWorld(records={NAME: intent()}, secrets={NAME: SECRETS})
    assert ensure(world.ports(), clone())
    assert world.accounts[NAME][0] == SECRETS.db_password


def test_two_at_once_agree_on_the_secrets_password() -> None:
    """The other one writes the Secret between our look at it and our write."""

    class Overtaken(FakeWorld):
        def act(self, method: str, what: str) -> None:
            super().act(method, what)
            if self.done == [f"create database {NAME}"]:
                self.secrets[NAME] = SECRETS

    world = Overtaken()
    assert ensure(world.ports(), clone())
    assert world.secrets[NAME] == replace(SECRETS)
    assert world.accounts[NAME][0] == SECRETS.db_password


@pytest.mark.parametrize("error", [DatabaseUnavailable("down"), Duplicate("theirs")])
def test_without_its_database_no_secret_lets_the_pod_start(error: DatabaseUnavailable | Duplicate) -> None:
    world = FakeWorld(failures={"create database": error})
    with pytest.raises(type(error)):
        ensure(world.ports(), clone())
    assert world.secrets == {}


def test_what_can_never_work_is_said_in_the_status() -> None:
    world = FakeWorld(config_map={})
    refuse(world.ports(), clone(), Duplicate("The database belongs to another cluster."))
    assert world.config_map is not None
    assert world.config_map["phase"] == "Failed"
    assert world.config_map["code"] == "DUPLICATE"
    assert world.events == [f"Refused {NAME}"]
    with pytest.raises(NotFound):
        refuse(FakeWorld().ports(), clone(), Duplicate("x"))


def test_for_a_server_of_its_own_the_secret_is_all() -> None:
    world = FakeWorld()
    own = clone(has_own_server=True)
    assert ensure(world.ports(), own)
    assert world.done == [f"create Secret {NAME}"]
    assert world.secrets[NAME].db_password
    assert not ensure(world.ports(), own)
