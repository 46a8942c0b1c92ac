"""Can this facade do its work? It can if the cluster's API knows our kind and the database server answers."""

import logging
import threading
import time
from collections.abc import Callable, Mapping

from api.domain.errors import CloneError
from api.domain.models import Readiness

logger = logging.getLogger(__name__)

CACHE_SECONDS = 2.0  # the path is open: asking it often must not load what it asks


class ReadinessCheck:
    """Runs named checks, at most once in `CACHE_SECONDS`; a check fails by raising a CloneError."""

    def __init__(
        self, checks: Mapping[str, Callable[[], object]], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._checks = checks
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._until = float("-inf")
        self._last = Readiness(ready=False, checks={})

    def run(self) -> Readiness:
        """Return the last result if it is fresh, else a new one."""
        with self._lock:
            if self._monotonic() >= self._until:
                results = {name: _passes(name, check) for name, check in self._checks.items()}
                self._last = Readiness(ready=all(results.values()), checks=results)
                self._until = self._monotonic() + CACHE_SECONDS
            return self._last


def _passes(name: str, check: Callable[[], object]) -> bool:
    try:
        check()
    except CloneError as error:
        logger.warning("not ready", extra={"check": name, "code": error.code, "detail": error.detail})
        return False
    return True
