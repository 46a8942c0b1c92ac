"""The local cluster as its users see it: the facade over the ingress, kubectl, the demo source by its host name."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
import pytest

from local import checks
from local.demo import FACADE, SOURCE
from local.settings import BUILD
from tests.cluster import inventory
from tests.cluster.world import World, build_world, local_settings

POLL_SECONDS = 0.25
#: For clones made many at once, on two cores, beside whatever else the cluster does.
READY_SECONDS = 240.0
TRIES = 3
Found = TypeVar("Found")


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long test_soak.py goes on, and whether it repeats a former run."""
    parser.addoption("--cycles", type=int, default=30, help="how many clones are made and deleted under faults")
    parser.addoption("--seed", type=int, default=1, help="decides what fails when; each makes another run")


def eventually(probe: Callable[[], Found | None], seconds: float, what: str) -> Found:
    """The first true value of `probe`, asked for again until `seconds` have passed."""
    deadline = time.monotonic() + seconds
    while not (found := probe()):
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(POLL_SECONDS)
    return found


def front_page(visitor: httpx.Client, url: str) -> httpx.Response:
    """A clone's first page, once it answers: the ingress looks for new sites twice a second."""

    def asked() -> httpx.Response | None:
        answer = visitor.get(f"{url}/")
        return answer if answer.status_code == httpx.codes.OK else None

    return eventually(asked, 60, f"{url}/ answers")


@dataclass(frozen=True)
class Facade:
    """The facade over the ingress, with the local cluster's token."""

    http: httpx.Client

    def order(self, source: dict[str, Any], **body: Any) -> httpx.Response:
        """POST /clone and wait for its answer."""
        return self.http.post("/clone", json={"source": source, **body}, timeout=70)

    def ready(self, source: dict[str, Any], **body: Any) -> dict[str, Any]:
        """POST /clone, followed to its end where that takes longer than a call may; the clone as GET shows it."""
        answer = self.order(source, **body)
        assert answer.is_success, answer.text
        return self.await_ready(answer.json()["name"])

    def await_ready(self, name: str) -> dict[str, Any]:
        """GET /clones/{name}, once the clone is ready."""
        eventually(lambda: self.view(name)["phase"] == "Ready", READY_SECONDS, f"{name} is ready")
        return self.view(name)

    def order_async(self, source: dict[str, Any], **body: Any) -> str:
        """POST /clone with `Prefer: respond-async`; returns the clone's name from the Location."""
        answer = self.http.post("/clone", json={"source": source, **body}, headers={"Prefer": "respond-async"})
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        return answer.headers["Location"].rpartition("/")[2]

    def view(self, name: str) -> dict[str, Any]:
        """GET /clones/{name}."""
        answer = self.http.get(f"/clones/{name}")
        assert answer.status_code == httpx.codes.OK, answer.text
        view: dict[str, Any] = answer.json()
        return view

    def remove(self, name: str) -> None:
        """DELETE /clones/{name} and wait until it is unknown."""
        assert self.http.delete(f"/clones/{name}", timeout=60).status_code in {202, 204}
        eventually(lambda: self.http.get(f"/clones/{name}").status_code == httpx.codes.NOT_FOUND, 60, f"{name} is gone")


@pytest.fixture(scope="session")
def token() -> str:
    """The local cluster's API token."""
    return (BUILD / "token").read_text().strip()


@pytest.fixture(scope="session")
def facade(token: str) -> Iterator[Facade]:
    """The facade, authenticated."""
    with httpx.Client(base_url=FACADE, headers={"Authorization": f"Bearer {token}"}, timeout=30) as http:
        yield Facade(http)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Cluster, database server and source through the project's own adapters, from the outside."""
    with local_settings(tmp_path_factory.mktemp("settings")) as settings:
        yield build_world(settings)


@pytest.fixture(scope="session")
def accounts() -> dict[str, str]:
    """Passwords of the demo source's administrator and editor."""
    loaded: dict[str, str] = json.loads((BUILD / "demo-source.json").read_text())
    return loaded


@pytest.fixture(scope="session")
def source(accounts: dict[str, str]) -> dict[str, str]:
    """The demo source as `POST /clone` wants it."""
    return {"url": SOURCE, "username": "siteowner", "password": accounts["admin-password"]}


@pytest.fixture(scope="session")
def visitor() -> Iterator[httpx.Client]:
    """An anonymous visitor of source and clones."""
    with httpx.Client(timeout=30) as http:
        yield http


@pytest.fixture(scope="session")
def clone(facade: Facade, source: dict[str, str]) -> Iterator[dict[str, Any]]:
    """One clone of the demo source for all tests that only look."""
    with made(facade, source) as body:
        yield body


@contextmanager
def made(facade: Facade, source: dict[str, str]) -> Iterator[dict[str, Any]]:
    """A clone of the demo source, deleted at the end of the block; gives the facade's answer, of a call that waited."""
    for _ in range(TRIES):
        answer = facade.order(source, ttl_minutes=600)
        if answer.status_code != httpx.codes.ACCEPTED:
            break
        # Not before: a source under such load may not answer when its key is to be taken back, which then outlives it.
        facade.remove(facade.await_ready(answer.json()["name"])["name"])
    assert answer.status_code == httpx.codes.OK, answer.text
    body: dict[str, Any] = answer.json()
    try:
        yield body
    finally:
        facade.remove(body["name"])


@pytest.fixture(scope="session")
def original(visitor: httpx.Client) -> checks.Site:
    """The demo source as a visitor sees it."""
    return checks.Site(SOURCE, visitor)


@pytest.fixture(scope="session")
def copy(clone: dict[str, Any], visitor: httpx.Client) -> checks.Site:
    """The shared clone as a visitor sees it."""
    return checks.Site(clone["clone_url"], visitor)


@pytest.fixture
def nothing_left() -> Callable[[], None]:
    """Counts before the test; the function that it gives fails unless all is as before within 30 s."""
    before = inventory.everything()

    def check() -> None:
        left: set[str] = set()
        deadline = time.monotonic() + 30
        while left := inventory.everything() - before:
            assert time.monotonic() < deadline, f"left behind: {sorted(left)}"

    return check
