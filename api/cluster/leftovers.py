"""What is in the clones' namespace for a clone: kro's parts, servers of ACK's, Secrets of ours that hold no record.

All of it goes with its object as a rule. It stays where an object was taken away by force (its finalizers removed, the
kind deleted and made again), and then nothing but the sweep looks for it. Only what carries the mark of who made it is
listed: what a user put there by hand is not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.cluster.connect import KubernetesApi, items_of
from api.cluster.resources import MANAGED_BY, MANAGED_BY_LABEL, NAME_LABEL, PART_PATHS, secrets_path
from api.domain.errors import NotFound
from api.domain.intent import intent_from_annotations, parse_time

KRO_OWNED = "kro.run/owned=true"  # kro v0.9 puts it on each thing that it makes
# Pods go with their Deployment. Servers of a clone's own are ACK's, whose kinds need not be installed.
_PATHS = {kind: path for kind, path in PART_PATHS.items() if kind != "pod"} | {
    "dbinstance": "/apis/rds.services.k8s.aws/v1alpha1/namespaces/{namespace}/dbinstances",
    "fieldexport": "/apis/services.k8s.aws/v1alpha1/namespaces/{namespace}/fieldexports",
}

Json = dict[str, Any]


@dataclass(frozen=True)
class Leftover:
    """One object of the cluster that belongs to the clone `clone`, whether or not that lives."""

    clone: str
    kind: str
    name: str
    created: datetime
    uid: str
    resource_version: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


class Leftovers:
    """Objects of one namespace that belong to clones. All methods may raise ClusterUnavailable."""

    def __init__(self, api: KubernetesApi, namespace: str) -> None:
        self._api = api
        self._secrets = secrets_path(namespace)
        self._paths = {kind: path.format(namespace=namespace) for kind, path in _PATHS.items()}

    def list(self) -> list[Leftover]:
        """Return kro's parts of all clones, and Secrets that are marked as ours and hold no record of intent."""
        parts = [found for kind in self._paths for found in self._parts(kind)]
        selector = f"{MANAGED_BY_LABEL}={MANAGED_BY},{NAME_LABEL}"
        return parts + self._listed("secret", self._secrets, selector, lambda item: not _has_record(item))

    def delete(self, leftover: Leftover) -> None:
        """Delete this very version; no error if it is gone, ObjectChanged if somebody has taken it up meanwhile."""
        collection = self._secrets if leftover.kind == "secret" else self._paths[leftover.kind]
        preconditions = {"uid": leftover.uid, "resourceVersion": leftover.resource_version}
        options: Json = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": preconditions}
        try:
            self._api.request("DELETE", f"{collection}/{leftover.name}", body=options)
        except NotFound:
            return

    def _parts(self, kind: str) -> "Found":
        try:
            return self._listed(kind, self._paths[kind], f"{KRO_OWNED},{NAME_LABEL}", lambda _: True)
        except NotFound:  # no such kind in this cluster
            return []

    def _listed(self, kind: str, path: str, selector: str, wanted: Callable[[Json], bool]) -> "Found":
        items = items_of(self._api.metadata(path, query={"labelSelector": selector}, many=True))
        return [_to_leftover(kind, item["metadata"]) for item in items if wanted(item["metadata"])]


Found = list[Leftover]


def _to_leftover(kind: str, metadata: Json) -> Leftover:
    return Leftover(
        clone=metadata["labels"][NAME_LABEL],
        kind=kind,
        name=metadata["name"],
        created=parse_time(metadata["creationTimestamp"]),
        uid=metadata["uid"],
        resource_version=metadata["resourceVersion"],
    )


def _has_record(metadata: Json) -> bool:
    try:
        intent_from_annotations(metadata["name"], metadata.get("annotations") or {})
    except ValueError:
        return False
    return True
