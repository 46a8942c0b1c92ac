"""One clone of the demo source, looked at from every side that a user has."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from local import checks, rows
from local.demo import addresses, public_totals
from local.kubectl import kubectl
from migrator.remote import RemoteSite
from tests.cluster.inventory import NAMESPACE

pytestmark = pytest.mark.cluster


def test_answer_has_the_fields_of_the_contract(clone: dict[str, Any]) -> None:
    assert clone["success"] is True
    assert clone["wordpress_username"] == "admin"
    assert len(clone["wordpress_password"]) >= 20
    assert clone["clone_url"].endswith("/" + clone["name"])
    assert clone["api_key"].startswith("cm_")
    assert set(clone) >= {"name", "clone_url", "target_url", "expires_at", "message", "timings"}


def test_kubectl_shows_url_phase_and_expiry(clone: dict[str, Any]) -> None:
    heading, *lines = kubectl("get", "wordpressclones", "-n", NAMESPACE).splitlines()
    assert heading.split() == ["NAME", "URL", "PHASE", "EXPIRES", "AGE"]
    mine = next(line.split() for line in lines if line.startswith(clone["name"]))
    assert mine[1] == clone["clone_url"]
    assert mine[2] == "Ready"
    assert mine[3][:4].isdigit()


def test_kro_made_the_parts(clone: dict[str, Any]) -> None:
    name = clone["name"]
    for kind in ("deployment", "service", "ingress", "networkpolicy"):
        part = json.loads(kubectl("get", kind, name, "-n", NAMESPACE, "-o", "json", "--show-managed-fields"))
        managers = {field["manager"] for field in part["metadata"]["managedFields"]}
        assert "kro.run/applyset" in managers, f"{kind} was made by {managers}"


def test_front_page(original: checks.Site, copy: checks.Site) -> None:
    checks.same_front_page(original, copy)


def test_posts(original: checks.Site, copy: checks.Site) -> None:
    assert checks.same_posts(original, copy, 25) == 25


def test_pictures(original: checks.Site, copy: checks.Site) -> None:
    assert checks.same_pictures(original, copy, 10) > 100_000


def test_totals(original: checks.Site, copy: checks.Site) -> None:
    totals = public_totals(original, copy)
    assert totals["posts"] + totals["pages"] == 300
    assert totals["media"] == 200


def test_rows(clone: dict[str, Any]) -> None:
    assert rows.compare(clone["name"]) > 1000


def test_no_link_to_the_source(original: checks.Site, copy: checks.Site) -> None:
    assert checks.no_link_to_source(original, copy, addresses(copy)) >= 11


def test_no_source_address_in_any_table(clone: dict[str, Any]) -> None:
    """Every text column of every table, asked of the server; `guid` keeps its value, as WordPress wants it."""
    assert rows.places_of(clone["name"], "demo-source.test") == []


@pytest.mark.parametrize("path", ["/", "", "/wp-json/", "/wp-login.php", "/?rest_route=/"])
def test_answers_under_its_path(copy: checks.Site, path: str) -> None:
    copy.page(copy.url + path)


def test_admin_leads_to_the_clones_own_login(copy: checks.Site, visitor: httpx.Client) -> None:
    answer = visitor.get(copy.url + "/wp-admin/")
    assert answer.status_code == httpx.codes.FOUND
    assert answer.headers["Location"].startswith(copy.url + "/wp-login.php")


def test_outside_of_the_path_is_nothing(copy: checks.Site, visitor: httpx.Client) -> None:
    root = copy.url.rpartition("/")[0]
    assert visitor.get(root + "/").status_code == httpx.codes.NOT_FOUND


def test_not_to_be_indexed(copy: checks.Site) -> None:
    assert "noindex" in copy.page(copy.url + "/").headers["X-Robots-Tag"]


def test_the_clones_key_opens_its_own_agent(clone: dict[str, Any], visitor: httpx.Client) -> None:
    site = RemoteSite.open(clone["clone_url"], clone["api_key"], client=visitor).hello()
    assert site.wordpress.home == clone["clone_url"]


def test_credentials_can_be_asked_for_again(clone: dict[str, Any], facade: Any) -> None:
    answer = facade.http.get(f"/clones/{clone['name']}/credentials")
    assert answer.json()["wordpress_password"] == clone["wordpress_password"]


def test_seconds_of_each_phase(clone: dict[str, Any]) -> None:
    assert set(clone["timings"]) >= {"discover", "login", "database", "object", "import", "probe", "total"}
