"""One command at a time: two that build and apply the same things would undo each other's work."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from local.progress import say
from local.settings import CACHE, SCRATCH


@contextmanager
def exclusive() -> Iterator[None]:
    """Wait for other commands of any checkout on this machine. The kernel frees the lock of one that was killed."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("… waiting for another command of the local cluster to end")
            fcntl.flock(file, fcntl.LOCK_EX)
        # What a killed command left there belongs to nobody now.
        shutil.rmtree(SCRATCH, ignore_errors=True)
        yield
