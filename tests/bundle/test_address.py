"""Where clones answer: by a path below their shard's host name, or at a host name of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kro.render import Kind
from tests.bundle.kubectl import kubectl, read
from tests.bundle.throwaway import NAMESPACE, clone

pytestmark = pytest.mark.cluster

HOST, SHARD = "bundle-host", "bundle-shard"
SPECS = {HOST: {"mode": "host"}, SHARD: {"shard": 2}}


@pytest.fixture(scope="module")
def made(local_kind: Kind) -> Iterator[Kind]:
    """The kind, with one clone that has a host name and one on another shard."""
    kubectl("apply", "-f", "-", objects=[clone(local_kind, name, ingress=ingress) for name, ingress in SPECS.items()])
    for name in SPECS:
        kubectl("wait", local_kind.plural, name, "-n", NAMESPACE, "--for=jsonpath={.status.phase}", "--timeout=30s")
    yield local_kind
    kubectl("delete", local_kind.plural, *SPECS, "-n", NAMESPACE, "--timeout=60s")


def address(kind: Kind, name: str) -> dict[str, Any]:
    """The clone's URL as status and pod have it, its path, and its Ingress's host and path."""
    (rule,) = read("ingress", name, "-n", NAMESPACE)["spec"]["rules"]
    data = read("configmap", f"{name}-config", "-n", NAMESPACE)["data"]
    return {
        "status": read(kind.plural, name, "-n", NAMESPACE)["status"]["url"],
        "pod": (data["CLONE_URL"], data["CLONE_PATH"], data["SITE_ROOT"]),
        "ingress": (rule["host"], rule["http"]["paths"][0]["path"]),
    }


def test_a_host_name_of_its_own(made: Kind) -> None:
    url = f"http://{HOST}.clone-sites.test:8080"
    assert address(made, HOST) == {
        "status": url,
        "pod": (url, "", f"/var/www/html/{HOST}"),
        "ingress": (f"{HOST}.clone-sites.test", "/"),
    }


def test_another_shard(made: Kind) -> None:
    url = f"http://s2.clone-sites.test:8080/{SHARD}"
    assert address(made, SHARD) == {
        "status": url,
        "pod": (url, f"/{SHARD}", f"/var/www/html/{SHARD}"),
        "ingress": ("s2.clone-sites.test", f"/{SHARD}"),
    }
