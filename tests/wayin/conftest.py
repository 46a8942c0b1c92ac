"""One WordPress for all tests in this folder; each finds it as new."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from local import packages
from tests.browser.server import browser_server
from tests.engine.harness import Bench
from tests.engine.web import copy_core
from tests.wayin.web import running_web
from tests.wayin.wordpress import WordPress


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Database servers and their network."""
    with ExitStack() as stack:
        yield Bench(stack, tmp_path_factory.mktemp("wayin"))


@pytest.fixture(scope="session")
def made(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WordPress]:
    """The site."""
    folder: Path = tmp_path_factory.mktemp("garden")
    folder.chmod(0o755)
    copy_core(folder / "site")
    with running_web(folder, bench.network, folder / "site") as web:
        yield WordPress(web, bench.source)


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a browser is; it takes the site's certificate, whoever has signed it."""
    packages.ensure(packages.BROWSER)
    with browser_server(tmp_path_factory.mktemp("browser"), "--ignore-certificate-errors") as address:
        yield address


@pytest.fixture
def site(made: WordPress) -> Iterator[WordPress]:
    """The site, as new."""
    yield made
    made.restore()
