"""A real browser, for sources that let nobody else in: Chromium in a pod of its own, which we drive from here.

It is used where, and only where, an HTTP session met a challenge or a login page that is made by JavaScript. What it
gets, cookies and its name, then serves the HTTP session, so that all further steps are the same with it and without.
Where there is no browser, or it does not answer, the refusal that the HTTP session met stays.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import httpcore
from playwright.sync_api import BrowserContext, Error, HttpCredentials, Playwright, sync_playwright

from api.domain.errors import CloneError, SourceError, Timeout
from api.domain.source_login import SourceLogin
from api.source.browser_cookies import browser_cookies, session_of
from api.source.browser_login import await_form, log_in
from api.source.client import SourceClient
from api.source.egress_proxy import USER, EgressProxy
from api.source.front import is_challenge
from api.source.page import Page
from api.source.screenshots import MOST
from api.source.secrecy import Secrecy
from api.source.visit import Visit

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 10.0
PATIENCE_SECONDS = 45.0  # with a challenge: SiteGround's works out a number first, on whatever processor there is
_STEP_MS = 30_000  # of one step of Playwright's
_CHALLENGES = "/.well-known/"  # where hosts keep theirs; no page of WordPress


class Browser(Protocol):
    """What a preparation wants of a browser."""

    def pass_challenge(self, client: SourceClient, url: str, refusal: SourceError) -> None:
        """Get past the challenge at `url` and give its clearance to `client`; raises `refusal` if that fails."""

    def log_in(
        self, client: SourceClient, url: str, source: SourceLogin, secrecy: Secrecy, refusal: SourceError
    ) -> str:
        """Log in at the page `url`, give cookies and user agent to `client`, and return where the site leads then.

        The password is sent once. Raises `refusal` if there is no form, else what `submit_login` does.
        """


@dataclass(frozen=True)
class BrowserEndpoint:
    """Where Playwright's server listens (`ws://…`; the file's token is its path), and where it finds our proxy."""

    url: str
    token_file: Path | None = None
    proxy_host: str = "127.0.0.1"
    proxy_port: int = 0

    def address(self) -> str:
        """Return the whole address; OSError if the token's file cannot be read."""
        return self.url if self.token_file is None else f"{self.url.rstrip('/')}/{self.token_file.read_text().strip()}"


class RemoteBrowser:
    """The browser at an endpoint; its requests leave through `backend`. One visit at a time: it takes memory.

    `patience` is for how many seconds a challenge may last.
    """

    def __init__(
        self, endpoint: BrowserEndpoint, backend: httpcore.NetworkBackend, patience: float = PATIENCE_SECONDS
    ) -> None:
        self._endpoint = endpoint
        self._backend = backend
        self._patience = patience
        self._one_visit = threading.Lock()

    def pass_challenge(self, client: SourceClient, url: str, refusal: SourceError) -> None:
        """See `Browser.pass_challenge`."""
        with self._visit(client, url, refusal) as visit:
            visit.open(client.destination(url))
            if not visit.wait(_is_site, self._patience):
                visit.picture(())
                raise refusal
            client.adopt(session_of(visit, client.destination(url)))

    def log_in(
        self, client: SourceClient, url: str, source: SourceLogin, secrecy: Secrecy, refusal: SourceError
    ) -> str:
        """See `Browser.log_in`."""
        with self._visit(client, url, refusal) as visit:
            form = await_form(visit, client.destination(url), refusal, self._patience)
            landing = log_in(visit, client, form, source, secrecy)
            client.adopt(session_of(visit, client.destination(url)))
            return landing

    @contextmanager
    def _visit(self, client: SourceClient, url: str, refusal: SourceError) -> Iterator[Visit]:
        """Lend a page. Playwright's errors end here: their texts may hold what was typed."""
        if not self._one_visit.acquire(timeout=client.remaining()):
            raise Timeout("Another clone needed the browser for too long.")
        screenshots: list[bytes] = []
        try:
            with self._context(client, url) as context:
                visit = Visit(context, client.remaining)
                screenshots = visit.screenshots
                visit.tab.set_default_timeout(_STEP_MS)
                yield visit
        except (Error, OSError) as error:
            logger.warning("the browser failed", extra={"kind": type(error).__name__})
            refusal.screenshots = tuple(screenshots[-MOST:])
            raise refusal from None
        except CloneError as error:
            error.screenshots = tuple(screenshots[-MOST:])
            raise
        finally:
            self._one_visit.release()

    @contextmanager
    def _context(self, client: SourceClient, url: str) -> Iterator[BrowserContext]:
        endpoint = self._endpoint
        with (
            EgressProxy(self._backend, endpoint.proxy_host, endpoint.proxy_port) as proxy,
            _driver() as playwright,
        ):
            browser = playwright.chromium.connect(endpoint.address(), timeout=1000 * CONNECT_SECONDS)
            context = browser.new_context(
                proxy={"server": proxy.url, "username": USER, "password": proxy.password},
                http_credentials=_credentials(client, client.destination(url)),
                service_workers="block",
                accept_downloads=False,
                locale="en-US",
            )
            try:
                context.add_cookies(browser_cookies(client.cookies))
                yield context
            finally:
                context.close()
                browser.close()


@contextmanager
def _driver() -> Iterator[Playwright]:
    """Start Playwright's driver; raises OSError if it does not start, for which the library has no error of its own."""
    manager = sync_playwright()
    try:
        playwright = manager.start()
    except Exception as error:
        raise OSError("Playwright's driver does not start") from error
    try:
        yield playwright
    finally:
        playwright.stop()


def _is_site(page: Page) -> bool:
    return page.status != 0 and not is_challenge(page) and _CHALLENGES not in page.url


def _credentials(client: SourceClient, url: str) -> HttpCredentials | None:
    """Return what the web server at `url` may see, for that origin alone."""
    basic = client.basic_for(url)
    if basic is None:
        return None
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    return HttpCredentials(username=basic.username, password=basic.password, origin=origin, send="unauthorized")
