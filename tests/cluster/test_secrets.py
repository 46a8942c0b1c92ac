"""Nothing that the cluster holds outside of its Secrets names a password, key or token."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local import rows
from tests.cluster.inventory import NAMESPACE

pytestmark = pytest.mark.cluster

KINDS = (
    "wordpressclones,resourcegraphdefinitions,pods,deployments,replicasets,services,ingresses,networkpolicies,"
    "configmaps,events"
)


def test_no_secret_outside_of_secrets(
    state: Path, clone: dict[str, Any], accounts: dict[str, str], token: str, kubectl: Callable[..., str]
) -> None:
    held = rows.read_secret(state, NAMESPACE, f"{clone['name']}-secret")
    values = {value for value in (*held.values(), *accounts.values(), token) if value}
    # The secret half of a key counts by itself, wherever its public half may stand.
    values |= {value.rpartition("_")[2] for value in values if value.startswith("cm_")}
    assert len(values) >= 7
    for where, text in texts(kubectl):
        assert text, where
        for value in values:
            assert value not in text, f"a secret value stands in {where}"


def texts(kubectl: Callable[..., str]) -> list[tuple[str, str]]:
    """Every object that is no Secret, and every log of every container that runs or ran."""
    found = [("objects", kubectl("get", KINDS, "--all-namespaces", "-o", "json"))]
    pods = json.loads(kubectl("get", "pods", "--all-namespaces", "-o", "json"))["items"]
    for pod in pods:
        space, name = pod["metadata"]["namespace"], pod["metadata"]["name"]
        for container in pod["spec"].get("initContainers", []) + pod["spec"]["containers"]:
            # A container that has not started yet has no log, which is no failure.
            log = kubectl("logs", "-n", space, name, "-c", container["name"], "--ignore-errors")
            found.append((f"log of {space}/{name}/{container['name']}", log or "(empty)"))
    return found
