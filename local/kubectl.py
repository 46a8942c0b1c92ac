"""Talking to the local cluster by kubectl: always with our kubeconfig, never with the user's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from local.command import run, succeeds
from local.errors import CommandFailed
from local.go_builds import KUBERNETES
from local.settings import KUBECONFIG, KUBECTL


def ensure_kubectl() -> None:
    """Put `kubectl` into build/local/bin: the multi-call binary under that name."""
    KUBECTL.parent.mkdir(parents=True, exist_ok=True)
    if KUBECTL.is_symlink() and KUBECTL.readlink() == KUBERNETES.binary:
        return
    KUBECTL.unlink(missing_ok=True)
    KUBECTL.symlink_to(KUBERNETES.binary)


def kubectl(*arguments: str | Path, stdin: str | None = None, timeout: float = 300) -> str:
    """Run kubectl; its standard output.

    Raises:
        CommandFailed: it ended with a code other than zero.
    """
    what = f"kubectl {arguments[0]}"
    return run([KUBECTL, "--kubeconfig", KUBECONFIG, *arguments], stdin=stdin, timeout=timeout, what=what)


def get(*arguments: str) -> dict[str, Any] | None:
    """`kubectl get … -o json`; None when there is no such object.

    Raises:
        CommandFailed: the API server could not be asked.
    """
    try:
        found: dict[str, Any] = json.loads(kubectl("get", *arguments, "--output=json"))
    except CommandFailed as error:
        if "(NotFound)" in error.output:
            return None
        raise
    return found


def apply(manifest: str) -> None:
    """Apply manifests given as text. Server-side: no copy of a Secret's values lands in an annotation."""
    kubectl("apply", "--server-side", "--force-conflicts", "--field-manager=local", "-f", "-", stdin=manifest)


def api_server_answers() -> bool:
    """Whether the cluster of our kubeconfig answers."""
    if not KUBECONFIG.exists():
        return False
    return succeeds([KUBECTL, "--kubeconfig", KUBECONFIG, "get", "--raw=/readyz", "--request-timeout=5s"], timeout=10)
