"""A person with a browser: logs in, looks around, changes permalinks; never led out of the clone's path."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page

from local import browser, checks
from tests.cluster.conftest import Facade, made

pytestmark = [pytest.mark.cluster, pytest.mark.browser]


@pytest.fixture(scope="module")
def own(facade: Facade, source: dict[str, str]) -> Iterator[dict[str, Any]]:
    """A clone that may be changed: opening the dashboard alone makes WordPress write a draft."""
    with made(facade, source) as body:
        yield body


def test_login(own: dict[str, Any], tmp_path: Path) -> None:
    browser.login(own, tmp_path / "dashboard.png")
    assert (tmp_path / "dashboard.png").stat().st_size > 10_000


def test_plain_and_pretty_permalinks(own: dict[str, Any], visitor: httpx.Client) -> None:
    copy = checks.Site(own["clone_url"], visitor)
    post = copy.rest("posts", per_page=1)[0]
    with browser.page() as page:
        browser.log_in(page, own["clone_url"], own["wordpress_username"], own["wordpress_password"])
        choose_permalinks(page, own["clone_url"], "")
        plain = copy.rest("posts", per_page=1)[0]["link"]
        assert plain == f"{own['clone_url']}/?p={post['id']}"
        assert post["title"]["rendered"] in copy.page(plain).text
        choose_permalinks(page, own["clone_url"], "/%postname%/")
    pretty = copy.rest("posts", per_page=1)[0]["link"]
    assert pretty == f"{own['clone_url']}/{post['slug']}/"
    assert post["title"]["rendered"] in copy.page(pretty).text


def choose_permalinks(page: Page, clone_url: str, structure: str) -> None:
    """Save a permalink structure on WordPress's own settings page."""
    page.goto(f"{clone_url}/wp-admin/options-permalink.php")
    page.check(f'input[name="selection"][value="{structure}"]')
    page.click("#submit")
    page.wait_for_selector("#setting-error-settings_updated")
