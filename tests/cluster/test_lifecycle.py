"""Made, two at once, deleted, expired, failed: afterwards everything is as it was before."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from local import checks
from local.kubectl import kubectl
from tests.cluster.conftest import READY_SECONDS, Facade, eventually, front_page
from tests.cluster.inventory import NAMESPACE, agent, everything

pytestmark = pytest.mark.cluster

MANIFEST = """
apiVersion: kro.run/v1alpha1
kind: WordPressClone
metadata: {{name: {name}, namespace: wordpress-staging}}
spec: {spec}
"""


@pytest.fixture
def apply(tmp_path: Path) -> Callable[[str, str], None]:
    """kubectl apply of a WordPressClone with a spec in flow style."""

    def apply_object(name: str, spec: str) -> None:
        file = tmp_path / f"{name}.yaml"
        file.write_text(MANIFEST.format(name=name, spec=spec))
        kubectl("apply", "-f", str(file))

    return apply_object


def phase(name: str) -> str:
    """The object's phase; "gone" when there is none."""
    return (
        kubectl(
            "get",
            "wordpressclones",
            name,
            "-n",
            NAMESPACE,
            "--ignore-not-found",
            "-o",
            "jsonpath={.metadata.name} {.status.phase}",
        ).partition(" ")[2]
        or "gone"
    )


def test_the_agent_comes_and_goes(facade: Facade, source: dict[str, str], nothing_left: Callable[[], None]) -> None:
    name = facade.order_async(source, ttl_minutes=10)
    eventually(lambda: "plugin/custom-migrator" in agent(), 60, "the agent is on the source while it is copied")
    facade.await_ready(name)
    assert agent() == set()
    facade.remove(name)
    nothing_left()


def test_two_at_once_then_deleted(
    facade: Facade,
    source: dict[str, str],
    visitor: httpx.Client,
    original: checks.Site,
    nothing_left: Callable[[], None],
) -> None:
    with ThreadPoolExecutor(2) as pool:
        clones = list(pool.map(lambda _: facade.ready(source, ttl_minutes=30), range(2)))
    assert clones[0]["name"] != clones[1]["name"]
    for clone in clones:
        checks.same_posts(original, checks.Site(clone["clone_url"], visitor), 3)
    assert agent() == set(), "the agent is gone from the source as soon as the copies are made"
    for clone in clones:
        facade.remove(clone["name"])
    nothing_left()


def test_expiry(
    apply: Callable[[str, str], None],
    facade: Facade,
    source: dict[str, str],
    visitor: httpx.Client,
    nothing_left: Callable[[], None],
) -> None:
    """An empty site that kubectl made and a copy that the facade made both end after their minutes."""
    apply("kubectl-made", "{ttlMinutes: 3}")
    eventually(lambda: phase("kubectl-made") == "Ready", 150, "the empty site is ready")
    # What counts nothing finds nothing left: each kind of thing has to be seen while it is there.
    seen = {
        "database/wp_kubectl_made",
        "user/wp_kubectl_made",
        "Secret/kubectl-made-secret",
        "Pod",
        "ConfigMap",
        "Ingress",
    }
    found = everything()
    assert seen <= found | {thing.partition("/")[0] for thing in found}
    url = kubectl("get", "wordpressclones", "kubectl-made", "-n", NAMESPACE, "-o", "jsonpath={.status.url}")
    front_page(visitor, url)
    both = ("kubectl-made", facade.order_async(source, ttl_minutes=1))
    eventually(lambda: {phase(name) for name in both} == {"gone"}, 300, "both expire")
    nothing_left()


def test_failed_import_says_why(
    apply: Callable[[str, str], None], facade: Facade, nothing_left: Callable[[], None]
) -> None:
    apply("keyless", '{source: {url: "http://demo-source.test:8080"}, ttlMinutes: 10}')
    eventually(lambda: phase("keyless") == "Failed", READY_SECONDS, "the import fails")
    view = facade.view("keyless")
    assert view["code"], "a stable code"
    assert "key" in view["message"]
    assert view["step"]
    facade.remove("keyless")
    nothing_left()


def test_lost_pod_is_told(apply: Callable[[str, str], None], facade: Facade, nothing_left: Callable[[], None]) -> None:
    """Files live with the pod: a new pod must not serve the old database, and the status says so."""
    apply("pod-lost", "{ttlMinutes: 10}")
    eventually(lambda: phase("pod-lost") == "Ready", READY_SECONDS, "the empty site is ready")
    kubectl("delete", "pod", "-n", NAMESPACE, "--wait=false", "-l", "wordpressclones.kro.run/name=pod-lost")
    eventually(lambda: phase("pod-lost") == "Lost", READY_SECONDS, "the loss is told")
    view = facade.view("pod-lost")
    assert view["code"] == "VOLUME_LOST"
    assert "again" in view["message"]
    facade.remove("pod-lost")
    nothing_left()
