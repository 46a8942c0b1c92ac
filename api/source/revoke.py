"""Taking a key back at a site: all that is needed of it where no source is prepared."""

import logging
from collections.abc import Callable

import httpx

from api.domain.keys import AgentKey
from api.source.agent import Agent, AgentSilent, KeyUnknown
from api.source.client import SourceClient

logger = logging.getLogger(__name__)


class KeyRevoker:
    """Revokes keys, each within `seconds`. `open_transport` opens a way out for one session."""

    def __init__(self, open_transport: Callable[[], httpx.BaseTransport], seconds: float) -> None:
        self._open_transport = open_transport
        self._seconds = seconds

    def revoke(self, site_url: str, key: AgentKey) -> None:
        """Revoke a key at a site; that no agent answers any more is no error. Raises SourceError or Timeout."""
        with SourceClient(self._open_transport(), self._seconds) as client:
            client.stay_within(site_url)
            try:
                Agent(client, site_url, site_url, key).revoke()
            except (AgentSilent, KeyUnknown) as error:
                logger.info("the source knows the key no more", extra={"reason": error.reason})
