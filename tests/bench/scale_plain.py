"""The parts of so many clones as plain manifests: what they take without kro, controller and database.

How that grows is how Kubernetes itself does, on the same machine in the same run.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

import yaml

from api.cluster.connect import VendorApi
from api.cluster.resources import NAME_LABEL, PART_PATHS
from tests.bench.control_plane import ControlPlane
from tests.bench.scale_numbers import sampled
from tests.bench.scale_objects import OF_CLONES, Clones, Json, following, for_each, until
from tests.bench.scale_plane import NAMESPACE
from tests.bench.scale_run import PATIENCE, PROGRAMS, say
from tests.bench.scale_single import make_by_kro, parts_of

NAME = "bare-parts"  # what stands nowhere else in the manifests


def template_of(plane: ControlPlane) -> list[Json]:
    """The manifests of a clone that is called NAME, in the order in which they are made."""
    make_by_kro(plane, NAME)
    try:
        return list(yaml.safe_load_all(parts_of(plane, NAME, NAME)))
    finally:
        plane.kubectl("delete", "wordpressclone", NAME, "-n", NAMESPACE)


@dataclass(frozen=True)
class Plain:
    """Makes and removes the parts of so many clones."""

    plane: ControlPlane
    api: VendorApi
    clones: Clones
    template: list[Json]

    def measure(self, count: int) -> dict[str, Any]:
        """Seconds until all pods are Ready, then until nothing is left, and of the processor."""
        names = [f"{NAME}-{number:04d}" for number in range(count)]
        pids = {program: self.plane.pid(program) for program in PROGRAMS}
        with sampled(pids) as used:
            ready = self._make(names)
        with sampled(pids) as used_by_deletion:
            started = time.monotonic()
            for_each(names, self._remove)
            until(lambda: not self.clones.are_left(), lambda: f"nothing is left: {self.clones.left()}", PATIENCE)
            deleted = time.monotonic() - started
        say(f"{count} plain: Ready after {ready:.1f} s, gone after {deleted:.1f} s")
        return {
            "count": count,
            "ready_seconds": round(ready, 1),
            "deleted_seconds": round(deleted, 1),
            "cpu_seconds": used.rounded(),
            "deletion_cpu_seconds": used_by_deletion.rounded(),
        }

    def _make(self, names: list[str]) -> float:
        ready: set[str] = set()

        def hear(_: str, item: Json) -> None:
            if (item.get("status") or {}).get("readyReplicas"):
                ready.add(item["metadata"]["labels"][NAME_LABEL])

        with following(self.api, PART_PATHS["deployment"].format(namespace=NAMESPACE), OF_CLONES, hear):
            started = time.monotonic()
            for_each(names, self._post)
            until(lambda: ready.issuperset(names), lambda: f"{len(names) - len(ready)} are not Ready", PATIENCE)
            return time.monotonic() - started

    def _post(self, name: str) -> None:
        for part in json.loads(json.dumps(self.template).replace(NAME, name)):
            self.api.request("POST", _path(part), body=part)

    def _remove(self, name: str) -> None:
        body = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"}
        for part in self.template:
            path = f"{_path(part)}/{part['metadata']['name'].replace(NAME, name)}"
            self.api.request("DELETE", path, body=body)


def _path(part: Json) -> str:
    return PART_PATHS[part["kind"].lower()].format(namespace=NAMESPACE)
