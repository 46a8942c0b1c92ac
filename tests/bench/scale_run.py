"""So many clones at once: made, followed until all are complete, left alone for a moment, deleted."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

from api.database.provision import Databases
from local.control_plane import ControlPlane
from tests.bench import scale_plane
from tests.bench.scale_numbers import kro_metrics, sampled
from tests.bench.scale_objects import Clones, Watched, until

PATIENCE = 600  # seconds for any one step; what does not end in that time has failed
IDLE_SECONDS = 15
PROGRAMS = ("kro", "controller", "kube-apiserver", "etcd", "kube-controller-manager", "mysql")


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
