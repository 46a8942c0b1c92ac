"""A real Chromium looks at a clone: Debian's browser, driven by Playwright."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Request, sync_playwright

CHROMIUM = "/usr/bin/chromium"
# Without the sandbox because containers and CI run as root; without the background traffic because nobody asked for it.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
MILLISECONDS = 120_000  # longest wait for anything: a machine under load may take long, and nothing here is about speed


class LeftThePath(AssertionError):
    """The browser was led out of the clone's path."""


@contextmanager
def page() -> Iterator[Page]:
    """A page in a fresh browser profile, gone afterwards."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            opened = chromium.new_page(viewport={"width": 1280, "height": 900})
            opened.set_default_timeout(MILLISECONDS)
            yield opened
        finally:
            chromium.close()


def log_in(page: Page, clone_url: str, user: str, password: str) -> None:
    """Log in at wp-login.php as a person does; raises LeftThePath or playwright's TimeoutError."""
    page.goto(f"{clone_url}/wp-admin/")
    page.fill("#user_login", user)
    page.fill("#user_pass", password)
    page.click("#wp-submit")
    page.wait_for_selector("#wpadminbar")
    if not page.url.startswith(f"{clone_url}/wp-admin/"):
        raise LeftThePath(page.url)


def login(clone: dict[str, Any], screenshot: Path) -> str:
    """Log in to a clone with the credentials of its answer and keep a picture of the dashboard; returns a sentence."""
    strays: list[str] = []
    with page() as opened:
        opened.on("request", lambda request: _note_stray(request, clone["clone_url"], strays))
        log_in(opened, clone["clone_url"], clone["wordpress_username"], clone["wordpress_password"])
        opened.screenshot(path=str(screenshot))
    if strays:
        raise LeftThePath(f"the dashboard asked for {strays[0]}")
    return f"as {clone['wordpress_username']}, every request below the clone's path"


def _note_stray(request: Request, clone_url: str, strays: list[str]) -> None:
    origin = clone_url.rpartition("/")[0]
    if request.url.startswith(origin + "/") and not request.url.startswith(clone_url + "/"):
        strays.append(request.url)
