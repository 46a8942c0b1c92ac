"""kubectl of the local cluster, as a function that returns text or raises what the API server answered."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import stamina
import yaml

ROOT = Path(__file__).resolve().parents[2]
KUBECTL = ROOT / "build" / "local" / "bin" / "kubectl"
KUBECONFIG = ROOT / "build" / "local" / "kubeconfig"


class Refused(Exception):
    """kubectl ended with an error; its message is what kubectl and the API server said."""


def kubectl(*arguments: str, objects: list[dict[str, Any]] | dict[str, Any] | str | None = None) -> str:
    """Run kubectl, with objects or text on its standard input; return its output, raise Refused when it fails."""
    text = objects if isinstance(objects, str) or objects is None else as_yaml(objects)
    command = [str(KUBECTL), "--kubeconfig", str(KUBECONFIG), *arguments]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=180)
    if done.returncode:
        raise Refused(done.stderr)
    return done.stdout


def as_yaml(objects: list[dict[str, Any]] | dict[str, Any]) -> str:
    """One or several objects as a stream of YAML documents."""
    return yaml.safe_dump_all(objects if isinstance(objects, list) else [objects])


def read(*arguments: str) -> dict[str, Any]:
    """`kubectl get … -o json` as data."""
    found: dict[str, Any] = json.loads(kubectl("get", *arguments, "-o", "json"))
    return found


class NotYet(Exception):
    """What is waited for has not come about."""


def until(holds: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Ask again, a few times a second, until `holds` does; raises NotYet with `what` when the time is over."""
    for attempt in stamina.retry_context(
        on=NotYet, attempts=None, timeout=seconds, wait_initial=0.1, wait_max=0.5, wait_jitter=0
    ):
        with attempt:
            if not holds():
                raise NotYet(what)
