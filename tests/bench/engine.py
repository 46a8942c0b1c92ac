"""How long a copy takes beside the alternatives: `python -m tests.bench.engine`.

A site of 1 GB in 12,000 files and 500 MB in 1.5 million rows, a serialized or JSON value in every tenth, is copied in
turn by the engine over HTTP, by `mysqldump | mysql` with `tar | tar`, and by mydumper with rsync, between the same two
servers. Medians of the rounds go to build/bench/engine.json.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.engine_runs import Measured, Runs
from tests.bench.engine_table import write_docs
from tests.bench.site_pictures import add_films, add_pictures
from tests.bench.site_rows import add_rows
from tests.engine.harness import Bench
from tests.engine.sites import Plan, Site

RESULT = Path(__file__).resolve().parents[2] / "build" / "bench" / "engine.json"
FILMS = 4_000_000_000  # bytes that --memory adds


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="size of the site, 1.0 is the full one")
    parser.add_argument("--rounds", type=int, default=3, help="the median of so many counts")
    parser.add_argument("--memory", action="store_true", help="also a copy with 4 GB more of files, for its memory")
    parser.add_argument("--write-docs", action="store_true", help="put the table into docs/benchmarks.md")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        result = measure(Bench(stack, folder), options.scale, options.rounds, memory=options.memory)
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps({name: value for name, value in result.items() if not isinstance(value, dict | list)}, indent=2))
    if options.write_docs:
        write_docs(result)


def measure(bench: Bench, scale: float, rounds: int, *, memory: bool) -> dict[str, Any]:
    """Make the site and copy it by each way in each round."""
    site, size = make_site(bench, scale)
    runs = Runs(bench, site)
    ways: dict[str, Callable[[], Measured]] = {
        "engine": runs.engine,
        "dump_and_tar": runs.dump_and_tar,
        "dump_then_tar": runs.dump_then_tar,
        "mydumper_and_rsync": runs.mydumper_and_rsync,
    }
    measured: dict[str, list[Measured]] = {name: [] for name in ways}
    for number in range(rounds):
        for name, run in ways.items():
            measured[name].append(run())
            say(f"round {number + 1}, {name}: {measured[name][-1]}")
    result = summary(measured) | {"site": size, "scale": scale, "rounds": rounds, "processors": os.cpu_count()}
    if memory:
        add_films(site.root, FILMS)
        result["engine_peak_rss_mb_with_4_gb_more"] = round(runs.engine().peak_mb, 1)
    return result | rewriting()


def make_site(bench: Bench, scale: float) -> tuple[Site, dict[str, int]]:
    """The site, and how much it has: files, file_bytes, rows, row_bytes."""
    started = time.monotonic()
    site = bench.site(Plan("bench", "utf8mb4", _options()), bench.source)
    file_bytes = add_pictures(site.root, scale)
    rows = add_rows(site, scale)
    (row_bytes,) = bench.source.run(
        f"SELECT SUM(data_length) FROM information_schema.tables WHERE table_schema = '{site.account.database}'"
    )[0]
    files = sum(path.is_file() for path in site.root.rglob("*"))
    size = {"files": files, "file_bytes": file_bytes, "rows": rows, "row_bytes": int(row_bytes)}
    say(f"the site was made in {time.monotonic() - started:.0f} s: {size}")
    return site, size


def summary(measured: dict[str, list[Measured]]) -> dict[str, Any]:
    """Medians and ratios."""
    wall = {name: median(run.wall for run in runs) for name, runs in measured.items()}
    ours = measured["engine"]
    return {
        "engine_over_dump_wall": round(wall["engine"] / wall["dump_and_tar"], 3),
        "engine_over_dump_in_turn_wall": round(wall["engine"] / wall["dump_then_tar"], 3),
        "engine_over_mydumper_wall": round(wall["engine"] / wall["mydumper_and_rsync"], 3),
        "engine_peak_rss_mb": round(max(run.peak_mb for run in ours), 1),
        "wall_seconds": {name: round(seconds, 2) for name, seconds in wall.items()},
        "cpu_seconds": {name: _median_cpu(runs) for name, runs in measured.items()},
        "engine_steps": ours[-1].steps,
        "wall_seconds_of_each_round": {name: [round(run.wall, 2) for run in runs] for name, runs in measured.items()},
    }


def _median_cpu(runs: list[Measured]) -> dict[str, float]:
    return {who: round(median(run.cpu[who] for run in runs), 2) for who in sorted(runs[0].cpu)}


def rewriting() -> dict[str, float]:
    """Rewriting alone, beside PHP's way."""
    from tests.bench import rewriting as alone

    say("rewriting alone")
    return {name: value for name, value in alone.measure().items() if isinstance(value, int | float)}


def _options() -> list[Any]:
    from tests.engine.content import core_tables

    return [table for table in core_tables(0) if table.name in ("wp_options", "wp_users", "wp_usermeta")]


def say(text: str) -> None:
    """Tell how far it is."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
