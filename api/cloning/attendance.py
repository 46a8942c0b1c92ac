"""Is anybody still waiting for this clone's answer?

A call is answered when its clone is ready, when it has failed, or with 202 after a while; then the work goes on alone.
What a failure leaves depends on that: a caller who waits gets the problem and nothing stays behind, one who is gone
finds a failed record. The two sides decide it here, under a lock, so that no failure falls between them.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future


class Attendance:
    """One caller's presence, for `seconds`; with 0 nobody waits from the start (`Prefer: respond-async`)."""

    def __init__(self, seconds: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._deadline = monotonic() + seconds
        self._lock = threading.Lock()
        self._present = seconds > 0
        self._claimed = False
        self.started: Future[str] = Future()

    def start(self, name: str) -> None:
        """Tell the clone's name: from now on it can be asked for."""
        self.started.set_result(name)

    @property
    def is_present(self) -> bool:
        """Whether the caller still waits."""
        return self._present

    def remaining(self) -> float:
        """Return for how many seconds the caller will wait."""
        with self._lock:
            return max(0.0, self._deadline - self._monotonic()) if self._present else 0.0

    def claim(self) -> bool:
        """Called by the work before it undoes itself: is the caller there to be told? If so, it will wait."""
        with self._lock:
            self._claimed = self._present
            return self._claimed

    def leave(self) -> bool:
        """Called for the caller when it has waited long enough; False if the work is about to tell it an error."""
        with self._lock:
            if not self._claimed:
                self._present = False
            return not self._claimed
