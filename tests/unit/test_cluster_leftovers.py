"""What the cluster still holds for clones, and Events about them: what is marked as ours, and that very version."""

from datetime import UTC, datetime
from typing import Any

import pytest

from api.cluster.errors import ObjectChanged
from api.cluster.events import EventLog
from api.cluster.leftovers import Leftovers
from api.cluster.secrets import IntentStore
from api.domain.errors import NotFound
from api.domain.intent import CloneSecrets, Intent
from tests.unit.kubernetes_fake import FakeKubernetes

CREATED = datetime(2026, 5, 17, 9, 30, tzinfo=UTC)
NAME = {"wordpressclones.kro.run/name": "shop-1"}
OF_KRO = NAME | {"kro.run/owned": "true"}
OF_OURS = NAME | {"app.kubernetes.io/managed-by": "wordpress-clone"}
CONFIG_MAPS = "/api/v1/namespaces/ns/configmaps"
SECRETS = "/api/v1/namespaces/ns/secrets"
INGRESSES = "/apis/networking.k8s.io/v1/namespaces/ns/ingresses"


@pytest.fixture
def kubernetes() -> FakeKubernetes:
    return FakeKubernetes()


def put(kubernetes: FakeKubernetes, collection: str, name: str, labels: dict[str, str]) -> None:
    metadata: dict[str, Any] = {"name": name, "labels": labels, "creationTimestamp": "2026-05-17T09:30:00Z"}
    kubernetes.put(f"{collection}/{name}", {"metadata": metadata})


def test_what_carries_the_mark_of_its_maker_is_found(kubernetes: FakeKubernetes) -> None:
    put(kubernetes, CONFIG_MAPS, "shop-1-config", OF_KRO)
    put(kubernetes, CONFIG_MAPS, "by-hand", NAME)
    put(kubernetes, INGRESSES, "shop-1", OF_KRO)
    put(kubernetes, SECRETS, "shop-1-secret", OF_OURS)
    put(kubernetes, SECRETS, "shop-1-theirs", NAME)
    found = Leftovers(kubernetes, "ns").list()
    assert sorted(map(str, found)) == ["configmap/shop-1-config", "ingress/shop-1", "secret/shop-1-secret"]
    assert {(leftover.clone, leftover.created) for leftover in found} == {("shop-1", CREATED)}


def test_a_secret_with_a_record_is_not_for_this_sweep(kubernetes: FakeKubernetes) -> None:
    intent = Intent("shop-1", "Created", "object", "", "", "", "demo", CREATED, CREATED, 5)
    IntentStore(kubernetes, "ns").create(intent, CloneSecrets("a", "b", "c"))
    assert Leftovers(kubernetes, "ns").list() == []


def test_only_the_version_that_was_seen_is_deleted(kubernetes: FakeKubernetes) -> None:
    put(kubernetes, CONFIG_MAPS, "shop-1-config", OF_KRO)
    leftovers = Leftovers(kubernetes, "ns")
    (found,) = leftovers.list()
    put(kubernetes, CONFIG_MAPS, "shop-1-config", OF_KRO)
    with pytest.raises(ObjectChanged):
        leftovers.delete(found)
    (again,) = leftovers.list()
    leftovers.delete(again)
    leftovers.delete(again)
    assert leftovers.list() == []


class WithoutAck(FakeKubernetes):
    """An API server that does not know ACK's kinds."""

    def metadata(self, path: str, **options: Any) -> dict[str, Any]:
        if "services.k8s.aws" in path:
            raise NotFound("the server could not find the requested resource")
        return super().metadata(path, **options)


def test_kinds_that_are_not_installed_hold_nothing() -> None:
    kubernetes = WithoutAck()
    put(kubernetes, INGRESSES, "shop-1", OF_KRO)
    assert [str(found) for found in Leftovers(kubernetes, "ns").list()] == ["ingress/shop-1"]


@pytest.mark.parametrize("uid", ["", "uid-1"])
def test_an_event_regards_the_clone_and_tells_no_key(kubernetes: FakeKubernetes, uid: str) -> None:
    log = EventLog(kubernetes, "ns", now=lambda: CREATED)
    log.post("shop-1", "SweptPart", "cm_0123456789abcdef_" + "a" * 64, uid=uid, warning=True)
    (event,) = kubernetes.objects.values()
    assert event["involvedObject"].get("uid", "") == uid
    assert (event["involvedObject"]["kind"], event["involvedObject"]["name"]) == ("WordPressClone", "shop-1")
    assert (event["type"], event["reason"], event["lastTimestamp"]) == ("Warning", "SweptPart", "2026-05-17T09:30:00Z")
    assert "a" * 64 not in event["message"]
