"""From a login to a registered key at the source: the whole preparation, in its order.

    discover → log in → may it install plugins? → register the key → [install, activate, register] → hello → size
    → log out
    discover → hello → size                      with a standing key, which the site's owner has made and keeps

The key is tried first: where the agent is active already (another clone of the same site runs), nothing is installed.
Whatever fails after that is taken back: the key, and the plugin if it was this preparation that brought it. A session
that WordPress loses (see `api.source.turns`) is opened again; a password that was refused is never sent again.
"""

import logging
import time
from collections.abc import Callable

import httpx

from api.domain.errors import CloneError
from api.domain.keys import AgentKey
from api.domain.prepared import PreparedSource
from api.domain.refusals.agent import AgentSilent, ApiKeyRefused, KeyRefused
from api.domain.source_login import SourceLogin, SourceOptions
from api.source.agent import Agent
from api.source.bring_in import bring_in
from api.source.browser import Browser
from api.source.challenges import past_challenge
from api.source.client import SourceClient
from api.source.discover import discover
from api.source.hello import Hello, check_hello, php_version
from api.source.install import Brought
from api.source.leftovers import remove_uploaded_zips
from api.source.logout import log_out
from api.source.package import AgentPackage
from api.source.revoke import KeyRevoker
from api.source.secrecy import BasicCredentials, Secrecy
from api.source.size import check_size
from api.source.turns import Turns
from api.source.urls import plain_url
from api.source.work import Work

logger = logging.getLogger(__name__)

CLEANUP_SECONDS = 20.0
REVOKE_SECONDS = 8.0
NO_OPTIONS = SourceOptions()

OnStep = Callable[[str], None]
OnSession = Callable[[str], None]


def no_session(_text: str) -> None:
    """Keep nothing for those who come after us."""


class SourcePreparer:
    """Prepares source sites. `open_transport` opens a way out for one session; `sleep` is replaced in tests.

    Sites of more than `max_bytes`, or the room that was asked for, are refused. Passwords may go to `plain_hosts`
    (lower case) by plain http. `browser` helps where HTTP alone does not get in.
    """

    def __init__(
        self,
        open_transport: Callable[[], httpx.BaseTransport],
        package: AgentPackage,
        seconds: float,
        max_bytes: int,
        sleep: Callable[[float], None] = time.sleep,
        plain_hosts: frozenset[str] = frozenset(),
        browser: Browser | None = None,
    ) -> None:
        self._open_transport = open_transport
        self._package = package
        self._seconds = seconds
        self._max_bytes = max_bytes
        self._sleep = sleep
        self._plain_hosts = plain_hosts
        self._browser = browser
        self._turns = Turns()

    def prepare(
        self,
        source: SourceLogin,
        key: AgentKey,
        on_step: OnStep,
        options: SourceOptions = NO_OPTIONS,
        on_session: OnSession = no_session,
    ) -> PreparedSource:
        """See that `key` works at the site, registering it if there is a login, and that the site is not too large.

        `key` is that of `source.api_key` if there is one. `on_session` is given what the engine has to show to a
        firewall or web server in front of the site (`SourceSession.text`), if it has to. Raises SourceError or Timeout.
        """
        secrecy = Secrecy(self._plain_hosts, options.allow_insecure)
        with SourceClient(
            self._open_transport(), self._seconds, basic=_basic(source, secrecy), sleep=self._sleep
        ) as client:
            on_step("discover")
            site = past_challenge(self._browser, client, source.url, on_step, lambda: discover(client, source.url))
            agent = Agent(client, site.home, site.siteurl, key)
            most = options.room_bytes or self._max_bytes
            if source.standing_key:
                on_step("confirm")
                hello = past_challenge(self._browser, client, site.home, on_step, lambda: _check_standing(agent))
                _check_size(agent, hello, on_step, most)
            else:
                how = (self._turns, on_step, secrecy, self._browser, options.login_url)
                hello = self._bring_in(Work(client, site, agent, self._package, key, *how), source, most)
            session = client.session().text()
            if session:
                on_session(session)
        return PreparedSource(site.home, php_version(hello))

    def _bring_in(self, work: Work, source: SourceLogin, most: int) -> Hello:
        try:
            bring_in(work, source, self._sleep)
            _check_size(work.agent, work.hello, work.on_step, most)
        except Exception:
            _take_back(work)
            raise
        finally:
            log_out(work)
        return work.hello

    def revoke(self, site_url: str, key: AgentKey, session: str = "") -> None:
        """See `KeyRevoker.revoke`."""
        KeyRevoker(self._open_transport, REVOKE_SECONDS).revoke(site_url, key, session)


def _check_size(agent: Agent, hello: Hello, on_step: OnStep, most: int) -> None:
    on_step("size")
    check_size(agent, hello, most)


def _basic(source: SourceLogin, secrecy: Secrecy) -> BasicCredentials | None:
    given = source.basic_auth
    if given is None:
        return None
    return BasicCredentials(plain_url(source.url), given.username, given.password.get_secret_value(), secrecy)


def _check_standing(agent: Agent) -> Hello:
    """See that a key works which the site's owner has made; nothing is installed, so nothing is taken back."""
    try:
        hello = agent.hello()
    except KeyRefused as error:
        raise ApiKeyRefused from error
    check_hello(hello)
    return hello


def _take_back(work: Work) -> None:
    """Remove what this preparation has left at the source, as far as the source lets us."""
    work.client.grant(CLEANUP_SECONDS)
    if work.upload_failures:
        remove_uploaded_zips(work)
    try:
        if not (work.registered and _revoked(work)):
            _take_away(work)
    except CloneError as error:  # key and agent go by themselves, within a quarter of an hour
        logger.warning("could not take everything back", extra={"code": error.code, "detail": error.detail})


def _take_away(work: Work) -> None:
    """Leave the plugin as it was found, or not."""
    if work.brought is Brought.FILES:
        work.pages().remove()
    elif work.brought is Brought.ACTIVITY:
        work.pages().deactivate()


def _revoked(work: Work) -> bool:
    """Revoke the key; False where no call reaches the agent. Then nobody uses it, and it may be deleted."""
    try:
        work.agent.revoke()
    except AgentSilent:
        return False
    return True
