"""One web server for all tests in this folder."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

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
