"""One clone by kro beside the same parts as plain manifests: from `kubectl apply` to a pod that is Ready."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

import yaml

from tests.bench.control_plane import ControlPlane
from tests.bench.scale_plane import NAMESPACE

PARTS = "configmaps,deployments,services,ingresses,networkpolicies"
WAIT = "--timeout=60s"


def compare(plane: ControlPlane, rounds: int) -> dict[str, Any]:
    """Seconds of both ways, in turn, the median of so many rounds, and the ratio."""
    plain, by_kro = [], []
    for number in range(rounds):
        name, other = f"single-{number}", f"plain-{number}"
        by_kro.append(_timed(partial(make_by_kro, plane, name)))
        manifests = parts_of(plane, name, other)
        plain.append(_timed(partial(_plain, plane, manifests, other)))
        plane.kubectl("delete", "-f", "-", "--wait=false", stdin=manifests)
        plane.kubectl("delete", "wordpressclone", name, "-n", NAMESPACE)
    seconds = {"kro": round(median(by_kro), 2), "manifests": round(median(plain), 2)}
    return {**seconds, "ratio": round(seconds["kro"] / seconds["manifests"], 2), "rounds": rounds}


def _timed(work: Callable[[], None]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


def make_by_kro(plane: ControlPlane, name: str) -> None:
    """One clone, until it is Ready."""
    metadata = {"name": name, "namespace": NAMESPACE}
    item = {"apiVersion": "kro.run/v1alpha1", "kind": "WordPressClone", "metadata": metadata, "spec": {}}
    plane.kubectl("apply", "-f", "-", stdin=yaml.safe_dump(item))
    condition = "--for=jsonpath={.status.phase}=Ready"
    plane.kubectl("wait", "wordpressclone", name, "-n", NAMESPACE, condition, WAIT)


def _plain(plane: ControlPlane, manifests: str, name: str) -> None:
    plane.kubectl("apply", "-f", "-", stdin=manifests)
    condition = "--for=jsonpath={.status.readyReplicas}=1"
    plane.kubectl("wait", "deployment", name, "-n", NAMESPACE, condition, WAIT)


def parts_of(plane: ControlPlane, name: str, new_name: str) -> str:
    """The manifests of a clone's parts under another name, without what the API server and kro wrote into them."""
    selector = f"--selector=wordpressclones.kro.run/name={name}"
    listed = json.loads(plane.kubectl("get", PARTS, "-n", NAMESPACE, selector, "-o", "json"))
    text = yaml.safe_dump_all(_stripped(item) for item in listed["items"])
    return text.replace(name, new_name)


def _stripped(item: dict[str, Any]) -> dict[str, Any]:
    label = "wordpressclones.kro.run/name"
    kept: dict[str, Any] = {key: item[key] for key in ("apiVersion", "kind", "spec", "data") if key in item}
    if item["kind"] == "Service":
        kept["spec"] = {key: value for key, value in item["spec"].items() if not key.startswith("clusterIP")}
    labels = {label: item["metadata"]["labels"][label]}
    kept["metadata"] = {"name": item["metadata"]["name"], "namespace": NAMESPACE, "labels": labels}
    return kept
