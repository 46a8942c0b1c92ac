"""Waiting until something holds of what the watch said last: one task looks for all that wait, in turn.

A task for each that wakes to look would cost ten times what the look does: of a thousand clones at rest, a tenth of a
processor.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

TICK_SECONDS = 2.0  # between two looks; a clone is gone at most 10 s late, and so is one whose TTL was shortened


class Stopped(Protocol):
    """kopf's word to a daemon that it has to end."""

    def wait(self, timeout: float | None = None) -> Awaitable[object]:
        """Wait for that word, for some seconds or until it comes; true if it came."""


class Vigil:
    """All that wait; of one event loop."""

    def __init__(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._sleep = sleep
        self._waiting: dict[asyncio.Future[None], Callable[[], bool]] = {}
        self._looking: asyncio.Task[None] | None = None

    async def until(self, holds: Callable[[], bool], stopped: Stopped) -> bool:
        """Wait until `holds`, which must not block; false if the word to stop came first. Raises what `holds` did."""
        told = asyncio.get_running_loop().create_future()
        stop = asyncio.ensure_future(stopped.wait())
        self._waiting[told] = holds
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        try:
            await asyncio.wait((told, stop), return_when=asyncio.FIRST_COMPLETED)
            if told.done():
                told.result()
            return told.done()
        finally:
            del self._waiting[told]
            stop.cancel()

    async def _look(self) -> None:
        while self._waiting:
            for told, holds in list(self._waiting.items()):
                if not told.done():
                    _look_at(told, holds)
            await self._sleep(TICK_SECONDS)
        self._looking = None


def _look_at(told: asyncio.Future[None], holds: Callable[[], bool]) -> None:
    try:
        if holds():
            told.set_result(None)
    except Exception as error:  # noqa: BLE001 - raised where it is waited for: one odd object must not end all the others
        told.set_exception(error)
