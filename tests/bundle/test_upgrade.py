"""A new definition leaves the pods of clones alone whose files are in them, and all else of a clone goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from kro.render import ENVIRONMENTS, Kind, render
from kro.value_file import load_environment
from tests.bundle.kubectl import Refused, kubectl, read, until
from tests.bundle.throwaway import NAMESPACE, clone

pytestmark = pytest.mark.cluster

EPHEMERAL, PERSISTENT = "bundle-old-pod", "bundle-new-pod"
BEFORE, AFTER = 10, 11


def grace_seconds(name: str) -> int:
    """What this test changes in the definition, as the clone's Deployment has it."""
    found: int = read("deployment", name, "-n", NAMESPACE)["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
    return found


@pytest.fixture(scope="module")
def upgraded(local_kind: Kind) -> Iterator[Kind]:
    """The kind, whose definition was changed after two clones were made."""
    kept = clone(local_kind, PERSISTENT, storage={"persistent": True, "size": "1Gi"}, suspended=True)
    kubectl("apply", "-f", "-", objects=[clone(local_kind, EPHEMERAL), kept])
    for name in (EPHEMERAL, PERSISTENT):
        kubectl("wait", local_kind.plural, name, "-n", NAMESPACE, "--for=jsonpath={.status.phase}", "--timeout=30s")
        assert grace_seconds(name) == BEFORE
    bundle = "---\n".join(render(load_environment(ENVIRONMENTS / "local.yaml"), local_kind).values())
    old, new = (f"terminationGracePeriodSeconds: {seconds}\n" for seconds in (BEFORE, AFTER))
    assert old in bundle
    kubectl("apply", "-f", "-", objects=bundle.replace(old, new))
    until(lambda: grace_seconds(PERSISTENT) == AFTER, "the new definition is at work")
    yield local_kind
    kubectl("delete", local_kind.plural, EPHEMERAL, PERSISTENT, "-n", NAMESPACE, "--timeout=60s")


def test_a_pod_with_files_in_it_stays_and_the_clone_says_so(upgraded: Kind) -> None:
    until(
        lambda: "the clone's files are in its pod" in json.dumps(read(upgraded.plural, EPHEMERAL, "-n", NAMESPACE)),
        "kro says what was refused",
    )
    assert grace_seconds(EPHEMERAL) == BEFORE


def test_its_time_can_still_be_changed(upgraded: Kind) -> None:
    before = read(upgraded.plural, EPHEMERAL, "-n", NAMESPACE)["status"]["expiresAt"]
    spec = json.dumps({"spec": {"ttlMinutes": 600}})
    kubectl("patch", upgraded.plural, EPHEMERAL, "-n", NAMESPACE, "--type=merge", "-p", spec)
    until(
        lambda: read(upgraded.plural, EPHEMERAL, "-n", NAMESPACE)["status"]["expiresAt"] != before,
        "the status has the new expiry",
    )


def test_nobody_else_restarts_it_either(upgraded: Kind) -> None:
    with pytest.raises(Refused, match=r"spec\.template"):
        kubectl("rollout", "restart", f"deployment/{EPHEMERAL}", "-n", NAMESPACE)
