"""Nothing that the cluster holds outside of its Secrets names a password, key or token."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local import rows
from local.errors import CommandFailed
from local.kubectl import kubectl
from tests.cluster.inventory import NAMESPACE

pytestmark = pytest.mark.cluster

KINDS = (
    "wordpressclones,resourcegraphdefinitions,pods,deployments,replicasets,services,ingresses,networkpolicies,"
    "configmaps,events"
)


def test_no_secret_outside_of_secrets(clone: dict[str, Any], accounts: dict[str, str], token: str) -> None:
    held = rows.read_secret(NAMESPACE, f"{clone['name']}-secret")
    del held["source-home"]  # a URL that the object tells as well; it is there because nobody can change it there
    values = {value for value in (*held.values(), *accounts.values(), token) if value}
    # The secret half of a key counts by itself, wherever its public half may stand.
    values |= {value.rpartition("_")[2] for value in values if value.startswith("cm_")}
    assert len(values) >= 7
    sources = texts()
    for of_interest in ("/clone-api", "/clone-controller", f"/{clone['name']}"):
        assert any(of_interest in where and text for where, text in sources), f"no log of {of_interest}"
    for where, text in sources:
        for value in values:
            assert value not in text, f"a secret value stands in {where}"


def texts() -> list[tuple[str, str]]:
    """Every object that is no Secret, and every log of every container that runs or ran."""
    found = [("objects", kubectl("get", KINDS, "--all-namespaces", "-o", "json"))]
    for pod in json.loads(kubectl("get", "pods", "--all-namespaces", "-o", "json"))["items"]:
        status = pod["status"]
        for container in status.get("initContainerStatuses", []) + status.get("containerStatuses", []):
            where = (pod["metadata"]["namespace"], pod["metadata"]["name"], container["name"])
            found += [(f"log of {'/'.join(where)}", text) for text in logs(where, container)]
    return found


def logs(where: tuple[str, str, str], container: dict[str, Any]) -> list[str]:
    """What a container has written, and what the one before its last restart wrote; none for one that never started."""
    command = ("logs", "-n", where[0], where[1], "-c", where[2])
    found = []
    if not container["state"].get("waiting"):
        found.append(kubectl(*command))
    if container["restartCount"]:
        try:
            found.append(kubectl(*command, "--previous"))
        except CommandFailed as error:
            # The kubelet has cleared it away: then nobody can read it either.
            if "not found" not in error.output:
                raise
    return found
