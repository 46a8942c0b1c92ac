"""Faults of the local cluster: each begins, lasts for a moment, and is mended.

    facade, controller, kro     the pod is killed without a word (SIGKILL); its Deployment makes another
    database                    mysqld is killed; its container starts again, with its data
    database cut, source cut    the Service leads nowhere: connections are refused
    api cut                     the control plane stands still: nothing answers, no connection ends
    node                        the worker stands still, with all that runs on it; for less than the 40 s after which
                                Kubernetes would give it up

Whatever a run leaves half-done, `mend` puts right; it may be repeated.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import stamina

from local.command import run
from local.errors import CommandFailed, LocalError
from local.kubectl import kubectl
from local.settings import CONTROL_PLANE, WORKER

MEND_SECONDS = 180.0
NODES = (CONTROL_PLANE, WORKER)
CUT = "faults.test/cut"  # a label that no pod has
SERVICES = {"database": ("database", "mysql"), "source": ("demo-source", "web")}
WORKLOADS = (
    ("wordpress-clone", "clone-api"),
    ("wordpress-clone", "clone-controller"),
    ("wordpress-clone", "egress-proxy"),
    ("kro-system", "kro"),
    ("database", "mysql"),
    ("ingress", "skipper"),
    ("demo-source", "web"),
    ("demo-source", "db"),
)


@dataclass(frozen=True)
class Fault:
    """One kind of fault, which lasts for so many seconds (at least, at most); a run has it `at_most` so often."""

    name: str
    begin: Callable[[], None]
    end: Callable[[], None]
    seconds: tuple[float, float]
    at_most: int = 1_000_000


def kill_pod(namespace: str, app: str) -> None:
    """Delete the workload's pods without a moment's grace."""
    selector = f"app.kubernetes.io/name={app}"
    kubectl("delete", "pod", "-n", namespace, "-l", selector, "--grace-period=0", "--force", "--wait=false", timeout=30)


def kill_database() -> None:
    """Let mysqld abort: the one deadly signal that process 1 of a container takes from inside."""
    try:
        kubectl("exec", "-n", "database", "deploy/mysql", "--", "sh", "-c", "kill -ABRT 1", timeout=30)
    except CommandFailed as error:
        if "137" not in error.output and "134" not in error.output:  # the shell may die with it
            raise


def cut(service: str) -> None:
    """Let a Service lead nowhere."""
    _select(service, "yes")


def join(service: str) -> None:
    """Let it lead to its pods again."""
    _select(service, None)


def freeze(node: str) -> None:
    """Stop a node's processes where they are."""
    run(["docker", "pause", node], timeout=60)


def thaw(node: str) -> None:
    """Let them go on; no error if they run."""
    if run(["docker", "inspect", "--format={{.State.Paused}}", node], timeout=60).strip() == "true":
        run(["docker", "unpause", node], timeout=60)


def nothing() -> None:
    """What killed processes need to be mended: others see to it."""


def mend() -> None:
    """Put right what any fault has done, and wait until everything works."""
    for node in NODES:
        thaw(node)
    for attempt in stamina.retry_context(on=LocalError, attempts=None, timeout=MEND_SECONDS, wait_max=2):
        with attempt:
            for service in SERVICES:
                join(service)
            for namespace, name in WORKLOADS:
                kubectl("rollout", "status", "-n", namespace, f"deploy/{name}", "--timeout=60s", timeout=90)


def _select(service: str, value: str | None) -> None:
    namespace, name = SERVICES[service]
    change = json.dumps({"spec": {"selector": {CUT: value}}})
    kubectl("patch", "service", name, "-n", namespace, "--type=merge", "-p", change, timeout=30)


FAULTS = (
    Fault("facade", partial(kill_pod, "wordpress-clone", "clone-api"), nothing, (1, 3)),
    Fault("controller", partial(kill_pod, "wordpress-clone", "clone-controller"), nothing, (1, 3)),
    Fault("kro", partial(kill_pod, "kro-system", "kro"), nothing, (1, 3)),
    # A container that dies often is started ever later.
    Fault("database", kill_database, nothing, (1, 3), at_most=2),
    Fault("database cut", partial(cut, "database"), partial(join, "database"), (3, 12)),
    Fault("source cut", partial(cut, "source"), partial(join, "source"), (3, 12)),
    Fault("api cut", partial(freeze, CONTROL_PLANE), partial(thaw, CONTROL_PLANE), (2, 8)),
    Fault("node", partial(freeze, WORKER), partial(thaw, WORKER), (3, 10)),
)
