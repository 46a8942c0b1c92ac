"""Wrong objects never get in: the API server refuses each, with a message that names the field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from kro.render import Kind
from tests.bundle.kubectl import Refused, kubectl
from tests.bundle.throwaway import NAMESPACE, clone
from tests.bundle.wrong_objects import CHANGED, SET, WRONG

pytestmark = pytest.mark.cluster


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
