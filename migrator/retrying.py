"""Try a call again while its failure may pass, and ask for smaller answers when a site fails under large ones."""

import threading
from collections import Counter
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
_ENOUGH = 4  # calls without failure: where a tenth of all is lost, the budget then grows more often than it shrinks
_MOSTLY = 2  # how many calls of a size have to go well for one that fails


@dataclass(frozen=True)
class RetryPolicy:
    """How often a call is tried and how long it may take with all its pauses, in seconds."""

    attempts: int = 8
    timeout: float = 180.0
    first_pause: float = 0.2
    longest_pause: float = 15.0


BRIEF = RetryPolicy(attempts=3, timeout=20.0)


class Budget:
    """How many bytes an answer may have: halved when the site fails, doubled again when that had another cause.

    A host that cannot give large answers fails under them again and again; one that loses a call now and then, of any
    size, does not. So a size comes back after some calls without failure, if most calls of that size have gone well.
    """

    def __init__(self, largest: int = _LARGEST_BUDGET) -> None:
        self._largest = largest
        self._halvings = 0
        self._in_a_row = 0
        self._passed: Counter[int] = Counter()
        self._failed: Counter[int] = Counter()
        self._lock = threading.Lock()

    @property
    def bytes(self) -> int:
        """The present budget."""
        return max(_SMALLEST_BUDGET, self._largest >> self._halvings)

    def limit(self, largest: int) -> None:
        """Never ask for more than `largest` bytes."""
        with self._lock:
            self._largest = min(self._largest, max(_SMALLEST_BUDGET, largest))

    def shrink(self, used: int) -> None:
        """A call with budget `used` failed: use half of it, unless another thread has shrunk already."""
        with self._lock:
            self._failed[used] += 1
            if self.bytes == used:
                self._in_a_row = 0
                self._halvings += used > _SMALLEST_BUDGET

    def keep(self, used: int) -> None:
        """A call with budget `used` went well: after some of them use twice as much, if that went well before."""
        with self._lock:
            self._passed[used] += 1
            self._in_a_row += self.bytes == used
            if self._halvings and self._in_a_row >= _ENOUGH:
                self._halvings -= 1
                if self._passed[self.bytes] <= _MOSTLY * self._failed[self.bytes]:
                    self._halvings += 1
                self._in_a_row = 0


def retried(policy: RetryPolicy, budget: Budget, call: Callable[[int], Result]) -> Result:
    """Make a call, again while it fails in a way that may pass; `call` gets the budget of its answer in bytes."""

    def within_budget() -> Result:
        size = budget.bytes
        try:
            result = call(size)
        except (AnswerDamaged, SourceFailed, SourceUnreachable):
            budget.shrink(size)
            raise
        budget.keep(size)
        return result

    return repeated(policy, within_budget)


def repeated(policy: RetryPolicy, call: Callable[[], Result]) -> Result:
    """Make a call, again while it fails in a way that may pass; for answers whose size does not depend on a budget."""
    for attempt in stamina.retry_context(
        on=_pause,
        attempts=policy.attempts,
        timeout=policy.timeout,
        wait_initial=policy.first_pause,
        wait_max=policy.longest_pause,
    ):
        with attempt:
            return call()
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
