"""A persistent clone: a volume of its own, and no pod while it is suspended.

As in `test_parts`, no container starts here: pods that rest and come back with their files are tests/cluster's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from kro.render import Kind
from tests.bundle.kubectl import kubectl, read, until
from tests.bundle.throwaway import NAMESPACE, clone

pytestmark = pytest.mark.cluster

NAME = "bundle-volume"


@pytest.fixture(scope="module")
def made(local_kind: Kind) -> Iterator[Kind]:
    """The kind, with one live persistent object, suspended from the start."""
    spec = {"storage": {"persistent": True, "size": "2Gi"}, "suspended": True}
    kubectl("apply", "-f", "-", objects=clone(local_kind, NAME, **spec))
    yield local_kind
    kubectl("delete", local_kind.plural, NAME, "-n", NAMESPACE, "--timeout=60s")


def replicas() -> int:
    """How many pods the Deployment is to have."""
    found: int = read("deployment", NAME, "-n", NAMESPACE)["spec"]["replicas"]
    return found


def wait_for_phase(kind: Kind, phase: str) -> None:
    condition = f"--for=jsonpath={{.status.phase}}={phase}"
    kubectl("wait", kind.plural, NAME, "-n", NAMESPACE, condition, "--timeout=30s")


def test_it_rests_and_comes_back_on_its_own_volume(made: Kind) -> None:
    wait_for_phase(made, "Suspended")
    assert replicas() == 0
    volume = read("persistentvolumeclaim", NAME, "-n", NAMESPACE)
    assert volume["spec"]["resources"]["requests"] == {"storage": "2Gi"}
    pod = read("deployment", NAME, "-n", NAMESPACE)["spec"]["template"]["spec"]
    assert pod["volumes"][0] == {"name": "site", "persistentVolumeClaim": {"claimName": NAME}}
    kubectl(
        "patch", made.plural, NAME, "-n", NAMESPACE, "--type=merge", "-p", json.dumps({"spec": {"suspended": False}})
    )
    wait_for_phase(made, "Preparing")
    until(lambda: replicas() == 1, "it has its pod again")
    again = read("persistentvolumeclaim", NAME, "-n", NAMESPACE)
    assert again["metadata"]["uid"] == volume["metadata"]["uid"]
