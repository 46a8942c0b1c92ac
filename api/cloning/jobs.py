"""A bounded number of creations at one time, each in a thread that outlives its caller's connection."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from api.domain.errors import TooManyRequests

Result = TypeVar("Result")

RETRY_AFTER_SECONDS = 15  # about what a clone of a small site takes


class JobPool:
    """Runs at most `size` jobs; a further one is refused, not queued: its caller would not know what it waits for."""

    def __init__(self, size: int) -> None:
        self._free = threading.BoundedSemaphore(size)
        self._running = 0
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(max_workers=size, thread_name_prefix="clone")

    @property
    def running(self) -> int:
        """How many jobs run."""
        return self._running

    def submit(self, job: Callable[[], Result]) -> "Future[Result]":
        """Run a job; raises TooManyRequests if there is no place."""
        if not self._free.acquire(blocking=False):
            raise TooManyRequests(
                "As many clones as allowed are being made at this moment.", retry_after=RETRY_AFTER_SECONDS
            )
        self._count(1)
        future = self._threads.submit(job)
        future.add_done_callback(self._release)
        return future

    def close(self, *, wait: bool = False) -> None:
        """Take no more jobs; those that run go on to their end, which is waited for if `wait`."""
        self._threads.shutdown(wait=wait)

    def _release(self, _: object) -> None:
        self._count(-1)
        self._free.release()

    def _count(self, change: int) -> None:
        with self._lock:
            self._running += change
