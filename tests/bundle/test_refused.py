"""Wrong objects never get in: the API server refuses each, with a message that names the field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from kro.render import Kind
from tests.bundle.kubectl import Refused, kubectl
from tests.bundle.throwaway import NAMESPACE, clone

pytestmark = pytest.mark.cluster

# Field named by the message, and what makes the object wrong.
WRONG: list[tuple[str, dict[str, Any]]] = [
    ("metadata.name", {"name": "x" * 30}),
    ("metadata.name", {"name": "1-begins-with-a-digit"}),
    ("metadata.name", {"name": "has.a.dot"}),
    ("metadata.namespace", {"namespace": "default"}),
    ("spec.cloneName", {"spec": {"cloneName": "another"}}),
    ("spec.cloneName", {"spec": {"cloneName": "UPPER"}}),
    ("spec.cloneName", {"spec": {"cloneName": 5}}),
    ("spec.cloneName", {"spec": {"cloneName": "y" * 30}}),
    ("spec.secretName", {"spec": {"secretName": "another-secret"}}),
    ("spec.secretName", {"spec": {"secretName": "wrong"}}),
    ("spec.secretName", {"spec": {"secretName": ["wrong-secret"]}}),
    ("spec.ingressPath", {"spec": {"ingressPath": "/another"}}),
    ("spec.ingressPath", {"spec": {"ingressPath": "wrong"}}),
    ("spec.ingressPath", {"spec": {"ingressPath": "/"}}),
    ("spec.ingressPath", {"spec": {"ingressPath": "/wrong/deeper"}}),
    ("spec.ttlMinutes", {"spec": {"ttlMinutes": 0}}),
    ("spec.ttlMinutes", {"spec": {"ttlMinutes": 10081}}),
    ("spec.ttlMinutes", {"spec": {"ttlMinutes": -5}}),
    ("spec.ttlMinutes", {"spec": {"ttlMinutes": "60"}}),
    ("spec.ttlMinutes", {"spec": {"ttlMinutes": 1.5}}),
    ("spec.phpVersion", {"spec": {"phpVersion": "7.3"}}),
    ("spec.phpVersion", {"spec": {"phpVersion": ""}}),
    ("spec.phpVersion", {"spec": {"phpVersion": 8.4}}),
    ("metadata.name", {"name": "s2", "spec": {"ingress": {"mode": "host"}}}),
    ("metadata.name", {"name": "two--hyphens", "spec": {"database": {"mode": "dedicated"}}}),
    ("spec.database", {"spec": {"database": "dedicated"}}),
    ("spec.database.mode", {"spec": {"database": {"mode": "none"}}}),
    ("spec.database.mode", {"spec": {"database": {"mode": True}}}),
    ("spec.database.class", {"spec": {"database": {"class": "db.r6g.16xlarge"}}}),
    ("spec.database.class", {"spec": {"database": {"class": 1}}}),
    ("spec.database.host", {"spec": {"database": {"host": "mysql.example.com"}}}),
    ("spec.ingressPath", {"spec": {"ingressPath": "/wrong", "ingress": {"mode": "host"}}}),
    ("spec.ingress", {"spec": {"ingress": "host"}}),
    ("spec.ingress.mode", {"spec": {"ingress": {"mode": "port"}}}),
    ("spec.ingress.mode", {"spec": {"ingress": {"mode": 1}}}),
    ("spec.ingress.shard", {"spec": {"ingress": {"shard": 0}}}),
    ("spec.ingress.shard", {"spec": {"ingress": {"shard": 3}}}),
    ("spec.ingress.shard", {"spec": {"ingress": {"shard": "1"}}}),
    ("spec.access", {"spec": {"access": "closed"}}),
    ("spec.access", {"spec": {"access": True}}),
    ("spec.storage", {"spec": {"storage": "large"}}),
    ("spec.storage.persistent", {"spec": {"storage": {"persistent": "yes"}}}),
    ("spec.storage.size", {"spec": {"storage": {"size": "0Gi"}}}),
    ("spec.storage.size", {"spec": {"storage": {"size": "51Gi"}}}),
    ("spec.storage.size", {"spec": {"storage": {"size": "500Mi"}}}),
    ("spec.storage.size", {"spec": {"storage": {"size": 5}}}),
    ("spec.storage.class", {"spec": {"storage": {"class": "fast"}}}),
    ("spec.suspended", {"spec": {"suspended": True}}),
    ("spec.suspended", {"spec": {"suspended": "true", "storage": {"persistent": True}}}),
    ("spec.resources.requests.cpu", {"spec": {"resources": {"requests": {"cpu": "9m"}}}}),
    ("spec.resources.requests.cpu", {"spec": {"resources": {"requests": {"cpu": "5"}}}}),
    ("spec.resources.requests.cpu", {"spec": {"resources": {"requests": {"cpu": 1}}}}),
    ("spec.resources.requests.memory", {"spec": {"resources": {"requests": {"memory": "99Mi"}}}}),
    ("spec.resources.requests.memory", {"spec": {"resources": {"requests": {"memory": "1G"}}}}),
    ("spec.resources.requests.memory", {"spec": {"resources": {"requests": {"memory": "600Mi"}}}}),
    ("spec.resources.limits.memory", {"spec": {"resources": {"limits": {"memory": "9Gi"}}}}),
    ("spec.resources.limits.memory", {"spec": {"resources": {"limits": {"memory": "199Mi"}}}}),
    ("spec.resources.limits.cpu", {"spec": {"resources": {"limits": {"cpu": "1"}}}}),
    ("spec.source.url", {"spec": {"source": {"url": "ftp://example.com"}}}),
    ("spec.source.url", {"spec": {"source": {"url": "example.com"}}}),
    ("spec.source.url", {"spec": {"source": {"url": "https://user:word@example.com"}}}),
    ("spec.source.url", {"spec": {"source": {"url": "https://example.com/?token=1"}}}),
    ("spec.source.url", {"spec": {"source": {"url": "https://example.com/#part"}}}),
    ("spec.source.url", {"spec": {"source": {"url": "https://exa mple.com/"}}}),
    ("spec.source.url", {"spec": {"source": {"url": "https://example.com/${schema}\n"}}}),
    ("spec.source.url", {"spec": {"source": {"url": "https://" + "a" * 2000}}}),
    ("spec.source.url", {"spec": {"source": {"url": 1}}}),
    ("spec.source", {"spec": {"source": "https://example.com"}}),
    ("spec.source.username", {"spec": {"source": {"url": "https://example.com", "username": "me"}}}),
    ("spec.replicas", {"spec": {"replicas": 2}}),
    ("spec", {"spec": "everything"}),
]

# Field named by the message, and the change that is refused of an object with `cloneName`, a PHP version and a source …
CHANGED: list[tuple[str, dict[str, Any]]] = [
    ("spec.cloneName", {"cloneName": ""}),
    ("spec.cloneName", {"cloneName": None}),
    ("spec.cloneName", {"cloneName": "another"}),
    ("spec.phpVersion", {"phpVersion": "8.2"}),
    ("spec.phpVersion", {"phpVersion": None}),
    ("spec.source.url", {"source": {"url": "https://another.example.com"}}),
    ("spec.source.url", {"source": {"url": ""}}),
    ("spec.source.url", {"source": None}),
    ("spec.ttlMinutes", {"ttlMinutes": 0}),
    ("spec.database.mode", {"database": {"mode": "dedicated"}}),
    ("spec.database.class", {"database": {"class": "db.t4g.small"}}),
    ("spec.ingress.mode", {"ingress": {"mode": "host"}}),
    ("spec.ingress.shard", {"ingress": {"shard": 2}}),
    ("spec.access", {"access": "open"}),
    ("spec.database.mode", {"database": {"mode": "dedicated"}}),
    ("spec.database.class", {"database": {"class": "db.t4g.small"}}),
    ("spec.ingress.mode", {"ingress": {"mode": "host"}}),
    ("spec.ingress.shard", {"ingress": {"shard": 2}}),
    ("spec.access", {"access": None}),
    ("spec.storage.persistent", {"storage": {"persistent": True}}),
    ("spec.storage.size", {"storage": {"size": "6Gi"}}),
    ("spec.storage.size", {"storage": {"size": None}}),
    ("spec.resources.limits.memory", {"resources": {"limits": {"memory": "1Gi"}}}),
    ("spec.suspended", {"suspended": True}),
]

# … and of one that has nothing but its name.
SET: list[tuple[str, dict[str, Any]]] = [
    ("spec.cloneName", {"cloneName": "{name}"}),
    ("spec.secretName", {"secretName": "{name}-secret"}),
    ("spec.ingressPath", {"ingressPath": "/{name}"}),
    ("spec.phpVersion", {"phpVersion": "7.4"}),
    ("spec.source.url", {"source": {"url": "https://example.com"}}),
    ("spec.database.mode", {"database": {"mode": "dedicated"}}),
    ("spec.database.class", {"database": {"class": "db.t4g.small"}}),
    ("spec.ingress.mode", {"ingress": {"mode": "host"}}),
    ("spec.ingress.shard", {"ingress": {"shard": 2}}),
    ("spec.access", {"access": "gated"}),
    ("spec.storage.persistent", {"storage": {"persistent": True}}),
    ("spec.storage.size", {"storage": {"size": "1Gi"}}),
    ("spec.resources.requests.cpu", {"resources": {"requests": {"cpu": "1"}}}),
]


def wrong_object(kind: Kind, change: dict[str, Any]) -> dict[str, Any]:
    """A right object with one thing wrong in it."""
    made = clone(kind, "wrong")
    metadata = {"name": change.get("name", "wrong"), "namespace": change.get("namespace", NAMESPACE)}
    return made | {"metadata": metadata, "spec": change.get("spec", {})}


@pytest.mark.parametrize(("field", "change"), WRONG, ids=lambda value: str(value)[:60])
def test_a_wrong_object_is_refused_and_the_field_named(local_kind: Kind, field: str, change: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        kubectl("create", "--dry-run=server", "-f", "-", objects=wrong_object(local_kind, change))
    assert field in str(caught.value)


@pytest.fixture(scope="module")
def full(local_kind: Kind) -> Iterator[str]:
    """Name of a live object with identity, PHP and source given; kro is told to leave it alone."""
    spec = {
        "cloneName": "bundle-full",
        "phpVersion": "7.4",
        "access": "gated",
        "storage": {"size": "2Gi"},
        "source": {"url": "https://example.com"},
    }
    yield from live(local_kind, "bundle-full", **spec)


@pytest.fixture(scope="module")
def bare(local_kind: Kind) -> Iterator[str]:
    """Name of a live object with an empty spec."""
    yield from live(local_kind, "bundle-bare")


def live(kind: Kind, name: str, **spec: object) -> Iterator[str]:
    """Make an object without parts, and remove it."""
    made: dict[str, Any] = clone(kind, name, **spec)
    made["metadata"]["annotations"] = {"kro.run/reconcile": "suspended"}
    kubectl("apply", "-f", "-", objects=made)
    yield name
    kubectl("delete", kind.plural, name, "-n", NAMESPACE, "--timeout=60s")


def patch(kind: Kind, name: str, spec: dict[str, Any]) -> None:
    """Change the object's spec, as a trial."""
    text = json.dumps({"spec": spec}).replace("{name}", name)
    kubectl("patch", kind.plural, name, "-n", NAMESPACE, "--type=merge", "--dry-run=server", "-p", text)


@pytest.mark.parametrize(("field", "spec"), CHANGED, ids=lambda value: str(value))
def test_identity_and_source_never_change(local_kind: Kind, full: str, field: str, spec: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        patch(local_kind, full, spec)
    assert field in str(caught.value)


@pytest.mark.parametrize(("field", "spec"), SET, ids=lambda value: str(value))
def test_what_was_left_out_is_never_set(local_kind: Kind, bare: str, field: str, spec: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        patch(local_kind, bare, spec)
    assert field in str(caught.value)


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"cloneName": "right", "secretName": "right-secret", "ingressPath": "/right", "ttlMinutes": 10080},
        {"cloneName": "", "secretName": "", "ingressPath": "", "ttlMinutes": 1, "source": {"url": ""}},
        {"phpVersion": "7.4"},
        {"phpVersion": "8.2"},
        {"source": {}},
        {"access": "gated"},
        {"database": {"mode": "dedicated", "class": "db.t4g.medium"}},
        {"ingress": {"mode": "host", "shard": 2}},
        {"ingressPath": "/right", "ingress": {"mode": "path"}},
        {"storage": {"persistent": True, "size": "50Gi"}, "suspended": True},
        {"storage": {"persistent": False}, "suspended": False},
        {"resources": {"requests": {"cpu": "4", "memory": "8Gi"}, "limits": {"memory": "8Gi"}}},
        {"source": {"url": "http://demo-source.test:8080"}},
        {"source": {"url": "https://www.example.com/some/blog/"}},
        {"source": {"url": "https://xn--mnchen-3ya.example"}},
        {"source": {"url": "http://[2001:db8::1]:8080/blog"}},
    ],
    ids=str,
)
def test_a_right_object_gets_in(local_kind: Kind, spec: dict[str, Any]) -> None:
    kubectl("create", "--dry-run=server", "-f", "-", objects=clone(local_kind, "right", **spec))


@pytest.mark.parametrize("name", ["a", "x" * 29, "clone-20260101-120000-abc1234"])
def test_a_right_name_gets_in(local_kind: Kind, name: str) -> None:
    kubectl("create", "--dry-run=server", "-f", "-", objects=clone(local_kind, name))


def test_the_time_to_live_may_change(local_kind: Kind, full: str) -> None:
    patch(local_kind, full, {"ttlMinutes": 90})
