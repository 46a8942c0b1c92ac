"""The facade's preparation of a source, in this process, against the real site; and the engine that comes after it."""

from collections.abc import Callable, Mapping

import httpx
import pytest

from api.domain.errors import SourceError
from api.domain.keys import AgentKey, new_key
from api.domain.source_login import SourceLogin, SourceOptions
from api.source.browser import BrowserEndpoint, RemoteBrowser
from api.source.client import SourceClient
from api.source.package import build_package
from api.source.prepare import SourcePreparer
from api.source.secrecy import Secrecy
from migrator.remote import RemoteSite
from migrator.source_session import SourceSession
from tests.engine.site_files import AGENT
from tests.wayin.wordpress import HOME, OWNER, WordPress

Transport = Callable[[], httpx.BaseTransport]
SECONDS = 240  # far more than any of them takes
MAX_SITE_BYTES = 5 * 2**30


class NotedBrowser:
    """A real browser; `uses` has what it was needed for."""

    def __init__(self, browser: RemoteBrowser) -> None:
        self._browser = browser
        self.uses: list[str] = []

    def pass_challenge(self, client: SourceClient, url: str, refusal: SourceError) -> None:
        """See `api.source.browser.Browser`."""
        self.uses.append("challenge")
        self._browser.pass_challenge(client, url, refusal)

    def log_in(
        self, client: SourceClient, url: str, source: SourceLogin, secrecy: Secrecy, refusal: SourceError
    ) -> str:
        """See `api.source.browser.Browser`."""
        self.uses.append("login")
        return self._browser.log_in(client, url, source, secrecy, refusal)


class Visitor:
    """Prepares the site as the facade does.

    Args:
        endpoint: Where a browser is.
        transport: Another way to the site.
        max_bytes: Of sites that are copied.
        plain_hosts: May be sent passwords by plain http.
    """

    def __init__(
        self,
        site: WordPress,
        endpoint: str,
        plain_hosts: frozenset[str] = frozenset(),
        transport: Transport | None = None,
        max_bytes: int = MAX_SITE_BYTES,
    ) -> None:
        self.site = site
        self.browser = NotedBrowser(RemoteBrowser(BrowserEndpoint(endpoint), site.web.way_out()))
        self._preparer = SourcePreparer(
            transport or site.web.transport,
            build_package(AGENT),
            SECONDS,
            max_bytes,
            plain_hosts=plain_hosts,
            browser=self.browser,
        )
        self._session = ""

    def enter(
        self,
        *,
        url: str = HOME,
        user: str = OWNER,
        password: str = "",
        options: Mapping[str, object] | None = None,
        **source: object,
    ) -> AgentKey:
        """Register a key and return it; `source` has further fields of the request's part of that name."""
        given: dict[str, object] = {"url": url, **source}
        if "api_key" not in given:
            given |= {"username": user, "password": password or self.site.passwords[user]}
        login = SourceLogin.model_validate(given)
        key = login.standing_key or new_key()
        how = SourceOptions.model_validate(options or {})
        self._preparer.prepare(login, key, lambda _step: None, how, self._keep_session)
        return key

    def refused(self, **how: object) -> SourceError:
        """Return why the site did not let us in."""
        with pytest.raises(SourceError) as caught:
            self.enter(**how)  # type: ignore[arg-type] # the tests' own tables
        return caught.value

    def end_copy(self, key: AgentKey) -> None:
        """Do as the engine does at its end: greet, take the key back, with what the facade handed on to it."""
        client = httpx.Client(transport=self.site.web.transport(), trust_env=False)
        with SourceSession.parse(self._session).put_into(client, HOME):
            source = RemoteSite.open(HOME, key.text, client=client)
            source.hello()
            source.revoke()

    def _keep_session(self, text: str) -> None:
        self._session = text
