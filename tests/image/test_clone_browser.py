"""A person with a browser in a real clone: looks at everything, edits, uploads, installs, switches, updates."""

import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from api.database.login_links import LoginLinks
from api.domain.login_link import LIFE_SECONDS, LoginToken
from tests.image.chromium import log_in, profile, running_chromium, strays
from tests.image.clones import ADMIN, Clone, Stage

pytestmark = [pytest.mark.database, pytest.mark.browser]

HERE = Path(__file__).resolve().parent
PAGES = 200
ADMIN_PAGES = 20  # of these: each loads dozens of scripts
_PLUGIN = """<?php
/*
Plugin Name: Tested
Version: {version}
*/
add_action( 'wp_head', function () {{ echo '<meta name="tested" content="{version}">'; }} );
"""
_POSTS = """foreach ( range( 1, 190 ) as $n ) {
    $next = $n % 190 + 1;
    wp_insert_post( array( 'post_title' => "Post $n", 'post_name' => "post-$n", 'post_status' => 'publish',
        'post_content' => "<p><a href=\\"/post-$next/\\">next</a></p><img src=\\"/wp-includes/images/blank.gif\\">" ) );
}"""
#: Links that change something, or are no pages.
_NO_PAGE = re.compile(r"_wpnonce|action=|wp-login\.php|customize\.php|\.(zip|gif|png|jpg)$|feed|replytocom|/wp-json")


@pytest.fixture(scope="module")
def chromium(stage: Stage) -> Iterator[Browser]:
    with running_chromium(stage.balancer) as browser:
        yield browser


@pytest.fixture(scope="module")
def context(clone: Clone, chromium: Browser) -> Iterator[BrowserContext]:
    with profile(chromium) as opened:
        log_in(opened.new_page(), clone)
        yield opened


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    opened = context.new_page()
    yield opened
    opened.close()


def test_a_crawl_never_leaves_the_path(clone: Clone, context: BrowserContext, page: Page) -> None:
    clone.php(_POSTS)
    left = strays(context, clone)
    crawl = Crawl(clone)
    while (url := crawl.next()) and len(crawl.seen) <= PAGES:
        page.goto(url, wait_until="domcontentloaded")
        links = page.eval_on_selector_all("a[href]", "all => all.map(one => one.href.split('#')[0])")
        assert not [link for link in links if outside(link, clone)], url
        crawl.add(links)
    assert len(crawl.seen) > PAGES
    assert left == []


class Crawl:
    """What is still to be visited: pages of the admin area first, up to a number, then the site's."""

    def __init__(self, clone: Clone) -> None:
        self._url = clone.url
        self._admin = f"{clone.url}/wp-admin/"
        self._waiting = {self._admin: None, f"{clone.url}/": None}
        self.seen = set[str]()

    def next(self) -> str:
        """The next page; empty when there is none."""
        admin = sum(url.startswith(self._admin) for url in self.seen)
        for url in self._waiting:
            if url not in self.seen and (admin < ADMIN_PAGES or not url.startswith(self._admin)):
                self.seen.add(url)
                return url
        return ""

    def add(self, links: list[str]) -> None:
        """Add the pages that a page links to."""
        self._waiting |= {link: None for link in links if link.startswith(self._url) and not _NO_PAGE.search(link)}


def outside(link: str, clone: Clone) -> bool:
    """Whether a link leads to the clone's host, but out of its path."""
    origin = clone.url.rpartition("/")[0]
    return link.startswith(origin) and not re.match(re.escape(clone.url) + r"(?:[/?]|$)", link)


def test_the_block_editor_saves_and_a_picture_is_uploaded(clone: Clone, context: BrowserContext, page: Page) -> None:
    left = strays(context, clone)
    page.goto(f"{clone.url}/wp-admin/post-new.php")
    page.wait_for_function("() => window.wp?.data?.select('core/editor')?.getCurrentPostId()")
    picture = page.evaluate(
        """async () => {
            const canvas = Object.assign(document.createElement('canvas'), {width: 640, height: 480});
            const blob = await new Promise(done => canvas.toBlob(done, 'image/png'));
            const body = new FormData();
            body.append('file', blob, 'drawn.png');
            return await wp.apiFetch({path: '/wp/v2/media', method: 'POST', body});
        }"""
    )
    link = page.evaluate(
        """async source => {
            const block = wp.blocks.createBlock('core/image', {url: source});
            wp.data.dispatch('core/block-editor').insertBlock(block);
            wp.data.dispatch('core/editor').editPost({title: 'Written here', status: 'publish'});
            await wp.data.dispatch('core/editor').savePost();
            if (!wp.data.select('core/editor').didPostSaveRequestSucceed()) { throw new Error('not saved'); }
            return wp.data.select('core/editor').getPermalink();
        }""",
        picture["source_url"],
    )
    assert link == f"{clone.url}/written-here/"
    page.goto(link)
    assert page.evaluate("document.querySelector('.wp-block-image img').naturalWidth") == 640
    assert "thumbnail" in picture["media_details"]["sizes"]
    assert left == []


def front(page: Page, clone: Clone) -> str:
    """The front page's HTML."""
    page.goto(f"{clone.url}/")
    return page.content()


def archive(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as opened:
        for name, text in files.items():
            opened.writestr(name, text)
    return packed.getvalue()


def plugin(version: str) -> bytes:
    return archive({"tested/tested.php": _PLUGIN.format(version=version)})


def upload(page: Page, address: str, field: str, name: str, data: bytes) -> None:
    """Install from a zip on WordPress's own page, and follow its link to activate."""
    page.goto(address)
    if page.locator("button.upload-view-toggle").is_visible():
        page.click("button.upload-view-toggle")
    page.set_input_files(f"#{field}", {"name": name, "mimeType": "application/zip", "buffer": data}, strict=True)
    page.click("#install-plugin-submit, #install-theme-submit")
    page.click('a[href*="action=activate"]')
    page.wait_for_load_state()


def test_a_plugin_is_installed_and_updated(clone: Clone, context: BrowserContext, page: Page) -> None:
    left = strays(context, clone)
    upload(page, f"{clone.url}/wp-admin/plugin-install.php?tab=upload", "pluginzip", "tested.zip", plugin("1.0"))
    assert 'name="tested" content="1.0"' in front(page, clone)

    # WordPress.org's answer, but the package is at the clone's own URL, which is reached inside the pod.
    uploads = clone.folder / "wp-content/uploads"
    (uploads / "tested-2.zip").write_bytes(plugin("2.0"))
    shutil.copy(HERE / "update-source.php", clone.folder / "wp-content/mu-plugins")
    page.goto(f"{clone.url}/wp-admin/plugins.php")
    page.click('tr[data-plugin="tested/tested.php"] .update-link')
    page.wait_for_selector('tr.updated[data-plugin="tested/tested.php"]')
    (clone.folder / "wp-content/mu-plugins/update-source.php").unlink()
    # OPcache must not go on running the old version.
    assert 'name="tested" content="2.0"' in front(page, clone)
    assert left == []


def test_a_theme_is_installed_and_switched_to(clone: Clone, context: BrowserContext, page: Page) -> None:
    left = strays(context, clone)
    theme = {
        "plain/style.css": "/*\nTheme Name: Plain\nVersion: 1.0\n*/\n",
        "plain/index.php": "<!DOCTYPE html><?php wp_head(); ?><p id='plain'>Plain</p><?php wp_footer(); ?>",
    }
    upload(page, f"{clone.url}/wp-admin/theme-install.php", "themezip", "plain.zip", archive(theme))
    page.goto(f"{clone.url}/")
    assert page.text_content("#plain") == "Plain"
    page.goto(f"{clone.url}/wp-admin/themes.php")
    page.hover('.theme[data-slug="twentytwentyfive"]')
    page.click('.theme[data-slug="twentytwentyfive"] .activate')
    page.wait_for_load_state()
    page.goto(f"{clone.url}/")
    assert page.query_selector("#plain") is None
    assert left == []


def test_two_clones_logged_in_in_one_browser(clone: Clone, second: Clone, context: BrowserContext, page: Page) -> None:
    log_in(page, second)
    for one in (clone, second, clone):
        page.goto(f"{one.url}/wp-admin/profile.php")
        assert page.url == f"{one.url}/wp-admin/profile.php"
    cookies = context.cookies()
    assert {cookie["path"].split("/")[1] for cookie in cookies} == {clone.name, second.name}
    assert all(cookie["secure"] for cookie in cookies if cookie["name"].startswith("wordpress_logged_in"))
    page.goto(f"{second.url}/wp-login.php?action=logout")
    page.click("a[href*=_wpnonce]")
    page.goto(f"{clone.url}/wp-admin/profile.php")
    assert page.url == f"{clone.url}/wp-admin/profile.php"


def test_a_login_link_opens_a_closed_clone(second: Clone, chromium: Browser) -> None:
    token = LoginToken()
    LoginLinks(second.stage.server).leave(second.name, second.db_password, ADMIN, token.hashed, LIFE_SECONDS)
    with profile(chromium) as context:
        page = context.new_page()
        page.goto(token.url(second.url))
        page.wait_for_url(f"{second.url}/wp-admin/")
        page.wait_for_selector("#wpadminbar")
    assert not [path for _, path in second.stage.balancer.seen if token.text in path]
