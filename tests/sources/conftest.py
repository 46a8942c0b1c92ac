"""Each site is started, cloned once through `POST /clone`, and looked at from all sides."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from local import rows
from local.kubectl import kubectl
from tests.cluster.conftest import Facade, eventually, facade, token, visitor
from tests.cluster.inventory import NAMESPACE
from tests.sources.running import RunningSite, running
from tests.sources.sites import ALL, ENDS, SourceSite

__all__ = ["facade", "token", "visitor"]

CLONE_SECONDS = 300


def pytest_addoption(parser: pytest.Parser) -> None:
    """Whether there is time for the generations in between."""
    parser.addoption("--all-sources", action="store_true", help="all generations of sites, not the oldest and newest")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test runs for every site, one site after the other."""
    if "site" in metafunc.fixturenames:
        sites = ALL if metafunc.config.getoption("--all-sources", default=False) else ENDS
        metafunc.parametrize("site", sites, ids=lambda site: site.name, scope="module", indirect=True)


@dataclass(frozen=True)
class Clone:
    """A clone that is ready."""

    name: str
    url: str
    report: dict[str, Any]
    http: httpx.Client

    def page(self, path: str) -> str:
        """A page of the clone, by its path below the clone's URL."""
        answer = self.http.get(self.url + path, follow_redirects=True)
        assert answer.status_code == httpx.codes.OK, f"{path}: {answer.status_code}"
        assert str(answer.url).startswith(self.url)
        return answer.text

    def run(self, *command: str) -> str:
        """The output of a command in the web server's container."""
        return kubectl("exec", "-n", NAMESPACE, f"deploy/{self.name}", "-c", "wordpress", "--", *command)


@pytest.fixture(scope="module")
def site(request: pytest.FixtureRequest) -> SourceSite:
    """What the site is."""
    found: SourceSite = request.param
    return found


@pytest.fixture(scope="module")
def source(site: SourceSite) -> Iterator[RunningSite]:
    """The site."""
    with running(site) as found:
        yield found


@pytest.fixture(scope="module")
def before(source: RunningSite) -> dict[str, int]:
    """Rows of every table of the source before it is cloned; its theme makes a post or two for its first visitor."""
    source.page(f"{source.site.home_url}/")
    return source.counts()


@pytest.fixture(scope="module")
def clone(source: RunningSite, before: dict[str, int], facade: Facade, visitor: httpx.Client) -> Iterator[Clone]:
    """Its clone."""
    name = facade.order_async(source.source, ttl_minutes=60)
    try:
        view = eventually(lambda: ended(facade, name), CLONE_SECONDS, f"the clone of {source.site.name} is ready")
        assert view
        assert view["phase"] == "Ready", view
        yield Clone(name, view["clone_url"], report_of(name), visitor)
    finally:
        facade.remove(name)


def ended(facade: Facade, name: str) -> dict[str, Any] | None:
    """The clone as the facade shows it, once it is ready or has failed."""
    view = facade.view(name)
    return view if view["phase"] in ("Ready", "Failed", "Lost") else None


def report_of(name: str) -> dict[str, Any]:
    """The engine's report."""
    with rows.clone_database(name) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT report FROM `_migrator_report`")
        (text,) = cursor.fetchone() or ("{}",)
    found: dict[str, Any] = json.loads(text)
    return found
