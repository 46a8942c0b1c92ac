"""How many of a workload there are, changed for a moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from local.kubectl import kubectl

CONTROLLER = ("wordpress-clone", "clone-controller")
KRO = ("kro-system", "kro")


@contextmanager
def scaled(workload: tuple[str, str], replicas: int) -> Iterator[None]:
    """So many pods of a Deployment, all ready or all gone, for the block; then one again."""
    try:
        scale(workload, replicas)
        yield
    finally:
        scale(workload, 1)


def scale(workload: tuple[str, str], replicas: int) -> None:
    """Ask for so many pods and wait until it is so."""
    namespace, name = workload
    kubectl("scale", f"deploy/{name}", "-n", namespace, f"--replicas={replicas}")
    kubectl("rollout", "status", f"deploy/{name}", "-n", namespace, "--timeout=180s")
    if not replicas:
        selector = f"app.kubernetes.io/name={name}"
        kubectl("wait", "pod", "-n", namespace, "-l", selector, "--for=delete", "--timeout=180s")
