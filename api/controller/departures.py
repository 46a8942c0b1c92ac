"""Waiting until nothing of a deleted clone runs any more: one look serves all that wait.

A thousand clones that are deleted at once would, each looking by itself, ask the API server more often than their
removal itself does, and each of them for longer the more there are.
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Sequence

from api.cluster.clones import CloneObject

PAUSE_SECONDS = 0.5  # between two looks
WAITING_PER_SECOND = 500  # a thousand that wait are looked at every two seconds: a look at many takes longer

FindClear = Callable[[Sequence[CloneObject]], Awaitable[set[str]]]
"""Returns the names of those that need not wait any longer."""


class Departures:
    """The clones that wait for their parts to be gone; of one event loop."""

    def __init__(
        self,
        find_clear: FindClear,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._find_clear = find_clear
        self._monotonic = monotonic
        self._sleep = sleep
        self._waiting: dict[str, CloneObject] = {}
        self._next: asyncio.Task[set[str]] | None = None  # a look that has not begun
        self._one_at_a_time = asyncio.Lock()
        self._not_before = -math.inf

    async def wait_until_clear(self, clone: CloneObject) -> None:
        """Return when a look says so of the clone; raises what a look raised."""
        self._waiting[clone.name] = clone
        try:
            while clone.name not in await self._look():
                pass
        finally:
            del self._waiting[clone.name]

    async def _look(self) -> set[str]:
        """Wait for the look that comes next; it is everybody's, so nobody takes it along who waits no longer."""
        if self._next is None:
            self._next = asyncio.create_task(self._look_in_time())
        return await asyncio.shield(self._next)

    async def _look_in_time(self) -> set[str]:
        async with self._one_at_a_time:
            await self._sleep(max(0.0, self._not_before - self._monotonic()))
            self._next = None
            try:
                return await self._find_clear(list(self._waiting.values()))
            finally:
                self._not_before = self._monotonic() + max(PAUSE_SECONDS, len(self._waiting) / WAITING_PER_SECOND)
