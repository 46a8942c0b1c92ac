"""A persistent clone loses nothing: not with its pod, not by an eviction, not by a rest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from local.kubectl import apply, get, kubectl
from tests.cluster.conftest import Facade, eventually
from tests.cluster.inventory import NAMESPACE

pytestmark = pytest.mark.cluster

NAME = "kept-on-disk"
FILE = "wp-content/uploads/kept.txt"
PHASE_SECONDS = 120


@pytest.fixture
def site() -> Iterator[str]:
    """URL of a persistent clone with a file in its uploads."""
    spec = {"ttlMinutes": 30, "storage": {"persistent": True, "size": "1Gi"}}
    metadata = {"name": NAME, "namespace": NAMESPACE}
    made = {"apiVersion": "kro.run/v1alpha1", "kind": "WordPressClone", "metadata": metadata, "spec": spec}
    apply(json.dumps(made))
    await_phase("Ready")
    write = f"mkdir -p $SITE_ROOT/wp-content/uploads && echo kept > $SITE_ROOT/{FILE}"
    kubectl("exec", "-n", NAMESPACE, f"deployment/{NAME}", "-c", "wordpress", "--", "sh", "-c", write)
    yield as_it_is()["status"]["url"]
    kubectl("delete", "wordpressclones", NAME, "-n", NAMESPACE, "--timeout=120s", timeout=150)


def as_it_is() -> dict[str, Any]:
    """The object."""
    found = get("wordpressclones", NAME, f"--namespace={NAMESPACE}")
    assert found is not None
    return found


def await_phase(phase: str) -> None:
    eventually(lambda: as_it_is().get("status", {}).get("phase") == phase, PHASE_SECONDS, f"{NAME} is {phase}")


def pods() -> dict[str, str]:
    """uid → name of the clone's pods."""
    selector = f"--selector=wordpressclones.kro.run/name={NAME}"
    found = (get("pods", f"--namespace={NAMESPACE}", selector) or {}).get("items", [])
    return {pod["metadata"]["uid"]: pod["metadata"]["name"] for pod in found}


def suspend(facade: Facade, value: bool) -> None:
    answer = facade.http.patch(f"/clones/{NAME}", json={"suspended": value})
    assert answer.status_code == httpx.codes.OK, answer.text


def await_answers(site: str, visitor: httpx.Client) -> None:
    """The file and the front page answer, over the ingress."""
    eventually(lambda: visitor.get(f"{site}/{FILE}").text == "kept\n", 60, "the file answers")
    eventually(lambda: visitor.get(f"{site}/").status_code == httpx.codes.OK, 60, "the front page answers")


def test_its_files_outlive_pods_and_rests(site: str, facade: Facade, visitor: httpx.Client) -> None:
    await_answers(site, visitor)
    ((uid, name),) = pods().items()
    # What a drain does to each pod of its node.
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name, "namespace": NAMESPACE}}
    path = f"/api/v1/namespaces/{NAMESPACE}/pods/{name}/eviction"
    kubectl("create", "--raw", path, "-f", "-", stdin=json.dumps(eviction))
    eventually(lambda: pods() and uid not in pods(), PHASE_SECONDS, "another pod has taken over")
    await_phase("Ready")
    await_answers(site, visitor)
    suspend(facade, True)
    await_phase("Suspended")
    eventually(lambda: not pods(), PHASE_SECONDS, "its pod has ended")
    suspend(facade, False)
    await_phase("Ready")
    await_answers(site, visitor)


def test_another_clone_cannot_rest(clone: dict[str, Any], facade: Facade) -> None:
    answer = facade.http.patch(f"/clones/{clone['name']}", json={"suspended": True})
    assert answer.json()["code"] == "INVALID_REQUEST"
    assert "spec.suspended: only a clone with spec.storage.persistent can be suspended" in answer.json()["detail"]
