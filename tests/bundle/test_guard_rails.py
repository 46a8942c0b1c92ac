"""What the namespace's quota and limits refuse, whoever asks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bundle.kubectl import Refused, kubectl
from tests.bundle.throwaway import NAMESPACE

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("cluster")]


def of_kind(kind: str, **spec: Any) -> dict[str, Any]:
    """An object in the clones' namespace."""
    metadata = {"name": "guard-rails-check", "namespace": NAMESPACE}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, "spec": spec}


def volume(size: str) -> dict[str, Any]:
    """A claim of that size."""
    resources = {"requests": {"storage": size}}
    return of_kind("PersistentVolumeClaim", accessModes=["ReadWriteOnce"], resources=resources)


def pod(memory: str) -> dict[str, Any]:
    """A pod under the restricted profile that may take so much memory."""
    security = {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    container = {"name": "a", "image": "a", "securityContext": security, "resources": {"limits": {"memory": memory}}}
    return of_kind("Pod", containers=[container])


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (of_kind("Service", type="LoadBalancer", ports=[{"port": 80}]), "exceeded quota"),
        (of_kind("Service", type="NodePort", ports=[{"port": 80}]), "exceeded quota"),
        (volume("51Gi"), "maximum storage usage per PersistentVolumeClaim is 50Gi"),
        (pod("9Gi"), "maximum memory usage per Container is 8Gi"),
    ],
    ids=["load balancer", "node port", "large volume", "much memory"],
)
def test_what_goes_beyond_is_refused(made: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        kubectl("create", "--dry-run=server", "-f", "-", objects=made)


@pytest.mark.parametrize("made", [volume("50Gi"), pod("8Gi")], ids=["volume", "memory"])
def test_what_stays_within_gets_in(made: dict[str, Any]) -> None:
    kubectl("create", "--dry-run=server", "-f", "-", objects=made)
