"""What the API server has to let in. `python -m kro.validate` tries what it has to refuse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from kro.render import Kind
from tests.bundle.kubectl import kubectl
from tests.bundle.throwaway import NAMESPACE, clone

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def full(local_kind: Kind) -> Iterator[str]:
    """Name of a live object with identity, PHP and source given; kro is told to leave it alone."""
    spec: dict[str, object] = {
        "cloneName": "bundle-full",
        "phpVersion": "7.4",
        "access": "gated",
        "storage": {"size": "2Gi"},
        "source": {"url": "https://example.com"},
    }
    made: dict[str, Any] = clone(local_kind, "bundle-full", **spec)
    made["metadata"]["annotations"] = {"kro.run/reconcile": "suspended"}
    kubectl("apply", "-f", "-", objects=made)
    yield "bundle-full"
    kubectl("delete", local_kind.plural, "bundle-full", "-n", NAMESPACE, "--timeout=60s")


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
    change = json.dumps({"spec": {"ttlMinutes": 90}})
    kubectl("patch", local_kind.plural, full, "-n", NAMESPACE, "--type=merge", "--dry-run=server", "-p", change)
