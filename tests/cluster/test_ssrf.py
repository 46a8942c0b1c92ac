"""Nobody gets the service to open what only it can reach: not through the facade, not by an object, not by a redirect.

A listener in the cluster, which the proxy's network policy would let through, never hears anything; and of all other
targets the facade itself or the cluster's API would answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from local import rows
from local.errors import CommandFailed
from local.kubectl import apply, get, kubectl
from tests.cluster.conftest import Facade, eventually
from tests.cluster.inventory import NAMESPACE
from tests.cluster.outside import LISTENER, STAND_IN, Listener, running_listener
from tests.cluster.test_sealed import reach

pytestmark = pytest.mark.cluster

NOBODY = {"username": "nobody", "password": "not a password of anybody"}
KEY = "cm_0123456789abcdef_" + "5" * 64
AT_ONCE = 4

OCTAL = "http://0177.0.0.1/"  # the facade's HTTP library takes it for no URL, others for the loopback
PRIVATE = [
    "http://127.0.0.1:8000/",
    "http://127.1/",
    "http://127.255.255.254/",
    "http://0.0.0.0/",
    "http://0/",
    "http://localhost:3128/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    OCTAL,
    "http://017700000001/",
    "http://10.0.0.1/",
    "http://10.96.0.1/",
    "https://10.96.0.1:443/api",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/iam",
    "http://2852039166/latest/meta-data",
    "http://169.254.170.23/v1/credentials",
    "http://192.0.0.192/opc/v2",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:10.96.0.1]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[64:ff9b::a60:1]/",
    "http://[2002:a60:1::]/",
    "http://[fd00:ec2::254]/",
    "http://[fe80::1]/",
    "http://[ff02::1]/",
    "https://kubernetes.default.svc/",
    "http://kubernetes.default.svc.cluster.local/",
    "http://clone-api.wordpress-clone.svc/health",
    "http://clone-api.test:8080/health",
    "http://egress-proxy.wordpress-clone.svc:3128/",
    f"http://{LISTENER}/",
    f"https://{LISTENER}/",
]
"""To loopback, link-local, private and reserved addresses, in all spellings, and by names that answer with such."""

REDIRECTS = [
    f"http://{STAND_IN}/to/{target}"
    for target in (
        f"http://{LISTENER}/",
        f"https://{LISTENER}/",
        f"http://{STAND_IN}/to/http://{STAND_IN}/to/http://{LISTENER}/",
        "http://10.96.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://2130706433:8000/",
        "http://[::ffff:10.96.0.1]/",
        "http://clone-api.wordpress-clone.svc/health",
    )
]
"""Of a site that may be asked, to those that may not."""

NOT_ADMITTED = [
    "http://user:password@example.com/",
    f"http://example.com@{LISTENER}/",
    f"http://{LISTENER}#@example.com/",
    f"http://{LISTENER}?@example.com/",
    f"http://example.com\\@{LISTENER}/",
    "ftp://10.96.0.1/",
    "file:///etc/passwd",
    "gopher://10.96.0.1:3306/_",
    "http://",
    "//10.96.0.1/",
    "http://10.96.0.1 /",
    "http://①②⑦.⓪.⓪.①/",
    "http://[::1%25eth0]/",
    "http://example.com:0x50/",
]
"""URLs that the API server refuses, whatever they lead to."""

OBJECTS = {
    "ssrf-by-name": f"http://{LISTENER}",
    "ssrf-by-number": "http://2852039166/latest",
    "ssrf-by-mapped": "https://[::ffff:10.96.0.1]",
    "ssrf-by-service": "https://kubernetes.default.svc",
    "ssrf-by-redirect": f"http://{STAND_IN}/to/http://{LISTENER}",
}
"""Objects that are admitted, and what they want to copy."""


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    """Whom nobody may reach."""
    with running_listener() as running:
        yield running


@pytest.fixture(scope="module")
def objects(listener: Listener) -> Iterator[dict[str, str]]:
    """The objects, each with a key as its source's owner would have made it; made at once, for they take their time."""
    items = [*map(secret, OBJECTS), *(wanted(name, url) for name, url in OBJECTS.items())]
    apply(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    yield OBJECTS
    kubectl("delete", "wordpressclones", "-n", NAMESPACE, *OBJECTS, "--ignore-not-found", "--timeout=180s")


def secret(name: str) -> dict[str, Any]:
    """What the user of an object makes before it."""
    metadata = {"name": f"{name}-secret", "namespace": NAMESPACE}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": {"source-key": KEY}}


def wanted(name: str, url: str) -> dict[str, Any]:
    """An object that wants to copy a URL."""
    metadata = {"name": name, "namespace": NAMESPACE}
    spec = {"ttlMinutes": 30, "source": {"url": url}}
    return {"apiVersion": "kro.run/v1alpha1", "kind": "WordPressClone", "metadata": metadata, "spec": spec}


def test_the_facade_refuses_them_all(objects: dict[str, str], facade: Facade, listener: Listener) -> None:
    """The objects of another test are made meanwhile."""

    def code(url: str) -> str:
        answer = facade.order({"url": url, **NOBODY})
        return f"{answer.status_code} {answer.json()['code']}"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        said = dict(zip([*PRIVATE, *REDIRECTS], pool.map(code, [*PRIVATE, *REDIRECTS]), strict=True))
    refused = {"422 SOURCE_ADDRESS_REFUSED", "422 INVALID_REQUEST"}
    assert said.pop(OCTAL) in refused | {"422 SOURCE_NOT_FOUND"}
    assert {url: answer for url, answer in said.items() if answer not in refused} == {}
    assert sum(answer == "422 SOURCE_ADDRESS_REFUSED" for answer in said.values()) >= len(said) * 3 // 4
    assert listener.connections() == []


@pytest.mark.parametrize("url", NOT_ADMITTED)
def test_the_api_server_refuses_what_is_no_sites_url(url: str) -> None:
    with pytest.raises(CommandFailed) as refused:
        kubectl("create", "--dry-run=server", "-f", "-", stdin=json.dumps(wanted("ssrf-not-admitted", url)))
    assert "spec.source.url" in refused.value.output


def test_an_objects_import_ends_with_a_clear_code(objects: dict[str, str], listener: Listener) -> None:
    def ended() -> dict[str, tuple[str, str]]:
        found = (get("wordpressclones", f"--namespace={NAMESPACE}") or {})["items"]
        status = {item["metadata"]["name"]: item.get("status", {}) for item in found}
        return {name: (status[name].get("phase", ""), status[name].get("code", "")) for name in objects}

    eventually(lambda: all(phase == "Failed" for phase, _ in ended().values()), 240, "all imports have failed")
    refused = ("Failed", "SOURCE_ADDRESS_REFUSED")
    elsewhere = ("Failed", "SOURCE_AGENT_MISSING")  # a redirect to another host is not followed at all
    assert ended() == dict.fromkeys(objects, refused) | {"ssrf-by-redirect": elsewhere}
    assert listener.connections() == []


def test_an_imports_credential_opens_no_private_address(
    objects: dict[str, str], clone: dict[str, Any], listener: Listener
) -> None:
    """From inside of a pod, with what an attacker would have who had got hold of the credentials of all imports."""
    for name, url in objects.items():
        password = eventually(partial(egress_password, name), 60, f"the Secret of {name} is whole")
        credential = {"EGRESS_USER": f"{name}.import", "EGRESS_PASSWORD": password}
        own = f"{url}/" if name != "ssrf-by-redirect" else f"http://{LISTENER}/"
        assert set(reach(clone["name"], own, *PRIVATE[:12], **credential).values()) == {403}
    assert listener.connections() == []


def egress_password(name: str) -> str:
    """Password of an import at the proxy; "" while the controller has not made it."""
    return rows.read_secret(NAMESPACE, f"{name}-secret").get("egress-import-password", "")
