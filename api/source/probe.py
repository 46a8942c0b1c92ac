"""A visitor's look at a clone: does its public URL answer yet, through whatever stands in front of it?

A pod that is ready may still be unknown to the load balancer. The URL is one of ours, so no address check; its answer
comes from a site that we do not trust, so no redirect is followed and no body read.
"""

import logging
import time
from collections.abc import Callable

import httpcore
import httpx

from api.domain.errors import CloneError

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 0.25
REQUEST_SECONDS = 10.0
_ANSWERS = (401, 403)  # a gated clone answers too; 404 and 5xx come from a proxy that does not know it yet

_SILENCE = (httpx.HTTPError, CloneError, httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException)


class UrlProbe:
    """Asks a URL until it answers. `open_transport` and the rest are replaced in tests."""

    def __init__(
        self,
        open_transport: Callable[[], httpx.BaseTransport] = httpx.HTTPTransport,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._open_transport = open_transport
        self._monotonic = monotonic
        self._sleep = sleep

    def wait(self, url: str, timeout: float) -> bool:
        """Return True once `url` answers, False if it has not after `timeout` seconds."""
        deadline = self._monotonic() + timeout
        with httpx.Client(transport=self._open_transport(), trust_env=False, follow_redirects=False) as client:
            while not self._answers(client, f"{url}/"):
                left = deadline - self._monotonic()
                if left <= 0:
                    return False
                self._sleep(min(PAUSE_SECONDS, left))
        return True

    def _answers(self, client: httpx.Client, url: str) -> bool:
        try:
            with client.stream("GET", url, timeout=REQUEST_SECONDS) as answer:
                return answer.status_code < 400 or answer.status_code in _ANSWERS
        except _SILENCE as error:
            logger.debug("a clone does not answer yet: %s", type(error).__name__)
            return False
