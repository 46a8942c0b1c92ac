"""Try a call again while its failure may pass, and ask for smaller answers when a site fails under large ones."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import stamina

from migrator.errors import (
    AgentMissing,
    AnswerDamaged,
    MigrationError,
    PermanentError,
    SourceFailed,
    SourceUnreachable,
)

Result = TypeVar("Result")
_SMALLEST_BUDGET = 65_536
_LARGEST_BUDGET = 4_194_304  # bytes per answer: larger ones are not faster, and four are held at a time


@dataclass(frozen=True)
class RetryPolicy:
    """How often a call is tried and how long it may take with all its pauses, in seconds."""

    attempts: int = 8
    timeout: float = 180.0
    first_pause: float = 0.2
    longest_pause: float = 15.0


BRIEF = RetryPolicy(attempts=3, timeout=20.0)


class Budget:
    """How many bytes an answer may have: halved when the site fails, never grown again in a run."""

    def __init__(self, largest: int = _LARGEST_BUDGET) -> None:
        self._bytes = largest
        self._lock = threading.Lock()

    @property
    def bytes(self) -> int:
        """The present budget."""
        return self._bytes

    def limit(self, largest: int) -> None:
        """Never ask for more than `largest` bytes."""
        with self._lock:
            self._bytes = max(_SMALLEST_BUDGET, min(self._bytes, largest))

    def shrink(self, used: int) -> None:
        """A call with budget `used` failed: use half of it, unless another thread has shrunk already."""
        with self._lock:
            if self._bytes == used:
                self._bytes = max(_SMALLEST_BUDGET, used // 2)


def retried(policy: RetryPolicy, budget: Budget, call: Callable[[int], Result]) -> Result:
    """Make a call, again while it fails in a way that may pass; `call` gets the budget of its answer in bytes."""
    for attempt in stamina.retry_context(
        on=_pause,
        attempts=policy.attempts,
        timeout=policy.timeout,
        wait_initial=policy.first_pause,
        wait_max=policy.longest_pause,
    ):
        with attempt:
            size = budget.bytes
            try:
                return call(size)
            except (AnswerDamaged, SourceFailed, SourceUnreachable):
                budget.shrink(size)
                raise
    raise AssertionError("stamina ends with a result or an error")


def _pause(error: Exception) -> bool | float:
    """Whether to try again, and after how many seconds where the site has said so."""
    if not isinstance(error, MigrationError) or _is_final(error):
        return False
    if isinstance(error, SourceUnreachable) and error.retry_after:
        return error.retry_after
    return True


def _is_final(error: MigrationError) -> bool:
    """Whether trying again at once is pointless. AgentMissing may be a passing page of a cache or a firewall."""
    return isinstance(error, PermanentError) and not isinstance(error, AgentMissing)
