"""So many clones at once: made, followed until all are complete, left alone for a moment, deleted."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from api.database.provision import Databases
from tests.bench import scale_plane
from tests.bench.control_plane import ControlPlane
from tests.bench.scale_numbers import KroMetrics, kro_metrics, sampled
from tests.bench.scale_objects import Clones, Watched, until

PATIENCE = 1800  # seconds for any one step; what does not end in that time has failed
IDLE_SECONDS = 15
SETTLED_SECONDS = 3  # without a reconcile
PROGRAMS = ("kro", "controller", "kube-apiserver", "etcd", "kube-controller-manager", "mysql")


@dataclass(frozen=True)
class Run:
    """So many clones at once; `facts` grow while it goes on."""

    plane: ControlPlane
    clones: Clones
    count: int
    facts: dict[str, Any] = field(default_factory=dict)

    def measure(self, tell: Callable[[], None]) -> None:
        """Make them, wait for them, leave them alone, delete them; `tell` is called whenever more is known."""
        pids = {program: self.plane.pid(program) for program in PROGRAMS}
        with self.clones.watched() as watched:
            with sampled(pids) as used:
                self._make(watched)
            self.facts["memory_mb"] = {name: round(value) for name, value in used.memory.items()}
            self.facts["cpu_seconds"] = used.rounded()
            tell()
            until(self._is_settled, lambda: "kro looks at nothing more", PATIENCE)
            with sampled(pids) as idle:
                time.sleep(IDLE_SECONDS)
            shares = {name: round(value / IDLE_SECONDS * 100, 1) for name, value in idle.seconds.items()}
            self.facts["idle_cpu_percent"] = shares
            with sampled(pids) as used_by_deletion:
                self._delete()
            self.facts["deletion_cpu_seconds"] = used_by_deletion.rounded()
            tell()

    def _make(self, watched: Watched) -> None:
        names = [f"bench-{number:04d}" for number in range(self.count)]
        before = self._kro()
        started = time.monotonic()
        self.clones.create(names)
        posted = time.monotonic()
        until(lambda: not watched.missing(names, "complete"), lambda: _missing(watched, names), PATIENCE)
        seen = [watched.objects[name] for name in names]
        kro = self._kro().since(before)
        self.facts.update(
            {
                "posted_seconds": round(posted - started, 1),
                "ready_seconds": round(max(one.ready for one in seen) - started, 1),
                "complete_seconds": round(max(one.complete for one in seen) - started, 1),
                "median_ready_seconds": round(median(one.ready for one in seen) - started, 1),
                "dropped": len(watched.missing(names, "complete")),
                "reconciles": kro.reconciles,
                "reconcile_errors": kro.errors,
                "reconcile_p50_ms": round(kro.quantile(0.5) * 1000),
                "reconcile_p95_ms": round(kro.quantile(0.95) * 1000),
                "database_connections": most_connections(self.plane),
            }
        )
        say(f"{self.count} clones: {self.facts}")

    def _is_settled(self) -> bool:
        before = self._kro().reconciles
        time.sleep(SETTLED_SECONDS)
        return self._kro().reconciles == before

    def _kro(self) -> KroMetrics:
        return kro_metrics(self.plane.port(scale_plane.KRO_PORT))

    def _delete(self) -> None:
        started = time.monotonic()
        databases = Databases(
            scale_plane.database(self.plane), cluster=scale_plane.NAME, namespace=scale_plane.NAMESPACE
        )
        self.clones.delete_all()
        until(lambda: not self.clones.are_left(), lambda: f"nothing is left: {self.clones.left()}", PATIENCE)
        until(lambda: not databases.owned(), lambda: f"no database is left: {databases.list_owned()[:3]}", PATIENCE)
        self.facts["deleted_seconds"] = round(time.monotonic() - started, 1)
        say(f"{self.count} clones: gone in {self.facts['deleted_seconds']} s")


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
