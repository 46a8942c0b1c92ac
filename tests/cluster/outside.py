"""Who is outside of a clone, on the cluster: a stand-in for the world, and a listener that must never hear anything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.kubectl import apply, get, kubectl
from local.settings import SOURCES_NAMESPACE

HERE = Path(__file__).resolve().parent
STAND_IN = "stand-in.source-sites.test"  # may have a private address: see the local overlay
LISTENER = "listener.source-sites.test"  # may not
POD = "egress-listener"
_SCRIPT = "listener.py"


@dataclass(frozen=True)
class Listener:
    """The pod behind both names."""

    address: str
    service: str

    def connections(self) -> list[str]:
        """What it has heard so far."""
        return kubectl("logs", "-n", SOURCES_NAMESPACE, POD).splitlines()


@contextmanager
def running_listener() -> Iterator[Listener]:
    """The pod with its two Services, while the block lasts."""
    parts = [_script(), _pod(), _service("stand-in", 8080), _service("listener", 8443)]
    try:
        apply(json.dumps({"apiVersion": "v1", "kind": "List", "items": parts}))
        kubectl("wait", "-n", SOURCES_NAMESPACE, f"pod/{POD}", "--for=condition=Ready", "--timeout=120s")
        yield Listener(_found("pod", POD)["status"]["podIP"], _found("service", "listener")["spec"]["clusterIP"])
    finally:
        for part in parts:
            reference = f"{part['kind'].lower()}/{part['metadata']['name']}"
            kubectl("delete", "-n", SOURCES_NAMESPACE, reference, "--ignore-not-found", "--timeout=60s")


def _found(kind: str, name: str) -> dict[str, Any]:
    found = get(kind, name, f"--namespace={SOURCES_NAMESPACE}")
    assert found is not None
    return found


def _metadata(name: str) -> dict[str, Any]:
    return {"name": name, "namespace": SOURCES_NAMESPACE, "labels": {"app": POD}}


def _script() -> dict[str, Any]:
    text = (HERE / _SCRIPT).read_text(encoding="utf-8")
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": _metadata(POD), "data": {_SCRIPT: text}}


def _service(name: str, port: int) -> dict[str, Any]:
    ports = [{"name": f"port-{number}", "port": number, "targetPort": port} for number in (80, 443)]
    spec = {"selector": {"app": POD}, "ports": ports}
    return {"apiVersion": "v1", "kind": "Service", "metadata": _metadata(name), "spec": spec}


def _pod() -> dict[str, Any]:
    container = {
        "name": "listener",
        "image": "wordpress-clone/api:local",
        "imagePullPolicy": "IfNotPresent",
        "command": ["python", f"/script/{_SCRIPT}"],
        "readinessProbe": {"tcpSocket": {"port": 8080}, "periodSeconds": 1},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "volumeMounts": [{"name": "script", "mountPath": "/script"}],
    }
    spec = {
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 1,
        "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
        "volumes": [{"name": "script", "configMap": {"name": POD}}],
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": _metadata(POD), "spec": spec}
