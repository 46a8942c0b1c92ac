"""kro with other flags than the deployed ones, to see what they are good for."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from tests.bench import scale_plane
from tests.bench.control_plane import ControlPlane
from tests.bench.scale_numbers import kro_metrics
from tests.bench.scale_objects import until

START_SECONDS = 120
#: By name, what kro is also measured with: its own defaults, and more or less than what is deployed.
FLAGS = {
    "kro's defaults": (
        "--dynamic-controller-concurrent-reconciles=1",
        "--dynamic-controller-rate-limiter-rate-limit=10",
        "--instance-requeue-interval=3s",
        "--client-qps=100",
        "--client-burst=150",
    ),
    "10 workers, 100 calls/s": (
        "--dynamic-controller-concurrent-reconciles=10",
        "--client-qps=100",
        "--client-burst=150",
    ),
    "10 workers, 400 calls/s": (
        "--dynamic-controller-concurrent-reconciles=10",
        "--client-qps=400",
        "--client-burst=600",
    ),
    "30 workers, 1000 calls/s": (
        "--dynamic-controller-concurrent-reconciles=30",
        "--client-qps=1000",
        "--client-burst=1500",
    ),
}


def restart_kro(plane: ControlPlane, flags: Sequence[str]) -> None:
    """kro with other flags, ready."""
    plane.stop("kro")
    scale_plane.start_kro(plane, flags)
    until(lambda: is_serving(plane), lambda: "kro serves", START_SECONDS)


def is_serving(plane: ControlPlane) -> bool:
    """Whether kro has begun to follow clones."""
    try:
        return kro_metrics(plane.port(scale_plane.KRO_PORT)).kinds > 0
    except httpx.HTTPError:
        return False
