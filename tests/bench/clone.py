"""How fast a clone's pages are beside its source's: `python -m tests.bench.clone`, on the local cluster.

A clone of the demo source is made by `POST /clone`, and deleted afterwards. Pages of both are asked for in turn, over
the same ingress, from one client, after a few that do not count: warm caches, the same machine, the same moment.
Medians go to build/bench/clone.json.
"""

import argparse
import json
import os
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx

from local import checks
from local.demo import FACADE, SOURCE
from local.settings import BUILD
from tests.bench.docs import replace_table
from tests.cluster.conftest import Facade, made

RESULT = Path(__file__).resolve().parents[2] / "build" / "bench" / "clone.json"
WARM = 10
NEEDED = 1.2  # what a clone's front page may take of its source's time

Pair = tuple[float, float]


def main() -> None:
    """Measure and write; exits with 1 where the front page is slower than it may be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="requests of each page at each site")
    parser.add_argument("--write-docs", action="store_true", help="put the table into docs/benchmarks.md")
    options = parser.parse_args()
    result = measure(options.rounds)
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(table(result))
    if options.write_docs:
        replace_table("clone", table(result))
    if result["clone_over_source_p50"] > NEEDED:
        raise SystemExit(f"the clone's front page takes {result['clone_over_source_p50']} of its source's time")


def measure(rounds: int) -> dict[str, Any]:
    """Make a clone, measure its pages beside the source's, delete it."""
    token = (BUILD / "token").read_text().strip()
    password = json.loads((BUILD / "demo-source.json").read_text())["admin-password"]
    account = {"url": SOURCE, "username": "siteowner", "password": password}
    headers = {"Authorization": f"Bearer {token}"}
    with (
        httpx.Client(base_url=FACADE, headers=headers, timeout=30) as http,
        httpx.Client(timeout=60) as visitor,
        made(Facade(http), account) as clone,
    ):
        sites = checks.Site(SOURCE, visitor), checks.Site(clone["clone_url"], visitor)
        pages = {name: summary(timed(sites, path, rounds)) for name, path in paths(sites[0]).items()}
    front = pages["front page"]["clone_over_source_p50"]
    return {"clone_over_source_p50": front, "rounds": rounds, "processors": os.cpu_count(), "pages": pages}


def paths(source: checks.Site) -> dict[str, str]:
    """What is measured."""
    post = source.rest("posts", per_page=1)[0]["link"].removeprefix(source.url)
    return {"front page": "/", "a post": post, "a search": "/?s=garden", "the login page": "/wp-login.php"}


def timed(sites: tuple[checks.Site, checks.Site], path: str, rounds: int) -> list[Pair]:
    """Seconds of each request at source and clone; each goes first in every other round."""
    found = []
    for number in range(WARM + rounds):
        pair = [0.0, 0.0]
        for which in (0, 1) if number % 2 else (1, 0):
            started = time.perf_counter()
            sites[which].page(sites[which].url + path)
            pair[which] = time.perf_counter() - started
        found.append((pair[0], pair[1]))
    return found[WARM:]


def summary(pairs: list[Pair]) -> dict[str, float]:
    """Milliseconds in the middle and of the slowest tenth, and the ratio of the middles."""
    source, clone = ([pair[which] * 1000 for pair in pairs] for which in (0, 1))
    return {
        "source_p50_ms": round(median(source), 1),
        "clone_p50_ms": round(median(clone), 1),
        "source_p90_ms": round(quantiles(source, n=10)[-1], 1),
        "clone_p90_ms": round(quantiles(clone, n=10)[-1], 1),
        "clone_over_source_p50": round(median(clone) / median(source), 3),
    }


def table(result: dict[str, Any]) -> str:
    """The result in Markdown."""
    lines = [
        f"{result['rounds']} requests of each page at each site, in turn; {result['processors']} processors; ms.",
        "",
        "| page | source p50 | clone p50 | clone over source | source p90 | clone p90 |",
        "|---|---|---|---|---|---|",
    ]
    for name, page in result["pages"].items():
        lines.append(
            f"| {name} | {page['source_p50_ms']} | {page['clone_p50_ms']} | {page['clone_over_source_p50']:.2f}"
            f" | {page['source_p90_ms']} | {page['clone_p90_ms']} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
