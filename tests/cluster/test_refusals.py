"""What the facade refuses: each with its own code and sentence, and nothing left behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from local.demo import FACADE, SOURCE
from tests.cluster.conftest import Facade, eventually

pytestmark = pytest.mark.cluster

NOBODY = {"username": "nobody", "password": "not a password of anybody"}


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem document, after a look at its form."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    problem: dict[str, Any] = answer.json()
    assert problem["code"] == code
    assert len(problem["detail"]) > 20, "a sentence, not a word"
    return problem


def test_wrong_password(facade: Facade, nothing_left: Callable[[], None]) -> None:
    source = {"url": SOURCE, "username": "siteowner", "password": "surely wrong"}
    problem = refused(facade.order(source), 401, "AUTH_FAILED")
    assert "surely wrong" not in str(problem)
    nothing_left()


def test_not_an_administrator(facade: Facade, accounts: dict[str, str], nothing_left: Callable[[], None]) -> None:
    source = {"url": SOURCE, "username": "redaktion", "password": accounts["editor-password"]}
    refused(facade.order(source), 403, "NOT_ADMIN")
    nothing_left()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://s1.clone-sites.test:8080/", "WRONG_URL"),
        (FACADE, "SOURCE_ADDRESS_REFUSED"),
        ("http://no-such-host.invalid", "SOURCE_NOT_FOUND"),
        ("http://127.0.0.1:8000", "SOURCE_ADDRESS_REFUSED"),
        ("http://10.96.0.1", "SOURCE_ADDRESS_REFUSED"),
        ("http://169.254.169.254/latest/meta-data", "SOURCE_ADDRESS_REFUSED"),
        ("http://[::ffff:10.96.0.1]/", "SOURCE_ADDRESS_REFUSED"),
        ("http://mysql.database.svc:3306", "SOURCE_ADDRESS_REFUSED"),
        ("http://web.demo-source.svc:8080", "SOURCE_ADDRESS_REFUSED"),
    ],
)
def test_wrong_source(facade: Facade, nothing_left: Callable[[], None], url: str, code: str) -> None:
    refused(facade.order({"url": url, **NOBODY}), 422, code)
    nothing_left()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"ttl_minutes": 0}, "ttl_minutes"),
        ({"ttl_minutes": 10081}, "ttl_minutes"),
        ({"ttl_minutes": "soon"}, "ttl_minutes"),
        ({"colour": "green"}, "colour"),
    ],
)
def test_wrong_field(facade: Facade, nothing_left: Callable[[], None], body: dict[str, Any], field: str) -> None:
    problem = refused(facade.order({"url": SOURCE, **NOBODY}, **body), 422, "INVALID_REQUEST")
    assert field in str(problem["errors"])
    nothing_left()


def test_unknown_source_field(facade: Facade) -> None:
    problem = refused(facade.order({"url": SOURCE, **NOBODY, "pasword": "x"}), 422, "INVALID_REQUEST")
    assert "pasword" in str(problem["errors"])


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_no_token(method: str) -> None:
    path = "/clone" if method == "POST" else "/clones/some-name"
    refused(httpx.request(method, FACADE + path), 401, "UNAUTHENTICATED")


def test_unknown_clone(facade: Facade) -> None:
    refused(facade.http.get("/clones/no-such-clone"), 404, "NOT_FOUND")


def test_failed_preparation_says_where_and_why(facade: Facade, nothing_left: Callable[[], None]) -> None:
    name = facade.order_async({"url": SOURCE, "username": "siteowner", "password": "surely wrong"})
    view = eventually(lambda: (v := facade.view(name))["phase"] == "Failed" and v, 120, "the failure is told")
    assert view["code"] == "AUTH_FAILED"
    assert view["step"]
    assert "password" in view["message"]
    facade.remove(name)
    nothing_left()
