"""The beginning of a clone: its name, its secrets, its record of intent; or the clone that this very call made before.

A caller that repeats a call with the same Idempotency-Key gets the first call's clone. The key stands in the record, so
any facade finds it. Two such calls at one time are kept apart by a lock within a facade; between two facades, each
looks again after it has written its record: the one that has gone further wins, else the older one.

Under that lock it is asked whether there is room, before anything of a new one is made. Two facades may together begin
a few more than there may be, which the cluster's quota has room for.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from api.cloning.ports import Clock, IntentStore
from api.domain import keys
from api.domain.egress import IMPORT, SITE, EgressKeys
from api.domain.errors import Duplicate, PreparationInterrupted
from api.domain.idempotency import hash_key, hash_request, same_request
from api.domain.intent import CloneSecrets, Intent
from api.domain.keys import AgentKey
from api.domain.models import CloneRequest
from api.domain.names import clone_name, random_suffix
from api.domain.steps import STEPS


@dataclass(frozen=True)
class Begun:
    """A clone that was begun by this call: its record is written, a source key of ours is not registered yet."""

    name: str
    secrets: CloneSecrets
    source_key: AgentKey


class Beginner:
    """Begins clones; `require_room` raises what is to be said to a new one that there is no room for."""

    def __init__(
        self, intents: IntentStore, clock: Clock, egress: EgressKeys, require_room: Callable[[], None]
    ) -> None:
        self._intents = intents
        self._clock = clock
        self._egress = egress
        self._require_room = require_room
        self._lock = threading.Lock()

    def begin(
        self, request: CloneRequest, caller: str, idempotency_key: str | None, *, attended: bool
    ) -> Begun | Intent:
        """Return a new beginning, or the record of the clone that the same call made before.

        Raises Duplicate if the Idempotency-Key came with another body, InvalidRequest if it is none, NoCapacity if
        there are as many clones as there may be.
        """
        if idempotency_key is None:
            with self._lock:
                return self._create(request, caller, "", attended=attended)
        hashed = hash_key(caller, idempotency_key)
        with self._lock:
            earlier = self._find(hashed)
            if earlier is None:
                begun = self._create(request, caller, hashed, attended=attended)
                earlier = self._stronger_rival(begun.name, hashed)
                if earlier is None:
                    return begun
                self._intents.delete(begun.name)
        if not same_request(earlier.request_hash, request.for_hashing()):
            raise Duplicate("This Idempotency-Key was used before, with another request body.")
        return earlier

    def _create(self, request: CloneRequest, caller: str, hashed_key: str, *, attended: bool) -> Begun:
        self._require_room()
        now = self._clock.now()
        key = request.source.standing_key or keys.new_key()
        name = clone_name(now, random_suffix())
        secrets = CloneSecrets(
            keys.new_password(),
            keys.new_password(),
            keys.new_key().text,
            key.text,
            source_home=request.source.url,
            egress_import=self._egress.password_of_clone(name, IMPORT),
            egress_site=self._egress.password_of_clone(name, SITE),
        )
        intent = Intent(
            name=name,
            phase="Preparing",
            step="accepted",
            message=STEPS["accepted"],
            code="",
            source_url=request.source.url,
            requested_by=caller,
            heartbeat=now,
            created=now,
            ttl_minutes=request.ttl_minutes,
            idempotency_key=hashed_key,
            request_hash=hash_request(request.for_hashing()) if hashed_key else "",
            attended=attended,
        )
        self._intents.create(intent, secrets)
        return Begun(intent.name, secrets, key)

    def _find(self, hashed_key: str) -> Intent | None:
        found = [intent for intent in self._intents.list() if intent.idempotency_key == hashed_key]
        return min((intent for intent in found if not _undone(intent)), key=_precedence, default=None)

    def _stronger_rival(self, name: str, hashed_key: str) -> Intent | None:
        strongest = self._find(hashed_key)
        return None if strongest is None or strongest.name == name else strongest


def _undone(intent: Intent) -> bool:
    """Whether the first call was cut off and the sweep has taken it back: then the same call begins anew."""
    return intent.phase == "Failed" and intent.code == PreparationInterrupted.code


def _precedence(intent: Intent) -> tuple[bool, datetime, str]:
    return intent.step == "accepted", intent.created, intent.name
