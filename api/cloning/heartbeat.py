"""A sign of life in the record of intent while a preparation runs, so that the sweep can tell it from a dead one.

It also says when the caller no longer waits: from then on somebody may ask for the record.
"""

import logging
import threading
from collections.abc import Callable
from typing import Self

from api.cloning.ports import IntentStore
from api.domain.errors import CloneError
from api.domain.intent import HEARTBEAT_SECONDS

logger = logging.getLogger(__name__)


class Heartbeat:
    """Refreshes the record of `name` every `seconds` from a thread of its own, for as long as the context lasts."""

    def __init__(
        self,
        intents: IntentStore,
        name: str,
        is_attended: Callable[[], bool],
        seconds: float = HEARTBEAT_SECONDS,
    ) -> None:
        self._intents = intents
        self._name = name
        self._is_attended = is_attended
        self._seconds = seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat-{name}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._stop.wait(self._seconds):
            try:
                self._intents.update(self._name, attended=self._is_attended())
            except CloneError as error:  # the next step meets it too, and acts on it
                logger.warning("heartbeat failed", extra={"clone": self._name, "code": error.code})
