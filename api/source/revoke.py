"""Taking a key back at a site: all that is needed of it where no source is prepared."""

import logging
from collections.abc import Callable

import httpx

from api.domain.keys import AgentKey
from api.domain.refusals.agent import AgentSilent, KeyRefused
from api.source.agent import Agent
from api.source.client import SourceClient
from api.source.hello import is_standing
from api.source.secrecy import BasicCredentials, Secrecy
from api.source.urls import plain_url
from migrator.errors import SettingsInvalid
from migrator.source_session import SourceSession

logger = logging.getLogger(__name__)


class KeyRevoker:
    """Revokes keys, each within `seconds`. `open_transport` opens a way out for one session."""

    def __init__(self, open_transport: Callable[[], httpx.BaseTransport], seconds: float) -> None:
        self._open_transport = open_transport
        self._seconds = seconds

    def revoke(self, site_url: str, key: AgentKey, session: str = "") -> None:
        """Revoke a key at a site; that no agent answers any more is no error. Raises SourceError or Timeout.

        `session` is what a firewall or web server in front of the site wants to see (`SourceSession.text`). A standing
        key is its owner's: it is left alone, whoever asks.
        """
        shown = _parsed(session)
        with SourceClient(self._open_transport(), self._seconds, basic=_basic(shown, site_url)) as client:
            client.stay_within(site_url)
            client.adopt(shown)
            try:
                _revoke(Agent(client, site_url, site_url, key))
            except (AgentSilent, KeyRefused) as error:
                logger.info("the source knows the key no more", extra={"code": error.code})


def _parsed(session: str) -> SourceSession:
    try:
        return SourceSession.parse(session)
    except SettingsInvalid:  # somebody made it by hand; without it the site may still answer
        return SourceSession()


def _basic(session: SourceSession, site_url: str) -> BasicCredentials | None:
    """Return what the web server is shown, again: whether it may be was decided when the source was prepared."""
    given = session.basic_auth
    if given is None:
        return None
    return BasicCredentials(plain_url(site_url), given.username, given.password, Secrecy(allow_insecure=True))


def _revoke(agent: Agent) -> None:
    if is_standing(agent.hello()):
        logger.info("the key is a standing one and stays")
    else:
        agent.revoke()
