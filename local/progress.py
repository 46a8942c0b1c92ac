"""What the person at the terminal sees: one line per step, with its time; a sign of life while a step takes long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager

from rich.console import Console

console = Console(highlight=False)
#: Seconds without a line after which a step says that it is still running.
QUIET_SECONDS = 20.0
#: Steps faster than this (seconds) are not worth a line.
SILENT_SECONDS = 0.5

timings: list[tuple[str, float]] = []


def say(text: str) -> None:
    """Print a line; markup characters in it are printed as they are."""
    console.print(text, markup=False, soft_wrap=True)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Time a step: a line when it begins to take long, a line with its seconds when it ends."""
    started = time.monotonic()
    ended = threading.Event()
    watcher = threading.Thread(target=_report, args=(name, started, ended), daemon=True)
    watcher.start()
    try:
        yield
    except BaseException:
        _end(ended, watcher)
        say(f"✗ {name} ({time.monotonic() - started:.1f} s)")
        raise
    _end(ended, watcher)
    seconds = time.monotonic() - started
    timings.append((name, seconds))
    if seconds >= SILENT_SECONDS:
        say(f"✓ {name} ({seconds:.1f} s)")


def _report(name: str, started: float, ended: threading.Event) -> None:
    if ended.wait(2):
        return
    say(f"… {name}")
    while not ended.wait(QUIET_SECONDS):
        say(f"… {name}: {time.monotonic() - started:.0f} s so far")


def _end(ended: threading.Event, watcher: threading.Thread) -> None:
    ended.set()
    watcher.join()


def together(*tasks: Callable[[], object]) -> None:
    """Run tasks in threads; wait for all of them, then raise the first one's error, if any."""
    with ThreadPoolExecutor(max_workers=max(1, len(tasks))) as pool:
        futures = [pool.submit(task) for task in tasks]
        wait(futures)
    for future in futures:
        future.result()


def summary(seconds: float) -> str:
    """One line: how long everything took, and the longest steps (some run beside each other)."""
    longest = sorted(timings, key=lambda timing: -timing[1])[:6]
    parts = " · ".join(f"{name} {taken:.0f} s" for name, taken in longest if taken >= 1)
    return f"done in {seconds:.0f} s" + (f" ({parts})" if parts else "")
