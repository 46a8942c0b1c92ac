"""The numbers of many clones as a table of docs/benchmarks.md, between two markers."""

from pathlib import Path
from typing import Any

from tests.bench.scale_growth import OF_BOTH

DOCS = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- scale -->", "<!-- /scale -->"


def table(result: dict[str, Any]) -> str:
    """The tables in Markdown."""
    single, grown, plain = result["single"], result["growth"], result["plain_growth"]
    lines = [
        (
            "| clones at once | all posted s | all Ready s | all complete s | dropped | all gone s"
            " | reconciles of kro | p50 ms | p95 ms | kro MB | controller MB |"
        ),
        f"|{'---|' * 11}",
        *(_row(run) for run in result["counts"]),
        "",
        "| the same parts as plain manifests | all Ready s | all gone s |",
        f"|{'---|' * 3}",
        *(f"| {run['count']:,} | {run['ready_seconds']} | {run['deleted_seconds']} |" for run in result["plain"]),
        "",
        "| exponents of growth | until Ready | until gone | processor, until Ready | until gone |",
        f"|{'---|' * 5}",
        *(_exponents(*way) for way in (("clones", grown), ("plain manifests", plain))),
        "",
        (
            "An exponent is from the least count, the mean of its two runs, to the greatest (1: in proportion)."
            f" That of kro's memory is {grown['kro_mb']}, of the controller's {grown['controller_mb']}."
        ),
        (
            f"One clone: {single['kro']} s by kro, {single['manifests']} s as the same parts in plain manifests"
            f" ({single['ratio']} times; median of {single['rounds']}). {result['processors']} processors in all."
        ),
        *_flags(result["flags"]),
    ]
    return "\n".join(lines)


def _row(run: dict[str, Any]) -> str:
    times = ("posted_seconds", "ready_seconds", "complete_seconds", "dropped", "deleted_seconds")
    names = ("count", *times, "reconciles", "reconcile_p50_ms", "reconcile_p95_ms")
    cells = [f"{run[name]:,}" for name in names]
    cells += [str(run["memory_mb"][program]) for program in ("kro", "controller")]
    return f"| {' | '.join(cells)} |"


def _exponents(way: str, found: dict[str, float]) -> str:
    return f"| {way} | {' | '.join(str(found[name]) for name in OF_BOTH)} |"


def _flags(runs: list[dict[str, Any]]) -> list[str]:
    if not runs:
        return []
    head = f"| kro with, {runs[0]['count']} clones | all Ready s | all gone s | reconciles | p50 ms | p95 ms |"
    names = ("kro", "ready_seconds", "deleted_seconds", "reconciles", "reconcile_p50_ms", "reconcile_p95_ms")
    rows = [f"| {' | '.join(str(run[name]) for name in names)} |" for run in runs]
    return ["", head, f"|{'---|' * len(names)}", *rows]


def write_docs(result: dict[str, Any]) -> None:
    """Replace what stands between the markers."""
    text = DOCS.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    tail = rest.partition(END)[2]
    DOCS.write_text(f"{head}{BEGIN}\n{table(result)}\n{END}{tail}", encoding="utf-8")
