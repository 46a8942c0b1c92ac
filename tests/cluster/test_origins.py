"""A clone's pages run other people's scripts: what those reach of the facade from inside somebody's browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from local import browser
from local.demo import FACADE
from tests.cluster.conftest import eventually

pytestmark = [pytest.mark.cluster, pytest.mark.browser]

PAGES = ("/health", "/openapi.json", "/docs", "/clones")
_FETCH = """async ([url, options]) => {
    try { const answer = await fetch(url, options); return answer.type + ' ' + await answer.text(); }
    catch (error) { return error.name; }
}"""
_EMBED = """([kind, url]) => new Promise(done => {
    const element = document.createElement(kind);
    element.onload = () => done('loaded');
    element.onerror = () => done('refused');
    element.src = url;
    document.body.append(element);
})"""
_FRAME = """url => new Promise(done => {
    const frame = document.createElement('iframe');
    frame.onload = () => {
        try { done('read ' + frame.contentDocument.body.innerHTML); } catch (error) { done('closed'); }
    };
    frame.src = url;
    document.body.append(frame);
})"""
_OPENED = """opened => {
    try { return window.opened.document.body.innerHTML; } catch (error) { return error.name; }
}"""


@pytest.fixture(name="page")
def in_a_clone(clone: dict[str, Any]) -> Any:
    """A page of a clone, in which the test's script stands for the clone's."""
    with browser.page() as page:
        page.goto(f"{clone['clone_url']}/")
        yield page


def test_the_facade_answers_this_browser(page: Page) -> None:
    """Or what follows would prove nothing."""
    answer = page.goto(f"{FACADE}/health")
    assert answer is not None
    assert '"platform":"kubernetes"' in answer.text().replace(" ", "")
    assert answer.headers["x-frame-options"] == "DENY"


def test_a_script_reaches_its_own_site(page: Page, clone: dict[str, Any]) -> None:
    assert "</html>" in page.evaluate(_FETCH, [f"{clone['clone_url']}/", {}])
    assert page.evaluate(_FRAME, f"{clone['clone_url']}/").startswith("read ")


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"credentials": "include"},
        {"mode": "no-cors"},
        {"headers": {"Authorization": "Bearer guess"}},
        {"method": "POST", "headers": {"Content-Type": "application/json"}, "body": "{}"},
    ],
    ids=["plain", "with cookies", "unread", "with a token", "post"],
)
def test_a_script_fetches_nothing(page: Page, options: dict[str, Any]) -> None:
    for path in PAGES:
        assert page.evaluate(_FETCH, [FACADE + path, options]) == "TypeError", path


@pytest.mark.parametrize("kind", ["script", "img"])
def test_a_script_embeds_nothing(page: Page, kind: str) -> None:
    for path in PAGES:
        assert page.evaluate(_EMBED, [kind, FACADE + path]) == "refused", path


def test_a_script_frames_nothing(page: Page) -> None:
    for path in PAGES:
        assert page.evaluate(_FRAME, FACADE + path) == "closed", path
    refused = ["chrome-error://chromewebdata/"] * len(PAGES)
    eventually(lambda: [frame.url for frame in page.frames[1:]] == refused, 60, "all frames show an error")


def test_a_script_reads_nothing_of_a_window_that_it_opens(page: Page) -> None:
    with page.expect_popup() as opening:
        page.evaluate("url => { window.opened = window.open(url); }", f"{FACADE}/health")
    opened = opening.value
    eventually(lambda: "kubernetes" in opened.content(), 60, "the window shows the facade's page")
    assert page.evaluate(_OPENED) in {"SecurityError", "TypeError"}


def test_a_script_leaves_the_facade_no_cookie(page: Page) -> None:
    page.evaluate("""() => {
        document.cookie = 'own=1; path=/';
        for (const host of ['test', 'clone-api.test', '.clone-api.test']) {
            document.cookie = `planted=1; path=/; domain=${host}`;
        }
    }""")
    assert "own" in {cookie["name"] for cookie in page.context.cookies(page.url)}
    assert page.context.cookies(FACADE) == []
