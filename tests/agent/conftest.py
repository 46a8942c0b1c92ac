"""Hosts for all tests in this folder; a site that they share, and new ones for those that change it."""

import shutil
from collections.abc import Callable, Iterator

import pytest

from tests.agent.hosts import KINDS, Hosts, running_hosts
from tests.agent.wordpress import WordPress

MakeSite = Callable[[str], WordPress]


@pytest.fixture(scope="session")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    """Both hosts."""
    with running_hosts(tmp_path_factory.mktemp("agent")) as running:
        yield running


@pytest.fixture
def make_site(hosts: Hosts) -> Iterator[MakeSite]:
    """Makes sites, of a kind that WordPress() takes."""
    made: list[WordPress] = []

    def make(kind: str) -> WordPress:
        made.append(WordPress(hosts, kind))
        return made[-1]

    yield make
    for site in made:
        hosts.server.drop(site.account)
        shutil.rmtree(site.root)


@pytest.fixture(scope="session")
def site(hosts: Hosts) -> WordPress:
    """A site with the agent, which stays: it has a standing key."""
    shared = WordPress(hosts)
    shared.new_key()
    return shared


@pytest.fixture(params=KINDS)
def host(request: pytest.FixtureRequest) -> str:
    """One of the hosts, each in its turn."""
    return str(request.param)
