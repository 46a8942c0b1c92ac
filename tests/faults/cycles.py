"""Clones made and deleted in many ways at random, many at one time, over a cluster in which things break.

A cycle makes a clone, waits until it is ready or for a while, deletes it, and waits until its object is gone. Calls
that fail because something is broken at that moment are made again, as a user would; nothing else is borne with.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import TypeVar

import httpx
import stamina

from api.domain.errors import ClusterUnavailable, Duplicate
from tests.cluster.conftest import Facade, eventually
from tests.cluster.objects import Cluster

PATIENCE_SECONDS = 300.0  # for what is broken to be mended, and for a clone to go
LONGEST_LIFE_SECONDS = 25.0
COPY_MINUTES = 30

Found = TypeVar("Found")


@dataclass(frozen=True)
class Plan:
    """What one cycle does: how it is made, for how long it lives (seconds, or until it is ready), how it ends."""

    name: str
    made: str  # bare, secret, copy
    seconds: float
    until_ready: bool
    ended: str  # delete, expire


def plan(seed: int, number: int) -> Plan:
    """The plan of one cycle; the same for the same seed."""
    random = Random(f"{seed} {number}")
    made = random.choices(("bare", "secret", "copy"), (5, 3, 2))[0]
    return Plan(
        name=f"soak-{number}-{random.randrange(16**4):04x}",
        made=made,
        seconds=random.uniform(0, LONGEST_LIFE_SECONDS),
        until_ready=random.random() < 0.3,
        ended=random.choices(("delete", "expire"), (4, 1))[0],
    )


class Cycles:
    """Runs plans; `outcomes` counts how they went."""

    def __init__(self, cluster: Cluster, facade: Facade, source: dict[str, str]) -> None:
        self._cluster = cluster
        self._facade = facade
        self._source = source
        self.outcomes: Counter[str] = Counter()

    def run(self, todo: Plan) -> None:
        """One cycle, to the end of its clone."""
        name = self._copy() if todo.made == "copy" else self._make(todo)
        if not name:
            return
        self._live(name, todo)
        self._end(name, todo)
        self.outcomes[f"{todo.made}, {todo.ended}"] += 1

    def _make(self, todo: Plan) -> str:
        if todo.made == "secret":
            values = {"db_password": f"pw-{todo.name}", "wp_admin_password": f"admin-{todo.name}"}
            self._patiently(lambda: self._cluster.create_secret(todo.name, **values))
        self._patiently(lambda: self._cluster.create(todo.name, ttlMinutes=30))
        return todo.name

    def _copy(self) -> str:
        """Ask the facade for a copy; "" if it was not there to be asked, or did not live to answer."""
        try:
            return self._facade.order_async(self._source, ttl_minutes=COPY_MINUTES)
        except (httpx.TransportError, AssertionError):
            self.outcomes["copy, refused or cut off"] += 1
            return ""

    def _live(self, name: str, todo: Plan) -> None:
        settled = {"Ready", "Failed", "Lost"} if todo.until_ready else set()
        over = time.monotonic() + todo.seconds

        def has_lived() -> bool:
            phase = self._patiently(lambda: self._cluster.phase(name))
            if phase in settled:
                self.outcomes[f"{phase} at its end"] += 1
                return True
            if phase == "gone":
                assert todo.made == "copy", f"{name} was taken away while it lived"
                return True  # its facade died before it had posted the object
            return time.monotonic() > over and not todo.until_ready

        eventually(has_lived, PATIENCE_SECONDS, f"{name} is ready")

    def _end(self, name: str, todo: Plan) -> None:
        if todo.made == "copy":
            self._patiently(lambda: self._remove(name))
        elif todo.ended == "expire":
            self._patiently(lambda: self._cluster.clones.change(name, {"ttlMinutes": 1}))
        else:
            self._patiently(lambda: self._cluster.clones.delete(name))
        gone = partial(self._patiently, lambda: self._cluster.phase(name) == "gone")
        eventually(gone, PATIENCE_SECONDS, f"{name} is gone")
        if todo.made == "secret":  # of a clone that the controller has not lived to see it is its maker's still
            self._patiently(lambda: self._cluster.delete_own_secret(name))

    def _remove(self, name: str) -> None:
        answer = self._facade.http.delete(f"/clones/{name}", timeout=60)
        if answer.status_code not in {202, 204, 404}:  # the ingress answers for a facade that is not there
            raise ClusterUnavailable(f"DELETE answers {answer.status_code}.")

    def _patiently(self, call: Callable[[], Found]) -> Found | None:
        """Make a call until it is answered; one that was made before and not answered may have been heard."""
        errors = (ClusterUnavailable, httpx.TransportError)
        for attempt in stamina.retry_context(on=errors, attempts=None, timeout=PATIENCE_SECONDS, wait_max=1):
            with attempt:
                try:
                    return call()
                except Duplicate:
                    return None
        return None
