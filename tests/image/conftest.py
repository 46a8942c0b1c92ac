"""A web server with a few files, and real clones behind a balancer, for all tests in this folder."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.database.server import HOST_NAME, answering_server
from tests.engine.certificates import write_certificates
from tests.engine.containers import network
from tests.image.balancer import running_balancer
from tests.image.clones import Clone, Stage, running_clone
from tests.image.site import running_site, write_site


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site's files on the host."""
    folder: Path = tmp_path_factory.mktemp("site")
    folder.chmod(0o755)
    write_site(folder)
    return folder


@pytest.fixture(scope="session")
def site(folder: Path) -> Iterator[httpx.Client]:
    """A client of the running container."""
    with running_site(folder) as client:
        yield client


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A network with a database server that answers, and a balancer."""
    folder: Path = tmp_path_factory.mktemp("stage")
    write_certificates(folder / "tls")
    (folder / "database").mkdir()
    with network() as joined, running_balancer(folder / "tls") as balancer:
        options = [f"--network={joined}", f"--network-alias={HOST_NAME}"]
        with answering_server(folder / "database", options) as server:
            yield Stage(joined, server, balancer, folder / "tls" / "ca.crt")


@pytest.fixture(scope="session")
def clone(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    """A clone, which tests may change but must leave working."""
    with running_clone(stage, tmp_path_factory.mktemp("clone") / "site", SOURCE) as running:
        yield running


@pytest.fixture(scope="session")
def second(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    """Another clone on the same host, closed to visitors."""
    with running_clone(stage, tmp_path_factory.mktemp("second") / "site", {"CLONE_ACCESS": "gated"}) as running:
        yield running


SOURCE = {"SOURCE_URL": "https://shop.example.org", "EXPIRES_AT": "2099-01-01T00:00:00Z", "ALLOW_HOSTS": "sink"}
