"""One fault after another, at times and in an order that a seed decides; each is printed when it begins and ends."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from random import Random
from typing import Self

import stamina

from local.errors import LocalError
from tests.faults.faults import FAULTS, Fault, mend

END_SECONDS = 120.0
PAUSE_SECONDS = (1.0, 6.0)  # between two faults


class FaultInjector:
    """Injects faults from a thread of its own for as long as the context lasts; then everything is mended.

    `done` counts what happened. Every kind comes once before any comes again.
    """

    def __init__(self, seed: int, faults: tuple[Fault, ...] = FAULTS) -> None:
        self.done: Counter[str] = Counter()
        self._random = Random(seed)
        self._faults = faults
        self._stop = threading.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="faults")
        self._began = time.monotonic()
        self._running: Future[None] | None = None

    def __enter__(self) -> Self:
        mend()
        self._began = time.monotonic()
        self._running = self._thread.submit(self._run)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.shutdown()
        mend()
        if self._running is not None:
            self._running.result()

    def all_done(self) -> bool:
        """Whether every kind of fault has come at least once; raises what ended the injection."""
        if self._running is not None and self._running.done():
            self._running.result()
        return len(self.done) == len(self._faults)

    def _run(self) -> None:
        for fault in self._order():
            if self._stop.wait(self._random.uniform(*PAUSE_SECONDS)):
                return
            self._inject(fault)

    def _order(self) -> Iterator[Fault]:
        while True:
            kinds = [fault for fault in self._faults if self.done[fault.name] < fault.at_most]
            yield from self._random.sample(kinds, len(kinds))

    def _inject(self, fault: Fault) -> None:
        seconds = self._random.uniform(*fault.seconds)
        self._say(f"{fault.name} for {seconds:.1f} s")
        _insist(fault.begin)
        self._stop.wait(seconds)
        _insist(fault.end)
        self.done[fault.name] += 1
        self._say(f"{fault.name} is over")

    def _say(self, what: str) -> None:
        print(f"{time.monotonic() - self._began:7.1f} s  fault: {what}", flush=True)


def _insist(step: Callable[[], None]) -> None:
    """Do it, again and again: what the fault before has broken may not be whole yet."""
    for attempt in stamina.retry_context(on=LocalError, attempts=None, timeout=END_SECONDS, wait_max=2):
        with attempt:
            step()
