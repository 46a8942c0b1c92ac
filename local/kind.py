"""The kind cluster: two nodes, an own kubeconfig, one port on the host's loopback.

Whether there is a cluster is asked of its API server and its nodes, never of a file: an engine that was killed leaves
containers, a kubeconfig and mounts behind, and none of them means anything.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import yaml

from local.command import run
from local.errors import CommandFailed, LocalError
from local.go_builds import KIND
from local.kubectl import api_server_answers, get, kubectl
from local.progress import step
from local.settings import (
    BUILD,
    CLUSTER,
    CONTROL_PLANE,
    ETCD_TAG,
    HTTP_PORT,
    INGRESS_NODE_PORT,
    KUBECONFIG,
    REPOSITORY,
    WORKER,
)
from local.system_images import coredns_tag

NODES = (CONTROL_PLANE, WORKER)
CONFIG = BUILD / "kind.yaml"
WAKING_SECONDS = 45  # a kubelet reports every ten, and its node's network agent needs some more


def healthy() -> bool:
    """Whether both nodes are running containers, the cluster answers and both nodes are Ready.

    On a machine that slept they are not at first, and say so themselves some seconds after it has woken.
    """
    if set(node_containers("--filter", "status=running")) != set(NODES):
        return False
    if not KUBECONFIG.exists():
        _fetch_kubeconfig()
    if not api_server_answers():
        return False
    found = get("nodes") or {}
    if {node["metadata"]["name"] for node in found.get("items", [])} != set(NODES):
        return False
    if all(_is_ready(node) for node in found["items"]):
        return True
    try:
        wait_nodes_ready(WAKING_SECONDS)
    except CommandFailed:
        return False
    return True


def _fetch_kubeconfig() -> None:
    """Another checkout made the cluster, or build/ was cleaned: the nodes still know how to be reached."""
    try:
        text = run([KIND.binary, "get", "kubeconfig", "--name", CLUSTER], env=_environment(), timeout=30)
    except CommandFailed:
        return
    KUBECONFIG.parent.mkdir(parents=True, exist_ok=True)
    KUBECONFIG.touch(mode=0o600)
    KUBECONFIG.write_text(text)


def _is_ready(node: dict[str, Any]) -> bool:
    conditions = node.get("status", {}).get("conditions", [])
    return any(item["type"] == "Ready" and item["status"] == "True" for item in conditions)


def node_containers(*filters: str) -> list[str]:
    """Names of the containers that belong to our cluster, running or not."""
    label = f"label=io.x-k8s.kind.cluster={CLUSTER}"
    return run(["docker", "ps", "--all", "--filter", label, *filters, "--format", "{{.Names}}"]).split()


def create(node_image: str, *, own_image: bool) -> None:
    """Make the cluster; both nodes have joined afterwards, but have no network yet.

    Raises:
        LocalError: the port is taken, or kind failed; the text has the end of its output.
    """
    delete()
    _check_port()
    CONFIG.write_text(yaml.safe_dump(configuration(own_image=own_image), sort_keys=False))
    command: list[str | Path] = [KIND.binary, "create", "cluster", "--name", CLUSTER, "--image", node_image]
    # --retain: after a failure the nodes' logs are still there; the next run removes them.
    command += ["--config", CONFIG, "--kubeconfig", KUBECONFIG, "--wait", "0s", "--retain"]
    with step("kind cluster"):
        run(command, env=_environment(), timeout=600, what="kind create cluster")
    KUBECONFIG.chmod(0o600)


def delete() -> bool:
    """Remove the cluster's containers and volumes, also half-dead ones; whether there were any."""
    if not node_containers():
        return False
    with step("removing the kind cluster"):
        command: list[str | Path] = [KIND.binary, "delete", "cluster", "--name", CLUSTER, "--kubeconfig", KUBECONFIG]
        if KIND.binary.exists():
            run(command, env=_environment(), timeout=120)
        else:
            run(["docker", "rm", "--force", "--volumes", *node_containers()])
    return True


def configuration(*, own_image: bool) -> dict[str, Any]:
    """kind's configuration; `own_image` when the node image is built here and holds our control plane's images."""
    patches: list[dict[str, Any]] = [
        # The limit is the host's: a container may not write it.
        {"kind": "KubeProxyConfiguration", "conntrack": {"maxPerCore": 0, "min": 0}},
    ]
    if own_image:
        repository = f"docker.io/{REPOSITORY}"
        # Our node has no systemd, and machines without one tend to have cgroups of version 1.
        patches.append({"kind": "KubeletConfiguration", "failCgroupV1": False, "cgroupDriver": "cgroupfs"})
        patches.append(
            {
                "kind": "ClusterConfiguration",
                "imageRepository": repository,
                "dns": {"imageRepository": repository, "imageTag": coredns_tag()},
                "etcd": {"local": {"imageRepository": repository, "imageTag": ETCD_TAG}},
            }
        )
    mapping = {
        "containerPort": INGRESS_NODE_PORT,
        "hostPort": HTTP_PORT,
        "listenAddress": "127.0.0.1",
        "protocol": "TCP",
    }
    return {
        "kind": "Cluster",
        "apiVersion": "kind.x-k8s.io/v1alpha4",
        "name": CLUSTER,
        # cluster/ingress.yaml and cluster/coredns.yaml have a fixed address of this range.
        "networking": {"disableDefaultCNI": True, "serviceSubnet": "10.96.0.0/16", "podSubnet": "10.244.0.0/16"},
        "kubeadmConfigPatches": [yaml.safe_dump(patch) for patch in patches],
        "nodes": [{"role": "control-plane"}, {"role": "worker", "extraPortMappings": [mapping]}],
    }


def wait_nodes_ready(seconds: int = 120) -> None:
    """Wait until both nodes are Ready, which they are as soon as the network's agent has configured them.

    Raises:
        CommandFailed: they are not after so many seconds.
    """
    with step("nodes ready"):
        kubectl("wait", "--for=condition=Ready", "nodes", "--all", f"--timeout={seconds}s")


def _environment() -> dict[str, str]:
    # kind would look for podman or nerdctl first where they are installed.
    return {**os.environ, "KIND_EXPERIMENTAL_PROVIDER": "docker"}


def _check_port() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", HTTP_PORT))
        except OSError as error:
            raise LocalError(f"port {HTTP_PORT} of the loopback is taken by another program: {error}") from error
