"""The clones' Secrets: records that outlive crashes, values that never travel without need."""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from api.cluster.errors import ObjectChanged
from api.cluster.screenshots import ScreenshotStore
from api.cluster.secrets import IntentStore
from api.domain.errors import Duplicate, InvalidRequest, NotFound
from api.domain.intent import CloneSecrets, Intent
from tests.unit.kubernetes_fake import FakeKubernetes

NOW = datetime(2026, 5, 17, 9, 30, tzinfo=UTC)
PATH = "/api/v1/namespaces/ns/secrets"
SECRETS = CloneSecrets("admin-value", "db-value", "api-value", "source-value")
INTENT = Intent(
    name="shop-1",
    phase="Preparing",
    step="login",
    message="Logging in.",
    code="",
    source_url="https://example.com",
    requested_by="ci",
    heartbeat=NOW,
    created=NOW,
    ttl_minutes=60,
    idempotency_key="abc",
)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def kubernetes() -> FakeKubernetes:
    return FakeKubernetes()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(kubernetes: FakeKubernetes, clock: Clock) -> IntentStore:
    return IntentStore(kubernetes, "ns", now=clock)


def made_by_hand(data: dict[str, bytes]) -> dict[str, object]:
    encoded = {key: base64.b64encode(value).decode() for key, value in data.items()}
    return {"metadata": {"name": "shop-1-secret"}, "data": encoded}


def test_what_was_written_is_read(store: IntentStore, kubernetes: FakeKubernetes) -> None:
    store.create(INTENT, SECRETS)
    assert store.read("shop-1") == INTENT
    assert store.read_secrets("shop-1") == SECRETS
    assert store.list() == [INTENT]
    secret = kubernetes.objects[f"{PATH}/shop-1-secret"]
    assert secret["type"] == "Opaque"
    assert secret["metadata"]["labels"]["wordpressclones.kro.run/name"] == "shop-1"
    assert set(secret["data"]) == {"wp-admin-password", "db-password", "api-key", "source-key"}


def test_an_empty_site_has_no_source_key(store: IntentStore, kubernetes: FakeKubernetes) -> None:
    store.create(INTENT, replace(SECRETS, source_key=""))
    assert "source-key" not in kubernetes.objects[f"{PATH}/shop-1-secret"]["data"]
    assert store.read_secrets("shop-1") == replace(SECRETS, source_key="")


def test_nothing_is_read_where_nothing_is(store: IntentStore) -> None:
    assert store.read("shop-1") is None
    assert store.read_secrets("shop-1") is None
    assert store.list() == []
    store.delete("shop-1")


def test_a_taken_name_is_a_duplicate(store: IntentStore) -> None:
    store.create(INTENT, SECRETS)
    with pytest.raises(Duplicate):
        store.create(INTENT, SECRETS)


def test_an_update_changes_what_it_names_and_the_heartbeat(store: IntentStore, clock: Clock) -> None:
    store.create(INTENT, SECRETS)
    clock.now = NOW + timedelta(seconds=15)
    store.update("shop-1", step="key", message="Registering\na key.")
    expected = replace(INTENT, step="key", message="Registering a key.", heartbeat=clock.now)
    assert store.read("shop-1") == expected
    assert store.read_secrets("shop-1") == SECRETS


def test_an_update_of_nothing_is_an_error(store: IntentStore) -> None:
    with pytest.raises(NotFound):
        store.update("shop-1", step="key")


def test_a_claim_wants_the_heartbeat_that_was_seen(store: IntentStore, clock: Clock) -> None:
    store.create(INTENT, SECRETS)
    clock.now = NOW + timedelta(seconds=15)
    store.update("shop-1", step="key", if_heartbeat=NOW)
    with pytest.raises(ObjectChanged):
        store.update("shop-1", step="late", if_heartbeat=NOW)
    assert (store.read("shop-1") or INTENT).step == "key"


def test_dropped_values_leave_the_record(store: IntentStore) -> None:
    store.create(INTENT, SECRETS)
    store.drop_values("shop-1")
    assert store.read("shop-1") == INTENT
    assert store.read_secrets("shop-1") is None


def test_a_whole_secret_is_left_alone(store: IntentStore, kubernetes: FakeKubernetes) -> None:
    store.create(INTENT, SECRETS)
    spare = CloneSecrets("other", "other", "other")
    assert store.complete(replace(INTENT, requested_by=""), spare) == SECRETS
    assert store.read("shop-1") == INTENT
    assert "PATCH" not in [method for method, _ in kubernetes.calls]


def test_a_secret_made_by_hand_keeps_its_values_and_gets_the_rest(
    store: IntentStore, kubernetes: FakeKubernetes
) -> None:
    kubernetes.put(f"{PATH}/shop-1-secret", made_by_hand({"source-key": b"theirs", "db-password": b"theirs-too"}))
    spare = CloneSecrets("made", "made", "made")
    expected = CloneSecrets("made", "theirs-too", "made", "theirs")
    assert store.complete(INTENT, spare) == expected
    assert store.read_secrets("shop-1") == expected
    assert store.read("shop-1") == INTENT


def test_a_value_that_is_no_text_is_refused_without_telling_it(store: IntentStore, kubernetes: FakeKubernetes) -> None:
    kubernetes.put(f"{PATH}/shop-1-secret", made_by_hand({"db-password": b"s3cret\xff"}))
    with pytest.raises(InvalidRequest) as refused:
        store.read_secrets("shop-1")
    assert "s3cret" not in f"{refused.value!r}{refused.value.__cause__!r}"


def test_a_secret_without_record_is_no_intent(store: IntentStore, kubernetes: FakeKubernetes) -> None:
    kubernetes.put(f"{PATH}/shop-1-secret", made_by_hand({}))
    assert store.read("shop-1") is None
    assert store.list() == []


def test_records_are_read_without_values(store: IntentStore, kubernetes: FakeKubernetes) -> None:
    store.create(INTENT, SECRETS)
    kubernetes.calls.clear()
    assert [store.read("shop-1")] == store.list() == [INTENT]
    assert {method for method, _ in kubernetes.calls} == {"METADATA"}


def test_records_of_one_phase_are_listed_by_their_label(store: IntentStore, kubernetes: FakeKubernetes) -> None:
    store.create(replace(INTENT, phase="Preparing"), SECRETS)
    assert [intent.name for intent in store.list("Preparing")] == ["shop-1"]
    assert store.list("Created") == []
    store.update("shop-1", phase="Created")
    store.update("shop-1", step="a later heartbeat")
    assert store.list("Preparing") == []
    assert [intent.name for intent in store.list("Created")] == ["shop-1"]
    kubernetes.put(f"{PATH}/shop-2-secret", made_by_hand({}))
    store.complete(replace(INTENT, name="shop-2", phase="Created"), SECRETS)
    assert [intent.name for intent in store.list("Created")] == ["shop-1", "shop-2"]


def test_a_session_is_added_to_the_values_that_are_there(kubernetes: FakeKubernetes, store: IntentStore) -> None:
    store.create(INTENT, SECRETS)
    store.keep_session("shop-1", '{"user_agent":"x"}')
    assert store.read_secrets("shop-1") == replace(SECRETS, source_session='{"user_agent":"x"}')
    store.drop_values("shop-1")
    assert store.read_secrets("shop-1") is None


def test_a_record_says_how_many_screenshots_there_are(store: IntentStore) -> None:
    store.create(INTENT, SECRETS)
    store.update("shop-1", phase="Failed", screenshots=2)
    found = store.read("shop-1")
    assert found is not None
    assert found.screenshots == 2


def test_screenshots_belong_to_the_record_and_are_not_taken_for_one(
    kubernetes: FakeKubernetes, store: IntentStore
) -> None:
    store.create(INTENT, SECRETS)
    screenshots = ScreenshotStore(kubernetes, "ns")
    screenshots.keep("shop-1", [b"one", b"two"])
    assert [screenshots.read("shop-1", number) for number in (0, 1, 2, 3)] == [None, b"one", b"two", None]
    assert [intent.name for intent in store.list()] == ["shop-1"]
    record = kubernetes.request("GET", f"{PATH}/shop-1-secret")["metadata"]
    (owner,) = kubernetes.request("GET", f"{PATH}/shop-1-screenshots")["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["name"], owner["uid"]) == ("Secret", "shop-1-secret", record["uid"])


def test_screenshots_without_a_record(kubernetes: FakeKubernetes) -> None:
    screenshots = ScreenshotStore(kubernetes, "ns")
    assert screenshots.read("shop-1", 1) is None
    with pytest.raises(NotFound):
        screenshots.keep("shop-1", [b"one"])
