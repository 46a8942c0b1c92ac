"""A person with a browser: logs in, looks around, changes permalinks; never led out of the clone's path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from local import browser, checks

pytestmark = [pytest.mark.cluster, pytest.mark.browser]


def test_login(clone: dict[str, Any], tmp_path: Path) -> None:
    browser.login(clone, tmp_path / "dashboard.png")
    assert (tmp_path / "dashboard.png").stat().st_size > 10_000


def test_plain_and_pretty_permalinks(clone: dict[str, Any], copy: checks.Site) -> None:
    post = copy.rest("posts", per_page=1)[0]
    with browser.page() as page:
        browser.log_in(page, clone["clone_url"], clone["wordpress_username"], clone["wordpress_password"])
        choose_permalinks(page, clone["clone_url"], "")
        plain = copy.rest("posts", per_page=1)[0]["link"]
        assert plain == f"{clone['clone_url']}/?p={post['id']}"
        assert post["title"]["rendered"] in copy.page(plain).text
        choose_permalinks(page, clone["clone_url"], "/%postname%/")
    pretty = copy.rest("posts", per_page=1)[0]["link"]
    assert pretty == f"{clone['clone_url']}/{post['slug']}/"
    assert post["title"]["rendered"] in copy.page(pretty).text


def choose_permalinks(page: Page, clone_url: str, structure: str) -> None:
    """Save a permalink structure on WordPress's own settings page."""
    page.goto(f"{clone_url}/wp-admin/options-permalink.php")
    page.check(f'input[name="selection"][value="{structure}"]')
    page.click("#submit")
    page.wait_for_selector("#setting-error-settings_updated")
