"""Servers for all tests in this folder, and how often they are killed."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.engine.harness import Bench


def pytest_addoption(parser: pytest.Parser) -> None:
    """How often each end is killed, and whether there is time for gigabytes."""
    parser.addoption("--kills", type=int, default=5, help="how often each of engine, PHP and MySQL is killed")
    parser.addoption("--long", action="store_true", help="also copies of some gigabytes")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Gigabytes only where they are asked for."""
    return True if collection_path.name == "test_sizes.py" and not config.getoption("--long", default=False) else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test with `kill` runs once for each kill."""
    if "kill" in metafunc.fixturenames:
        metafunc.parametrize("kill", range(metafunc.config.getoption("--kills", default=5)))


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Everything that runs."""
    with ExitStack() as stack:
        yield Bench(stack, tmp_path_factory.mktemp("engine"))
