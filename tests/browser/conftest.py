"""A browser's server for all tests in this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.server import browser_server


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the browser is."""
    with browser_server(tmp_path_factory.mktemp("browser")) as address:
        yield address
