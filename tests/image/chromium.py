"""A real Chromium in front of clones under test: one profile, and a list of requests that left a clone's path."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, Page, sync_playwright

from local.browser import ARGUMENTS, CHROMIUM
from tests.image.clones import ADMIN, Clone

MILLISECONDS = 120_000  # a machine under load may take long; nothing here is about speed


@contextmanager
def profile() -> Iterator[BrowserContext]:
    """A fresh browser profile, gone afterwards; it trusts the balancer."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            context = chromium.new_context(viewport={"width": 1280, "height": 900}, ignore_https_errors=True)
            context.set_default_timeout(MILLISECONDS)
            yield context
        finally:
            chromium.close()


def log_in(page: Page, clone: Clone) -> None:
    """Log in as a person does."""
    page.goto(f"{clone.url}/wp-admin/")
    page.fill("#user_login", ADMIN)
    page.fill("#user_pass", clone.password)
    page.click("#wp-submit")
    page.wait_for_url(f"{clone.url}/wp-admin/**")


def strays(context: BrowserContext, clone: Clone) -> list[str]:
    """A list that gets every URL asked for from now on which is on the clone's host but not below its path."""
    found: list[str] = []
    origin = clone.url.rpartition("/")[0]

    def look(url: str) -> None:
        if url.startswith(origin) and url != clone.url and not url.startswith((f"{clone.url}/", f"{clone.url}?")):
            found.append(url)

    context.on("request", lambda request: look(request.url))
    return found
