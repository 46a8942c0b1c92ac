"""How often to look at each import, when many run: all together so many looks a second, and no more.

Few are looked at as often as a person likes it. A thousand at once would ask the database for more than it, and one
processor of ours, can answer, and would wait the longer for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

IMPORTS_PER_SECOND = 20  # a look may take a login at the database: some 10 ms of its processor and of ours


class Pacing:
    """The clones that wait for one thing now; of one event loop."""

    def __init__(self, looks_per_second: float) -> None:
        self._looks_per_second = looks_per_second
        self._waiting = 0

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Count one more of them while the block runs."""
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    def pause(self, wanted: float) -> float:
        """Return the seconds until the next look of one that would like to look again after `wanted` seconds."""
        return max(wanted, self._waiting / self._looks_per_second)
