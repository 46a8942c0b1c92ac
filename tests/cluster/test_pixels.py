"""To a person's eyes a clone is its source: screenshots of both, compared pixel by pixel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from local import browser
from tests.cluster.pixels import ARGUMENTS, UNFOCUSED, difference, picture

pytestmark = [pytest.mark.cluster, pytest.mark.browser]

#: What Chromium paints in one way or another by chance, such as a picture made smaller, does not differ each time.
ATTEMPTS = 3

#: What a visitor sees: posts, pages with a gallery and a plugin's table, lists, a search, a page that is not there.
PUBLIC = (
    "/",
    "/page/2/",
    "/?p={post}",
    "/?p={other}",
    "/bilder/",
    "/termine/",
    "/ueber-uns/geschichte/",
    "/?cat={category}",
    "/?author=1",
    "/?s=garten",
    "/no-such-page/",
    "/wp-login.php",
)
#: What the source's owner sees, who has the same account in the clone.
PRIVATE = ("/", "/wp-admin/edit.php", "/wp-admin/edit-tags.php?taxonomy=category", "/wp-admin/edit.php?post_type=page")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all pictures."""
    with sync_playwright() as playwright:
        arguments = [*browser.ARGUMENTS, *ARGUMENTS]
        opened = playwright.chromium.launch(executable_path=browser.CHROMIUM, args=arguments)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def stranger(chromium: Browser) -> Iterator[Page]:
    """Somebody without an account."""
    yield from fresh(chromium)


@pytest.fixture(scope="module")
def owner(chromium: Browser, clone: dict[str, Any], source: dict[str, str]) -> Iterator[Page]:
    """The source's owner, logged in at both with the same name and password."""
    for page in fresh(chromium):
        for url in (source["url"], clone["clone_url"]):
            browser.log_in(page, url, source["username"], source["password"])
        yield page


def fresh(chromium: Browser) -> Iterator[Page]:
    """A page in a profile of its own."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(browser.MILLISECONDS)
    context.add_init_script(UNFOCUSED)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def numbers(original: Any) -> dict[str, int]:
    """Two posts and a category, by WordPress's numbers."""
    first, second = original.rest("posts", per_page=2)
    return {"post": first["id"], "other": second["id"], "category": first["categories"][0]}


def compared(
    page: Page, source: dict[str, str], clone: dict[str, Any], path: str, folder: Path
) -> tuple[Image.Image, str]:
    """A picture of a page of the source, and what is different on the clone's, each time."""
    for _ in range(ATTEMPTS):
        one = picture(page, source["url"], path)
        if not (found := difference(one, picture(page, clone["clone_url"], path), folder)):
            break
    return one, found


@pytest.mark.parametrize("path", PUBLIC)
def test_a_visitor_sees_no_difference(
    path: str,
    stranger: Page,
    source: dict[str, str],
    clone: dict[str, Any],
    numbers: dict[str, int],
    tmp_path: Path,
) -> None:
    one, found = compared(stranger, source, clone, path.format(**numbers), tmp_path)
    assert len(one.getcolors(1 << 24) or ()) > 2, "a picture of an empty page would prove nothing"
    assert found == ""


@pytest.mark.parametrize("path", PRIVATE)
def test_the_owner_sees_no_difference_but_the_badge(
    path: str, owner: Page, source: dict[str, str], clone: dict[str, Any], tmp_path: Path
) -> None:
    _, found = compared(owner, source, clone, path, tmp_path)
    assert "Clone of demo-source.test" in (owner.text_content("#wp-admin-bar-wordpress-clone") or "")
    assert found == ""


def test_a_difference_of_one_pixel_is_seen(tmp_path: Path) -> None:
    one = Image.new("RGB", (200, 100), "white")
    other = one.copy()
    other.putpixel((150, 50), (254, 255, 255))
    assert "(150, 50, 151, 51)" in difference(one, other, tmp_path)
    assert "sizes" in difference(one, one.crop((0, 0, 200, 99)), tmp_path)
    assert difference(one, one.copy(), tmp_path) == ""
