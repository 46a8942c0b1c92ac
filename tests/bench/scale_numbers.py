"""Numbers of running programs: kro's own metrics, memory and processor of processes, and how they grow."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

TICKS = os.sysconf("SC_CLK_TCK")
TOTALS = (
    "dynamic_controller_handler_errors_total",
    "dynamic_controller_queue_length",
    "dynamic_controller_gvr_count",
)
SAMPLE_SECONDS = 1.0


@dataclass(frozen=True)
class KroMetrics:
    """kro's own count of what it did with clones.

    Args:
        buckets: Upper bound in seconds → reconciles that took at most so long, so far.
        errors: Reconciles that failed so far.
        queue: Objects that wait for one now.
        kinds: How many kinds it follows now.
    """

    buckets: Mapping[float, float]
    errors: float
    queue: float
    kinds: float

    def since(self, earlier: KroMetrics) -> KroMetrics:
        """What came after an earlier reading."""
        counts = {bound: count - earlier.buckets.get(bound, 0.0) for bound, count in self.buckets.items()}
        return KroMetrics(counts, self.errors - earlier.errors, self.queue, self.kinds)

    @property
    def reconciles(self) -> int:
        """How many."""
        return int(self.buckets.get(math.inf, 0.0))

    def quantile(self, share: float) -> float:
        """Seconds within which so large a share of reconciles ended, between two bounds by proportion."""
        wanted, below, before = self.reconciles * share, 0.0, 0.0
        for bound, count in sorted(self.buckets.items()):
            if count >= wanted and count > before:
                return below if math.isinf(bound) else below + (bound - below) * (wanted - before) / (count - before)
            below, before = bound, count
        return 0.0


def kro_metrics(port: int) -> KroMetrics:
    """Read them at a port of the loopback."""
    text = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=30).raise_for_status().text
    buckets: dict[float, float] = {}
    totals = dict.fromkeys(TOTALS, 0.0)
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == "dynamic_controller_reconcile_duration_seconds_bucket" and _is_ours(sample.labels):
                buckets[float(sample.labels["le"])] = sample.value
            elif sample.name in totals:
                totals[sample.name] += sample.value
    return KroMetrics(buckets, *totals.values())


def _is_ours(labels: Mapping[str, str]) -> bool:
    return "wordpressclones" in labels.get("gvr", "")


@dataclass
class Sampled:
    """Of some processes over a time: the most memory (MiB) and the processor seconds used, by name."""

    memory: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def rounded(self) -> dict[str, float]:
        """The seconds, to a tenth."""
        return {name: round(value, 1) for name, value in self.seconds.items()}

    def take(self, pids: Mapping[str, int]) -> None:
        """Look once."""
        for name, pid in pids.items():
            self.memory[name] = max(self.memory.get(name, 0.0), resident(pid))


@contextmanager
def sampled(pids: Mapping[str, int]) -> Iterator[Sampled]:
    """Watch processes, by name and number, while the block runs."""
    found, ended = Sampled(), threading.Event()
    before = {name: processor_seconds(pid) for name, pid in pids.items()}

    def sample() -> None:
        while not ended.wait(SAMPLE_SECONDS):
            found.take(pids)

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()
        found.take(pids)
        found.seconds = {name: processor_seconds(pid) - before[name] for name, pid in pids.items()}


def resident(pid: int) -> float:
    """Resident memory of a process, MiB (proc_pid_status(5))."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS:")).split()[1]) / 1024


def processor_seconds(pid: int) -> float:
    """Processor seconds of a process so far (proc_pid_stat(5): fields 14 and 15, after the name in brackets)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
