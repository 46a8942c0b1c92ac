"""One visit of a browser at a source: a fresh profile, one page, and what it shows, in the words of our HTTP client.

What a page says is read from its whole text and from the answers to its main frame, as `api.source.front` and
`api.source.login` read those of an HTTP session. Nothing of the page runs with anything of ours but what is typed.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, Error, Response
from playwright.sync_api import Page as Tab

from api.source.page import Page
from api.source.screenshots import take_screenshot

LOOK_SECONDS = 0.25  # between two looks at a page that changes by itself


@dataclass(frozen=True)
class Answer:
    """An answer to the main frame, and when it came (monotonic)."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    at: float


class Visit:
    """The page of one visit; errors are Playwright's, which `api.source.browser` keeps to itself."""

    def __init__(self, context: BrowserContext, remaining: Callable[[], float]) -> None:
        self.context = context
        self.tab: Tab = context.new_page()
        self.user_agent = str(self.tab.evaluate("navigator.userAgent"))
        self.answers: list[Answer] = []
        self.screenshots: list[bytes] = []
        self._remaining = remaining
        self.tab.on("response", self._note)
        self.tab.on("dialog", lambda dialog: dialog.dismiss())

    def open(self, url: str) -> None:
        """Go to a URL; a page that never ends to load is looked at as far as it is."""
        self.tab.goto(url, wait_until="commit", timeout=1000 * self._remaining())

    def look(self) -> Page | None:
        """Return what the page shows at this moment, None while it is going somewhere else."""
        try:
            text = self.tab.content()
        except Error:
            return None
        last = self.answers[-1] if self.answers else Answer(0, {}, 0.0)
        return Page(self.tab.url, last.status, last.headers, text.encode("utf-8", "replace"))

    def wait(self, found: Callable[[Page], bool], seconds: float) -> bool:
        """Look at the page again and again until it is as wanted; return whether it was, in time."""
        deadline = time.monotonic() + min(seconds, self._remaining())
        while True:
            if self._is(found):
                return True
            if time.monotonic() > deadline:
                return False
            self.tab.wait_for_timeout(1000 * LOOK_SECONDS)

    def _is(self, found: Callable[[Page], bool]) -> bool:
        page = self.look()
        try:
            return page is not None and found(page)
        except Error:  # it went somewhere else meanwhile
            return False

    def picture(self, secrets: tuple[str, ...]) -> None:
        """Keep a screenshot without `secrets`, if it can be had."""
        taken = take_screenshot(self.tab, secrets)
        if taken is not None:
            self.screenshots.append(taken)

    def has_cookie(self, prefix: str) -> bool:
        """Return whether a cookie whose name begins so is set."""
        return any(cookie.get("name", "").startswith(prefix) for cookie in self.context.cookies())

    def _note(self, answer: Response) -> None:
        request = answer.request
        if request.is_navigation_request() and answer.frame == self.tab.main_frame:
            self.answers.append(Answer(answer.status, answer.headers, time.monotonic()))
