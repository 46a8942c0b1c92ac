"""Every example of the bundle becomes a clone that answers as it says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import yaml

from local import rows
from local.kubectl import apply, get, kubectl
from local.settings import HTTP_PORT, ROOT
from tests.cluster import ack, inventory
from tests.cluster.conftest import READY_SECONDS, eventually
from tests.cluster.inventory import NAMESPACE

pytestmark = pytest.mark.cluster

FILES = {file.stem: file for file in sorted((ROOT / "kro" / "examples").glob("*.yaml"))}
COPY, COPIED, OWN_SERVER = "from-source", "empty-site", "dedicated-database"

Answers = dict[str, str]


def example(name: str) -> dict[str, Any]:
    """The example's one object."""
    (found,) = yaml.safe_load_all(FILES[name].read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


OBJECTS = {name: example(name)["metadata"]["name"] for name in FILES}


@pytest.fixture(scope="module")
def running() -> Iterator[None]:
    """All examples at once, but for the copy, whose source is one of them."""
    for name in FILES.keys() - {COPY}:
        kubectl("apply", "-f", str(FILES[name]))
    try:
        ack.make_server(OBJECTS[OWN_SERVER])
        await_ready(COPIED)
        apply_copy()
        yield
    finally:
        server = get("dbinstance", OBJECTS[OWN_SERVER], f"--namespace={NAMESPACE}")
        names = list(OBJECTS.values())
        kubectl("delete", "wordpressclones", *names, "-n", NAMESPACE, "--ignore-not-found", timeout=300)
        if server is not None:
            ack.remove_server(server["spec"])


def apply_copy() -> None:
    """What the example's comment says, with a site of ours as the source."""
    key = rows.read_secret(NAMESPACE, f"{OBJECTS[COPIED]}-secret")["api-key"]
    made = {"apiVersion": "v1", "kind": "Secret", "stringData": {"source-key": key}}
    apply(json.dumps(made | {"metadata": {"name": f"{OBJECTS[COPY]}-secret", "namespace": NAMESPACE}}))
    manifest = example(COPY)
    manifest["spec"]["source"]["url"] = clone(COPIED)["status"]["url"]
    apply(json.dumps(manifest))


def clone(name: str) -> dict[str, Any]:
    """The example's object as it is."""
    found = get("wordpressclones", OBJECTS[name], f"--namespace={NAMESPACE}")
    assert found is not None
    return found


def await_ready(name: str) -> None:
    """Wait until the example is ready; one that failed says why."""

    def ready() -> bool:
        status = clone(name).get("status", {})
        assert status.get("phase") not in {"Failed", "Lost"}, status
        return bool(status.get("phase") == "Ready")

    eventually(ready, READY_SECONDS, f"the example {name} is ready")


def ask(name: str, path: str = "/") -> httpx.Response:
    """GET from the clone, over the ingress, whether or not this machine knows its host name."""
    url = httpx.URL(clone(name)["status"]["url"] + path)
    here = url.copy_with(host="127.0.0.1", port=HTTP_PORT)
    return httpx.get(here, headers={"Host": f"{url.host}:{HTTP_PORT}"}, timeout=60)


def a_site(name: str) -> None:
    """It has a front page, and links to itself."""
    eventually(lambda: ask(name).status_code == httpx.codes.OK, 60, f"the front page of {name}")
    page = ask(name).text
    assert "</html>" in page
    assert f"{clone(name)['status']['url']}/wp-json/" in page


def a_closed_site(name: str) -> None:
    """Pages lead to the login, which answers; files are refused."""
    eventually(lambda: ask(name, "/wp-login.php").status_code == httpx.codes.OK, 60, "the login page")
    front = ask(name)
    assert front.status_code == httpx.codes.FOUND
    assert "/wp-login.php?" in front.headers["Location"]
    assert ask(name, "/wp-content/mu-plugins/0-wordpress-clone.php").status_code == httpx.codes.FORBIDDEN


def a_site_on_a_volume(name: str) -> None:
    a_site(name)
    volume = get("persistentvolumeclaim", OBJECTS[name], f"--namespace={NAMESPACE}")
    assert volume is not None
    assert volume["status"]["phase"] == "Bound"


def a_site_on_its_own_server(name: str) -> None:
    a_site(name)
    assert clone(name)["status"]["databaseHost"] == ack.HOST
    assert "user/wp_dedicated_database" not in inventory.databases(), "nothing of it was made on the shared server"


def a_site_at_the_root(name: str) -> None:
    a_site(name)
    assert clone(name)["status"]["url"].endswith(f"//{OBJECTS[name]}.clone-sites.test:{HTTP_PORT}")
    assert ask(name, "/wp-admin/").headers["Location"].startswith(clone(name)["status"]["url"] + "/wp-login.php?")


def a_site_on_php_74(name: str) -> None:
    a_site(name)
    deployment = f"deployment/{OBJECTS[name]}"
    program = ("php", "-r", "echo PHP_VERSION;")
    assert kubectl("exec", "-n", NAMESPACE, deployment, "-c", "wordpress", "--", *program).startswith("7.4.")


CHECKS: dict[str, Callable[[str], None]] = {
    "dedicated-database": a_site_on_its_own_server,
    "empty-site": a_site,
    "from-source": a_site,
    "gated": a_closed_site,
    "host-mode": a_site_at_the_root,
    "persistent": a_site_on_a_volume,
    "php74": a_site_on_php_74,
}


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("name", FILES)
def test_the_example_is_ready_and_answers(name: str) -> None:
    await_ready(name)
    CHECKS[name](name)
