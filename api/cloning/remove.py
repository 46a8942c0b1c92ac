"""Deleting a clone: the object first; its database, user and Secret follow (the controller's finalizer sees to that).

A clone that has no object yet is removed here. If its preparation still runs, it notices at its next step that the
record is gone and takes back what it has done; one that died may have left a key at the source, which is revoked if
the source answers.
"""

import logging

from api.cloning.ports import Clock, Ports
from api.domain.errors import CloneError, NotFound
from api.domain.intent import Intent
from api.domain.keys import parse_key
from api.domain.names import is_name

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 0.5  # between two looks at what is left; five small requests each


class CloneRemover:
    """Deletes clones."""

    def __init__(self, ports: Ports, clock: Clock) -> None:
        self._ports = ports
        self._clock = clock

    def remove(self, name: str, wait_seconds: float) -> bool:
        """Delete a clone and return whether all of it was gone within `wait_seconds`; raises NotFound."""
        deadline = self._clock.monotonic() + wait_seconds
        state = self._ports.objects.get(name) if is_name(name) else None
        intent = self._ports.intents.read(name) if is_name(name) else None
        if state is not None:
            self._ports.objects.delete(name)
        elif intent is not None:
            self._remove_intent(intent)
        else:
            raise NotFound(f"There is no clone {name[:64]}.")
        return self._wait(name, deadline)

    def _remove_intent(self, intent: Intent) -> None:
        if intent.is_interrupted(self._clock.now()):
            self._revoke(intent)
        self._ports.databases.drop(intent.name)
        self._ports.intents.delete(intent.name)

    def _revoke(self, intent: Intent) -> None:
        secrets = self._ports.intents.read_secrets(intent.name)
        if secrets is None or not secrets.source_key:
            return
        try:
            self._ports.source.revoke(intent.source_url, parse_key(secrets.source_key), secrets.source_session)
        except CloneError as error:  # it expires by itself within a quarter of an hour
            logger.warning("could not revoke a key", extra={"clone": intent.name, "code": error.code})

    def _wait(self, name: str, deadline: float) -> bool:
        while not self._is_gone(name):
            left = deadline - self._clock.monotonic()
            if left <= 0:
                return False
            self._clock.sleep(min(PAUSE_SECONDS, left))
        return True

    def _is_gone(self, name: str) -> bool:
        """Return whether nothing is left; the cheapest question that is likely to say no comes first."""
        ports = self._ports
        return (
            ports.objects.get(name) is None
            and ports.intents.read(name) is None
            and not ports.objects.parts_left(name)
            and name not in ports.databases.list_owned()
        )
