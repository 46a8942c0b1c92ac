"""How long each phase of a creation took."""

from collections.abc import Callable


class Timings:
    """A stopwatch that is always in exactly one phase."""

    def __init__(self, monotonic: Callable[[], float], phase: str) -> None:
        self._monotonic = monotonic
        self._began = self._since = monotonic()
        self._phase = phase
        self._seconds: dict[str, float] = {}

    @property
    def phase(self) -> str:
        """The phase that runs."""
        return self._phase

    def enter(self, phase: str) -> None:
        """End the running phase and begin another."""
        now = self._monotonic()
        self._seconds[self._phase] = self._seconds.get(self._phase, 0.0) + now - self._since
        self._phase, self._since = phase, now

    def seconds(self) -> dict[str, float]:
        """Return the seconds of each phase so far, in their order, and their `total`; rounded to milliseconds."""
        self.enter(self._phase)
        measured = {phase: round(seconds, 3) for phase, seconds in self._seconds.items()}
        return measured | {"total": round(self._since - self._began, 3)}
