"""Clones by `kubectl apply` and as Argo CD applies them: twice, edited, deleted; with a user's own Secret or without.

While two controllers run: every object is made whole, followed and removed by both, and no worse for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import httpx
import pytest

from local import rows
from local.kubectl import get, kubectl
from tests.cluster import inventory
from tests.cluster.conftest import READY_SECONDS, eventually, front_page
from tests.cluster.inventory import NAMESPACE
from tests.cluster.objects import Cluster
from tests.cluster.workloads import CONTROLLER, scaled

pytestmark = pytest.mark.cluster

MANIFEST = """
apiVersion: kro.run/v1alpha1
kind: WordPressClone
metadata: {{name: {name}, namespace: wordpress-staging}}
spec: {{ttlMinutes: {minutes}}}
"""
GIVEN = {"db-password": "a password of the user's own", "wp-admin-password": "another one, of 24 letters"}
ARGO = ("--server-side", "--field-manager=argocd-controller", "--force-conflicts")

Apply = Callable[..., str]


def by_kubectl(name: str, minutes: int = 30) -> str:
    return kubectl("apply", "-f", "-", stdin=MANIFEST.format(name=name, minutes=minutes))


def by_argo(name: str, minutes: int = 30) -> str:
    """With the options that Argo CD has for `ServerSideApply=true`."""
    return kubectl("apply", *ARGO, "-f", "-", stdin=MANIFEST.format(name=name, minutes=minutes))


CLONES: dict[str, Apply] = {"by-kubectl": by_kubectl, "by-argo": by_argo}
WITH_SECRET = "by-argo"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Both clones, ready; in the end deleted by kubectl, and everything is as it was."""
    before, cluster = inventory.everything(), Cluster()
    with scaled(CONTROLLER, 2):
        cluster.create_secret(WITH_SECRET, **{key.replace("-", "_"): value for key, value in GIVEN.items()})
        for name, apply in CLONES.items():
            apply(name)
        try:
            eventually(lambda: {cluster.phase(name) for name in CLONES} == {"Ready"}, READY_SECONDS, "both are ready")
            yield cluster
        finally:
            kubectl("delete", "wordpressclones", *CLONES, "-n", NAMESPACE, "--ignore-not-found", timeout=180)
        eventually(lambda: inventory.everything() <= before, 60, "nothing is left")


def as_it_is(name: str) -> tuple[Any, Any, dict[str, str]]:
    """What must not change by an apply that changes nothing: specification, pods, Secret."""
    found = get("wordpressclones", name, "-n", NAMESPACE)
    pods = get("pods", "-n", NAMESPACE, "-l", f"wordpressclones.kro.run/name={name}")
    assert found is not None
    assert pods is not None
    named = [(pod["metadata"]["uid"], pod["status"]["containerStatuses"][0]["restartCount"]) for pod in pods["items"]]
    return found["metadata"]["generation"], named, rows.read_secret(NAMESPACE, f"{name}-secret")


@pytest.mark.parametrize("name", CLONES)
def test_it_answers_and_is_told_of(cluster: Cluster, visitor: httpx.Client, name: str) -> None:
    url = cluster.get(name).url
    assert "</html>" in front_page(visitor, url).text
    assert "MadeWhole" in cluster.events(name)


@pytest.mark.parametrize("name", CLONES)
def test_applied_twice_nothing_changes(cluster: Cluster, name: str) -> None:
    before = as_it_is(name)
    CLONES[name](name)
    CLONES[name](name)
    assert as_it_is(name) == before


def by_hand(name: str, minutes: int) -> str:
    change = f'{{"spec":{{"ttlMinutes":{minutes}}}}}'
    return kubectl("patch", "wordpressclones", name, "-n", NAMESPACE, "--type=merge", "-p", change)


@pytest.mark.parametrize("name", CLONES)
def test_edited_it_lives_on_with_its_new_time(cluster: Cluster, name: str) -> None:
    """By hand, and then by who had applied it: each has its way, and no pod is replaced."""
    _, pods, secret = as_it_is(name)
    for edit, minutes in ((by_hand, 45), (CLONES[name], 60)):
        edit(name, minutes)
        assert cluster.get(name).ttl_minutes == minutes
        eventually(partial(shows_its_end, cluster, name), 60, "the status has the new end")
    assert as_it_is(name)[1:] == (pods, secret)


def shows_its_end(cluster: Cluster, name: str) -> bool:
    """Whether the status tells when the object expires."""
    found = get("wordpressclones", name, "-n", NAMESPACE)
    return found is not None and found["status"]["expiresAt"] == f"{cluster.get(name).expires_at:%Y-%m-%dT%H:%M:%SZ}"


def test_without_a_secret_one_is_made(cluster: Cluster) -> None:
    made = rows.read_secret(NAMESPACE, "by-kubectl-secret")
    assert {"db-password", "wp-admin-password", "api-key"} <= made.keys()
    assert all(made.values())
    assert not made.keys() & {"source-key", "source-session"}


def test_the_users_own_secret_is_honoured(cluster: Cluster) -> None:
    kept = rows.read_secret(NAMESPACE, f"{WITH_SECRET}-secret")
    assert GIVEN.items() <= kept.items()
    assert kept["api-key"], "and what it lacked was added"
    with rows.clone_database(WITH_SECRET) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT user_login FROM wp_users")  # the account lets in who has this password
        assert cursor.fetchall()
