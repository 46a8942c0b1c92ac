"""`deploy`: the project on the local cluster, from namespaces to ready pods."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from typing import Any

from local import ingress
from local.credentials import ensure_credentials
from local.errors import LocalError
from local.kubectl import apply, get, kubectl
from local.progress import say, step, together
from local.settings import (
    CLONES_NAMESPACE,
    DATABASE_NAMESPACE,
    DEMO_HOST,
    DEMO_NAMESPACE,
    FACADE_HOST,
    FACADE_NAMESPACE,
    LOCAL,
    ROOT,
    SOURCES_NAMESPACE,
)

NAMESPACES = (FACADE_NAMESPACE, CLONES_NAMESPACE, DATABASE_NAMESPACE, DEMO_NAMESPACE, SOURCES_NAMESPACE)
#: Where workloads of ours run; clones are kro's business.
OURS = (FACADE_NAMESPACE, DATABASE_NAMESPACE, DEMO_NAMESPACE)
DEFINITIONS = ROOT / "kro" / "rendered" / "local"
OVERLAY = ROOT / "manifests" / "overlays" / "local"
#: The annotation on a Deployment that keeps the hashes of the images which it was last started with.
IMAGES_ANNOTATION = "wordpressclones.kro.run/local-images"
READY_SECONDS = 300
APPLY = ("apply", "--server-side", "--force-conflicts", "--field-manager=local")


def deploy(images: Mapping[str, str]) -> None:
    """Deploy everything.

    Args:
        images: fixed name → name by content hash of the project's images, already loaded into the cluster.

    Raises:
        LocalError: kro refuses the definition, or something does not become ready; the text says what and why.
    """
    with step("namespaces and secrets"):
        apply("\n---\n".join(namespace_manifest(namespace) for namespace in NAMESPACES))
        tokens_changed = ensure_credentials()
    with step("manifests"):
        kubectl(*APPLY, "-f", LOCAL / "mysql", "-f", LOCAL / "demo_source", "-f", DEFINITIONS)
    with step("kro accepts the definition"):
        _wait_definitions()
    with step("facade, controller and browser"):
        kubectl(*APPLY, "-k", OVERLAY)
    _restart_changed(images, tokens_changed=tokens_changed)
    _wait_workloads()
    _wait_former_pods()
    with step("the ingress leads to facade and demo source"):
        for address in ((FACADE_HOST, "/ready"), (DEMO_HOST, "/")):
            ingress.wait_answer(*address, seconds=READY_SECONDS)


def namespace_manifest(name: str) -> str:
    """A namespace; all of ours hold only pods under the restricted profile."""
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    return json.dumps({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}})


def graph_state(definition: Mapping[str, Any]) -> tuple[bool, str]:
    """Whether a ResourceGraphDefinition is ready, and, when kro has refused it, why.

    A refusal that belongs to an older generation of the object is none.
    """
    generation = definition["metadata"].get("generation")
    conditions = {item["type"]: item for item in definition.get("status", {}).get("conditions", [])}
    accepted = conditions.get("GraphAccepted", {})
    if accepted.get("status") == "False" and accepted.get("observedGeneration", generation) == generation:
        return False, str(accepted.get("message", "refused without a message"))
    ready = conditions.get("Ready", {})
    return ready.get("status") == "True" and ready.get("observedGeneration", generation) == generation, ""


def _wait_definitions() -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        found = (get("resourcegraphdefinitions") or {}).get("items", [])
        states = {item["metadata"]["name"]: graph_state(item) for item in found}
        refused = [f"{name}: {reason}" for name, (_, reason) in states.items() if reason]
        if refused:
            raise LocalError("kro refuses the definition: " + "; ".join(refused))
        if states and all(ready for ready, _ in states.values()):
            return
        if time.monotonic() > deadline:
            raise LocalError(f"kro has not made the definitions ready within {READY_SECONDS} s: {sorted(states)}")
        time.sleep(0.3)


def workload_images(workload: Mapping[str, Any], images: Mapping[str, str]) -> dict[str, str]:
    """Those of the project's images that a workload's pods use: fixed name → name by hash."""
    pod = workload["spec"]["template"]["spec"]
    used = {container["image"] for container in [*pod.get("initContainers", []), *pod["containers"]]}
    return {fixed: hashed for fixed, hashed in sorted(images.items()) if fixed in used}


def _restart_changed(images: Mapping[str, str], *, tokens_changed: bool) -> None:
    for workload in _workloads(OURS):
        namespace, name = workload["metadata"]["namespace"], workload["metadata"]["name"]
        reference = f"{workload['kind'].lower()}/{name}"
        wanted = json.dumps(workload_images(workload, images))
        last = workload["metadata"].get("annotations", {}).get(IMAGES_ANNOTATION)
        if (last is not None and last != wanted) or (tokens_changed and name == "clone-api" and last is not None):
            say(f"  starting {namespace}/{name} again: its image or its tokens changed")
            kubectl("rollout", "restart", "--namespace", namespace, reference)
        if last != wanted:
            kubectl("annotate", "--overwrite", "--namespace", namespace, reference, f"{IMAGES_ANNOTATION}={wanted}")


def _workloads(namespaces: Iterable[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for namespace in namespaces:
        found += (get(f"--namespace={namespace}", "deployments,statefulsets") or {}).get("items", [])
    return found


def _wait_workloads() -> None:
    waits = []
    for workload in _workloads(OURS):
        namespace, name = workload["metadata"]["namespace"], workload["metadata"]["name"]
        reference = f"{workload['kind'].lower()}/{name}"
        waits.append(lambda namespace=namespace, reference=reference: _wait_rollout(namespace, reference))
    together(*waits)


def _wait_rollout(namespace: str, reference: str) -> None:
    with step(f"{namespace}: {reference} ready"):
        try:
            kubectl(
                "rollout",
                "status",
                "--namespace",
                namespace,
                reference,
                f"--timeout={READY_SECONDS}s",
                timeout=READY_SECONDS + 30,
            )
        except LocalError as error:
            raise LocalError(f"{reference} in {namespace} is not ready:\n{_why(namespace)}") from error


def _wait_former_pods() -> None:
    """Wait for pods that are ending: they go on answering for a moment, with the tokens that they were started with."""
    deadline = time.monotonic() + READY_SECONDS
    while ending := [name for namespace in OURS for name in _ending_pods(namespace)]:
        if time.monotonic() > deadline:
            raise LocalError(f"pods have not ended within {READY_SECONDS} s: {sorted(ending)}")
        time.sleep(0.3)


def _ending_pods(namespace: str) -> list[str]:
    pods = (get(f"--namespace={namespace}", "pods") or {}).get("items", [])
    return [pod["metadata"]["name"] for pod in pods if "deletionTimestamp" in pod["metadata"]]


def _why(namespace: str) -> str:
    """Pods and the last warnings of a namespace: mostly the reason is there."""
    pods = kubectl("get", "pods", "--namespace", namespace, "--output=wide")
    warnings = kubectl(
        "get",
        "events",
        "--namespace",
        namespace,
        "--field-selector=type=Warning",
        "--sort-by=.lastTimestamp",
        "--output=custom-columns=OBJECT:.involvedObject.name,REASON:.reason,MESSAGE:.message",
    )
    return pods + "\n".join(warnings.splitlines()[-10:])
