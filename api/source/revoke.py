"""Taking a key back at a site: all that is needed of it where no source is prepared."""

import logging
from collections.abc import Callable

import httpx

from api.domain.keys import AgentKey
from api.domain.refusals.agent import AgentSilent, KeyRefused
from api.source.agent import Agent
from api.source.client import SourceClient
from api.source.hello import is_standing

logger = logging.getLogger(__name__)


class KeyRevoker:
    """Revokes keys, each within `seconds`. `open_transport` opens a way out for one session."""

    def __init__(self, open_transport: Callable[[], httpx.BaseTransport], seconds: float) -> None:
        self._open_transport = open_transport
        self._seconds = seconds

    def revoke(self, site_url: str, key: AgentKey) -> None:
        """Revoke a key at a site; that no agent answers any more is no error. Raises SourceError or Timeout.

        A standing key is its owner's: it is left alone, whoever asks.
        """
        with SourceClient(self._open_transport(), self._seconds) as client:
            client.stay_within(site_url)
            try:
                _revoke(Agent(client, site_url, site_url, key))
            except (AgentSilent, KeyRefused) as error:
                logger.info("the source knows the key no more", extra={"code": error.code})


def _revoke(agent: Agent) -> None:
    if is_standing(agent.hello()):
        logger.info("the key is a standing one and stays")
    else:
        agent.revoke()
