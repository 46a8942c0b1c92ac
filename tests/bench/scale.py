"""How many clones kro and the controller bear: `python -m tests.bench.scale`.

100, 300 and 1,000 `WordPressClone` objects are made at once on simulated nodes, followed until the status of each says
Ready and that its import has ended, then deleted until nothing is left. Beside it the same parts of one clone as plain
manifests. Numbers go to build/bench/scale.json.
"""

import argparse
import json
import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

from api.database.provision import Databases
from local.control_plane import ControlPlane
from tests.bench import scale_plane
from tests.bench.scale_imports import Imports
from tests.bench.scale_numbers import growth, kro_metrics, sampled
from tests.bench.scale_objects import Clones, Watched, api_of, until
from tests.bench.scale_single import compare
from tests.bench.scale_table import write_docs

RESULT = Path(__file__).resolve().parents[2] / "build" / "bench" / "scale.json"
PATIENCE = 600  # seconds for any one step; what does not end in that time has failed
IDLE_SECONDS = 15
PROGRAMS = ("kro", "controller", "kube-apiserver", "etcd", "kube-controller-manager", "mysql")


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", default="100,300,1000", help="how many clones at once, one measurement for each")
    parser.add_argument("--kro", default="", help="flags for kro, beside the deployed ones or in their place")
    parser.add_argument("--rounds", type=int, default=5, help="of the single clone; the median counts")
    parser.add_argument("--write-docs", action="store_true", help="put the table into docs/benchmarks.md")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))  # with all that has to be removed
    counts = sorted(int(word) for word in options.counts.split(","))
    nodes = -(-counts[-1] // scale_plane.PODS_ON_A_NODE)
    with scale_plane.running(nodes, options.kro.split()) as plane:
        result = measure(plane, counts, options.rounds)
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))
    if options.write_docs:
        write_docs(result)


def measure(plane: ControlPlane, counts: list[int], rounds: int) -> dict[str, Any]:
    """A single clone beside plain manifests, then each count in turn."""
    api = api_of(plane.kubeconfig())
    clones = Clones(api, scale_plane.NAMESPACE)
    database = plane.port(scale_plane.DATABASE_PORT)
    with Imports(api, scale_plane.NAMESPACE, database, plane.files / "ca.crt").running():
        single = compare(plane, rounds)
        until(lambda: not clones.left(), lambda: f"nothing is left: {clones.left()}", PATIENCE)
        runs = [Run(plane, clones, count).measure() for count in counts]
    return {"processors": os.cpu_count(), "single": single, "counts": runs, "growth": _growth(counts, runs)}


def _growth(counts: list[int], runs: list[dict[str, Any]]) -> dict[str, float]:
    """Exponents from the least count to the greatest; memory is what came on top of that before the first clone."""
    series = {name: [run[name] for run in runs] for name in ("ready_seconds", "deleted_seconds")}
    for program in ("kro", "controller"):
        series[f"{program}_mb"] = [run["memory_mb"][program] for run in runs]
        series[f"{program}_cpu"] = [run["cpu_seconds"][program] for run in runs]
    return {name: round(growth(counts, values), 2) for name, values in series.items()}


@dataclass(frozen=True)
class Run:
    """So many clones at once."""

    plane: ControlPlane
    clones: Clones
    count: int

    def measure(self) -> dict[str, Any]:
        """Make them, wait for them, delete them."""
        pids = {program: self.plane.pid(program) for program in PROGRAMS}
        before = kro_metrics(self.plane.port(scale_plane.KRO_PORT))
        with self.clones.watched() as watched:
            with sampled(pids) as used:
                made = self._make(watched)
            kro = kro_metrics(self.plane.port(scale_plane.KRO_PORT)).since(before)
            with sampled(pids) as idle:
                time.sleep(IDLE_SECONDS)
            with sampled(pids) as used_by_deletion:
                deleted = self._delete()
        return {
            "count": self.count,
            **made,
            "deleted_seconds": deleted,
            "reconciles": kro.reconciles,
            "reconcile_errors": kro.errors,
            "reconcile_p50_ms": round(kro.quantile(0.5) * 1000),
            "reconcile_p95_ms": round(kro.quantile(0.95) * 1000),
            "database_connections": most_connections(self.plane),
            "memory_mb": {name: round(value) for name, value in used.memory.items()},
            "cpu_seconds": {name: round(value, 1) for name, value in used.seconds.items()},
            "deletion_cpu_seconds": {name: round(value, 1) for name, value in used_by_deletion.seconds.items()},
            "idle_cpu_percent": {name: round(value / IDLE_SECONDS * 100, 1) for name, value in idle.seconds.items()},
        }

    def _make(self, watched: Watched) -> dict[str, Any]:
        names = [f"bench-{number:04d}" for number in range(self.count)]
        started = time.monotonic()
        self.clones.create(names)
        posted = time.monotonic()
        until(lambda: not watched.missing(names, "complete"), lambda: _missing(watched, names), PATIENCE)
        seen = [watched.objects[name] for name in names]
        say(f"{self.count} clones: posted in {posted - started:.1f} s, complete in {time.monotonic() - started:.1f} s")
        return {
            "posted_seconds": round(posted - started, 1),
            "ready_seconds": round(max(one.ready for one in seen) - started, 1),
            "complete_seconds": round(max(one.complete for one in seen) - started, 1),
            "median_ready_seconds": round(quantiles([one.ready for one in seen], n=2)[0] - started, 1),
            "dropped": len(watched.missing(names, "complete")),
        }

    def _delete(self) -> float:
        started = time.monotonic()
        databases = Databases(
            scale_plane.database(self.plane), cluster=scale_plane.NAME, namespace=scale_plane.NAMESPACE
        )
        self.clones.delete_all()
        until(lambda: not self.clones.left(), lambda: f"nothing is left: {self.clones.left()}", PATIENCE)
        until(lambda: not databases.owned(), lambda: f"no database is left: {databases.list_owned()[:3]}", PATIENCE)
        say(f"{self.count} clones: gone in {time.monotonic() - started:.1f} s")
        return round(time.monotonic() - started, 1)


def most_connections(plane: ControlPlane) -> int:
    """The most connections that the database had at one time since it was started, ours to end imports among them."""
    with scale_plane.database(plane).session() as session:
        ((_, most),) = session.execute("SHOW GLOBAL STATUS LIKE 'Max_used_connections'")
    return int(most)


def _missing(watched: Watched, names: list[str]) -> str:
    missing = watched.missing(names, "complete")
    return f"{len(missing)} of {len(names)} clones are not complete, {missing[:3]} among them"


def say(text: str) -> None:
    """Tell how far it is."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
