"""How what was measured grows with the number of clones, as exponents: 1 is in proportion, below is slower."""

import math
from collections.abc import Callable, Iterable, Sequence
from statistics import mean
from typing import Any

Facts = dict[str, Any]

#: What clones and plain manifests both take; seconds of the processor are those of all programs.
OF_BOTH: dict[str, Callable[[Facts], float]] = {
    "ready_seconds": lambda run: run["ready_seconds"],
    "deleted_seconds": lambda run: run["deleted_seconds"],
    "making_cpu": lambda run: sum(run["cpu_seconds"].values()),
    "deletion_cpu": lambda run: sum(run["deletion_cpu_seconds"].values()),
}


def growth_of(runs: Sequence[Facts]) -> dict[str, float]:
    """Exponents of times."""
    return {name: _rounded((run["count"], read(run)) for run in runs) for name, read in OF_BOTH.items()}


def growth_of_memory(runs: Sequence[Facts]) -> dict[str, float]:
    """Exponents of memory; of the last run nothing counts, because a process keeps what it has once had."""
    programs = ("kro", "controller")
    return {f"{name}_mb": _rounded((run["count"], run["memory_mb"][name]) for run in runs[:-1]) for name in programs}


def _rounded(measured: Iterable[tuple[int, float]]) -> float:
    return round(growth(list(measured)), 2)


def growth(measured: Sequence[tuple[int, float]]) -> float:
    """The exponent by which a value grows from the least count to the greatest: 1 is in proportion, below is slower.

    `measured` are pairs of count and value; where a count was measured more than once the mean counts.
    """
    least, greatest = min(count for count, _ in measured), max(count for count, _ in measured)
    first, last = (mean(value for count, value in measured if count == end) for end in (least, greatest))
    if least == greatest or first <= 0 or last <= 0:
        return 0.0
    return math.log(last / first) / math.log(greatest / least)
