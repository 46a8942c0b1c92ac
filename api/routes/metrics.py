"""Figures for Prometheus: how clones end, how long their phases take, how many are being made."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 45.0, 60.0, 120.0, 180.0)


class Metrics:
    """The figures of one application, in a registry of its own. `running` tells how many clones are being made."""

    def __init__(self, running: Callable[[], int]) -> None:
        self._registry = CollectorRegistry()
        self._outcomes = Counter(
            "clone_creations", "Clones by how their creation ended", ["outcome"], registry=self._registry
        )
        self._phases = Histogram(
            "clone_phase_seconds",
            "Seconds that each phase of a creation took",
            ["phase"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        gauge = Gauge("clone_creations_running", "Clones being made at this moment", registry=self._registry)
        gauge.set_function(running)

    def report(self, outcome: str, timings: dict[str, float]) -> None:
        """Count one creation: a code of ours, READY or ACCEPTED, and the seconds of its phases."""
        self._outcomes.labels(outcome).inc()
        for phase, seconds in timings.items():
            self._phases.labels(phase).observe(seconds)

    def render(self) -> bytes:
        """Return the figures in Prometheus's text format."""
        return generate_latest(self._registry)
