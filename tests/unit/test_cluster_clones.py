"""WordPressClone objects: what is posted, what is read, how one is followed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from api.cluster.clones import CloneObject, CloneObjects, to_clone
from api.cluster.errors import ObjectChanged
from api.domain.errors import ClusterUnavailable, Duplicate, NotFound, Timeout
from tests.unit.kubernetes_fake import FakeKubernetes

PATH = "/apis/kro.run/v1alpha1/namespaces/ns/wordpressclones"
PROGRESS = "/api/v1/namespaces/ns/configmaps/shop-1-progress"


def item(phase: str = "", *, version: str = "5", **metadata: Any) -> dict[str, Any]:
    status = {"url": "http://s1.test/shop-1", "phase": phase, "progress": "41", "message": "12 of 30", "code": ""}
    return {
        "metadata": {
            "name": "shop-1",
            "uid": "u",
            "resourceVersion": version,
            "creationTimestamp": "2026-05-17T09:30:00Z",
            **metadata,
        },
        "spec": {"ttlMinutes": 90, "source": {"url": "https://example.com"}},
        "status": status if phase else {},
    }


def event(kind: str, phase: str = "") -> dict[str, Any]:
    return {"type": kind, "object": item(phase)}


def is_ready(clone: CloneObject | None) -> bool:
    return clone is not None and clone.phase == "Ready"


@pytest.fixture
def kubernetes() -> FakeKubernetes:
    return FakeKubernetes()


@pytest.fixture
def objects(kubernetes: FakeKubernetes) -> CloneObjects:
    return CloneObjects(kubernetes, "ns")


def test_a_new_object_carries_the_finalizer_from_the_start(objects: CloneObjects, kubernetes: FakeKubernetes) -> None:
    objects.create(
        "shop-1", ttl_minutes=5, source_url="https://example.com", php_version="7.4", options={"access": "gated"}
    )
    posted = kubernetes.objects[f"{PATH}/shop-1"]
    assert posted["metadata"]["finalizers"] == ["wordpressclones.kro.run/cleanup"]
    spec = {"ttlMinutes": 5, "phpVersion": "7.4", "access": "gated", "source": {"url": "https://example.com"}}
    assert posted["spec"] == spec
    with pytest.raises(Duplicate):
        objects.create("shop-1", ttl_minutes=5, source_url="", php_version="8.4", options={})


def test_an_empty_site_has_no_source(objects: CloneObjects, kubernetes: FakeKubernetes) -> None:
    objects.create("shop-1", ttl_minutes=5, source_url="", php_version="8.4", options={})
    assert kubernetes.objects[f"{PATH}/shop-1"]["spec"] == {"ttlMinutes": 5, "phpVersion": "8.4"}


def test_an_object_that_kro_has_not_seen_is_preparing() -> None:
    clone = to_clone(item())
    assert (clone.phase, clone.url, clone.percent, clone.admin_user) == ("Preparing", "", 0, "")
    assert clone.expires_at == datetime(2026, 5, 17, 11, 0, tzinfo=UTC)
    assert not clone.deleting
    assert not clone.is_held


def test_what_kro_says_is_read() -> None:
    clone = to_clone(item("Importing", finalizers=["kro.run/finalizer", "wordpressclones.kro.run/cleanup"]))
    assert (clone.phase, clone.url, clone.percent, clone.message) == (
        "Importing",
        "http://s1.test/shop-1",
        41,
        "12 of 30",
    )
    assert clone.is_held


def test_an_object_being_deleted_says_so_whatever_kro_says() -> None:
    clone = to_clone(item("Ready", deletionTimestamp="2026-05-17T09:40:00Z"))
    assert clone.deleting
    assert clone.phase == "Deleting"
    assert clone.deleted_at == datetime(2026, 5, 17, 9, 40, tzinfo=UTC)


def test_a_deletion_may_ask_for_a_version(objects: CloneObjects, kubernetes: FakeKubernetes) -> None:
    kubernetes.put(f"{PATH}/shop-1", item())
    with pytest.raises(ObjectChanged):
        objects.delete("shop-1", resource_version="older")
    assert objects.get("shop-1")
    objects.delete("shop-1", resource_version=kubernetes.objects[f"{PATH}/shop-1"]["metadata"]["resourceVersion"])
    objects.delete("shop-1")
    assert objects.get("shop-1") is None


def test_a_kind_that_is_not_defined_is_no_answer_to_a_ping(objects: CloneObjects, kubernetes: FakeKubernetes) -> None:
    objects.ping()
    kubernetes.failures.append(NotFound("the server could not find the requested resource"))
    with pytest.raises(NotFound):
        objects.ping()
    assert kubernetes.calls == [("GET", PATH)] * 2


def test_progress_needs_the_configmap_that_kro_makes(objects: CloneObjects, kubernetes: FakeKubernetes) -> None:
    with pytest.raises(NotFound):
        objects.write_progress("shop-1", {"percent": "1"})
    kubernetes.put(PROGRESS, {"metadata": {"name": "shop-1-progress"}})
    objects.write_progress("shop-1", {"percent": "1", "phase": "Importing"})
    objects.write_progress("shop-1", {"percent": "2"})
    assert kubernetes.objects[PROGRESS]["data"] == {"percent": "2", "phase": "Importing"}


def test_parts_are_found_by_their_label(objects: CloneObjects, kubernetes: FakeKubernetes) -> None:
    label = {"wordpressclones.kro.run/name": "shop-1"}
    kubernetes.put(PROGRESS, {"metadata": {"name": "shop-1-progress", "labels": label}})
    kubernetes.put("/api/v1/namespaces/ns/pods/a", {"metadata": {"name": "a", "labels": label}})
    kubernetes.put("/api/v1/namespaces/ns/pods/b", {"metadata": {"name": "b", "labels": {}}})
    assert objects.parts_left("shop-1") == ["pod/a", "configmap/shop-1-progress"]
    assert objects.parts_left("other") == []
    assert objects.names_with_pods() == {"shop-1"}


def test_kro_has_parts_to_remove_while_its_finalizer_is_on(objects: CloneObjects, kubernetes: FakeKubernetes) -> None:
    for name, finalizers in (("shop-1", ["kro.run/finalizer"]), ("shop-2", ["another/one"]), ("shop-3", None)):
        made = item("Ready")
        made["metadata"] |= {"name": name} | ({"finalizers": finalizers} if finalizers else {})
        kubernetes.put(f"{PATH}/{name}", made)
    assert objects.names() == {"shop-1", "shop-2", "shop-3"}
    assert objects.names_with_parts() == {"shop-1"}


def test_waiting_ends_at_once_where_there_is_nothing_to_wait_for(
    objects: CloneObjects, kubernetes: FakeKubernetes
) -> None:
    kubernetes.put(f"{PATH}/shop-1", item("Ready"))
    assert is_ready(objects.wait("shop-1", is_ready, 0))
    assert objects.wait("other", lambda clone: clone is None, 0) is None


def test_waiting_follows_the_object(objects: CloneObjects, kubernetes: FakeKubernetes) -> None:
    kubernetes.put(f"{PATH}/shop-1", item("Preparing"))
    kubernetes.streams = [[event("MODIFIED", "Importing"), event("BOOKMARK"), event("MODIFIED", "Ready")]]
    assert is_ready(objects.wait("shop-1", is_ready, 30))
    assert ("WATCH", "9") in kubernetes.calls  # from the version that the list gave


def test_waiting_sees_the_object_go(objects: CloneObjects, kubernetes: FakeKubernetes) -> None:
    kubernetes.put(f"{PATH}/shop-1", item("Ready"))
    kubernetes.streams = [[event("MODIFIED", "Ready"), event("DELETED", "Ready")]]
    assert objects.wait("shop-1", lambda clone: clone is None, 30) is None


@pytest.mark.parametrize(
    "broken",
    [[event("ERROR")], [], [ClusterUnavailable("cut")]],
    ids=["version too old", "ended by the server", "connection cut"],
)
def test_a_broken_stream_is_begun_again(objects: CloneObjects, kubernetes: FakeKubernetes, broken: list[Any]) -> None:
    kubernetes.put(f"{PATH}/shop-1", item("Preparing"))
    kubernetes.streams = [broken, [event("MODIFIED", "Ready")]]
    assert is_ready(objects.wait("shop-1", is_ready, 30))
    assert [call for call in kubernetes.calls if call == ("GET", PATH)] == [("GET", PATH)] * 2


def test_an_api_that_does_not_answer_for_a_moment_is_borne_with(
    objects: CloneObjects, kubernetes: FakeKubernetes
) -> None:
    kubernetes.put(f"{PATH}/shop-1", item("Ready"))
    kubernetes.failures = [ClusterUnavailable("no answer")]
    assert is_ready(objects.wait("shop-1", is_ready, 30))


def test_waiting_has_an_end(objects: CloneObjects, kubernetes: FakeKubernetes) -> None:
    kubernetes.put(f"{PATH}/shop-1", item("Preparing"))
    with pytest.raises(Timeout):
        objects.wait("shop-1", is_ready, 0.05)
