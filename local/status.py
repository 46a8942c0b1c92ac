"""`status`: what is there, in one table."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from local import cluster
from local.deploy import OURS
from local.kubectl import get, kubectl
from local.progress import console, say
from local.settings import CLONES_NAMESPACE, FACADE_HOST, HTTP_PORT, KUBECONFIG, ROOT

CLUSTER_NAMESPACES = ("kube-system", "ingress", "kro-system", "local-path-storage")


def show() -> bool:
    """Print the state of the cluster and of what runs on it; whether there is a cluster."""
    if not cluster.is_up():
        say("no cluster: `make cluster` starts one")
        return False
    table = Table("namespace", "workload", "ready", title="local cluster")
    for namespace in (*CLUSTER_NAMESPACES, *OURS):
        for workload in (get(f"--namespace={namespace}", "deployments,statefulsets,daemonsets") or {}).get("items", []):
            table.add_row(namespace, workload["metadata"]["name"], ready(workload))
    console.print(table)
    if get("customresourcedefinition", "wordpressclones.kro.run") is not None:
        say(kubectl("get", "wordpressclones", "--namespace", CLONES_NAMESPACE).rstrip() or "no clones")
    say(f"facade: http://{FACADE_HOST}:{HTTP_PORT}   kubeconfig: {KUBECONFIG.relative_to(ROOT)}")
    return True


def ready(workload: dict[str, Any]) -> str:
    """`ready/wanted` pods of a Deployment, StatefulSet or DaemonSet."""
    status = workload.get("status", {})
    if workload["kind"] == "DaemonSet":
        return f"{status.get('numberReady', 0)}/{status.get('desiredNumberScheduled', 0)}"
    return f"{status.get('readyReplicas', 0)}/{workload['spec'].get('replicas', 1)}"
