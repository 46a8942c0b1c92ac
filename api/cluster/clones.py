"""WordPressClone objects, and what kro makes of them."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.cluster.connect import KubernetesApi, items_of
from api.cluster.resources import (
    FINALIZER,
    GROUP_VERSION,
    KIND,
    KRO_FINALIZER,
    NAME_LABEL,
    PART_PATHS,
    clones_path,
    labels,
)
from api.cluster.watching import watch_one
from api.domain.errors import NotFound
from api.domain.intent import parse_time
from api.domain.names import progress_name
from api.domain.ttl import DEFAULT_MINUTES, expires_at

logger = logging.getLogger(__name__)

Parts = list[str]  # `kind/name`

PROGRESS_MANAGER = "wordpress-clone-controller"  # field manager of the progress, so that kro leaves it alone


@dataclass(frozen=True)
class CloneObject:
    """A WordPressClone as it was read. Texts are "" and `percent` 0 until kro has written them into the status."""

    name: str
    created: datetime
    ttl_minutes: int
    source_url: str
    url: str
    phase: str
    expires_at: datetime
    percent: int
    step: str
    message: str
    code: str
    admin_user: str
    deleted_at: datetime | None  # when its deletion was asked for
    has_own_server: bool  # for its database: RDS makes account and database there
    database_host: str  # that server's, once there is one
    shard: int  # number of the load balancer that leads to it
    is_held: bool  # whether the controller's finalizer is on it
    resource_version: str
    uid: str
    allow_hosts: tuple[str, ...] = ()  # hosts that its PHP may call, beside WordPress.org's

    @property
    def deleting(self) -> bool:
        """Whether its deletion was asked for."""
        return self.deleted_at is not None


class CloneObjects:
    """The WordPressClones of one namespace. All methods may raise ClusterUnavailable."""

    def __init__(self, api: KubernetesApi, namespace: str) -> None:
        self._api = api
        self._namespace = namespace
        self._path = clones_path(namespace)

    def create(
        self, name: str, *, ttl_minutes: int, source_url: str, php_version: str, options: Mapping[str, object]
    ) -> None:
        """Post an object; "" for `source_url` asks for an empty WordPress; `options` are further fields of its spec.

        The controller's finalizer is on it from the start: no deletion, however early, passes the cleanup by.
        Raises Duplicate, or InvalidRequest with the server's sentence.
        """
        spec: dict[str, Any] = {"ttlMinutes": ttl_minutes, "phpVersion": php_version, **options}
        if source_url:
            spec["source"] = {"url": source_url}
        metadata = {"name": name, "labels": labels(name), "finalizers": [FINALIZER]}
        body = {"apiVersion": GROUP_VERSION, "kind": KIND, "metadata": metadata, "spec": spec}
        self._api.request("POST", self._path, query={"fieldValidation": "Strict"}, body=body)

    def change(self, name: str, spec: Mapping[str, object]) -> None:
        """Set fields of the object's spec; raises NotFound, or InvalidRequest with the server's sentence."""
        self._api.request("PATCH", f"{self._path}/{name}", body={"spec": dict(spec)})

    def get(self, name: str) -> CloneObject | None:
        """Return the object, None if there is none; asked live."""
        try:
            return to_clone(self._api.request("GET", f"{self._path}/{name}"))
        except NotFound:
            return None

    def list(self) -> list[CloneObject]:
        """Return all objects, those that are being deleted too; asked live."""
        return [to_clone(item) for item in items_of(self._api.request("GET", self._path))]

    def names(self) -> set[str]:
        """Return the names of all objects, those that are being deleted too; asked live, for metadata alone."""
        return {metadata["name"] for metadata in self._metadata(self._path)}

    def names_with_parts(self) -> set[str]:
        """Return the names of the objects that kro's finalizer is on; asked live, for metadata alone."""
        found = self._metadata(self._path)
        return {metadata["name"] for metadata in found if KRO_FINALIZER in metadata.get("finalizers", ())}

    def names_with_pods(self) -> set[str]:
        """Return the names of the clones that have pods, ending ones too; asked live, for metadata alone."""
        found = self._metadata(PART_PATHS["pod"].format(namespace=self._namespace), NAME_LABEL)
        return {metadata["labels"][NAME_LABEL] for metadata in found}

    def ping(self) -> None:
        """Return if the API server answers and knows the kind; raises NotFound if it does not know it."""
        self._api.request("GET", self._path, query={"limit": "1"})

    def delete(self, name: str, *, resource_version: str | None = None) -> None:
        """Ask for the deletion; it is no error if the object is gone.

        With `resource_version` only if the object is still that version; else raises ObjectChanged.
        """
        options: dict[str, Any] = {"apiVersion": "v1", "kind": "DeleteOptions"}
        if resource_version is not None:
            options["preconditions"] = {"resourceVersion": resource_version}
        try:
            self._api.request("DELETE", f"{self._path}/{name}", body=options)
        except NotFound:
            logger.debug("the object %s was gone", name)

    def wait(self, name: str, predicate: Callable[[CloneObject | None], bool], timeout: float) -> CloneObject | None:
        """Follow the object until `predicate` holds for it (None: it is gone) and return it as it is then.

        Raises Timeout after `timeout` seconds. An API server that does not answer for a moment is borne with.
        """
        return watch_one(self._api, self._path, name, timeout, to_clone, predicate)

    def write_progress(self, name: str, data: Mapping[str, str]) -> None:
        """Set keys of the ConfigMap `<name>-progress`; others stay.

        A merge patch and not an apply: kro makes the ConfigMap, and must not find one that it did not make.
        Raises NotFound while it has not.
        """
        path = f"/api/v1/namespaces/{self._namespace}/configmaps/{progress_name(name)}"
        self._api.request("PATCH", path, query={"fieldManager": PROGRESS_MANAGER}, body={"data": dict(data)})

    def parts_left(self, name: str) -> Parts:
        """Return what is left of the clone's parts, as `kind/name`, pods first; asked live."""
        paths = {kind: path.format(namespace=self._namespace) for kind, path in PART_PATHS.items()}
        selector = f"{NAME_LABEL}={name}"
        return [f"{kind}/{part['name']}" for kind, path in paths.items() for part in self._metadata(path, selector)]

    def _metadata(self, path: str, selector: str = "") -> Sequence[Mapping[str, Any]]:
        query = {"labelSelector": selector} if selector else {}
        return [item["metadata"] for item in items_of(self._api.metadata(path, query=query, many=True))]


def to_clone(item: Mapping[str, Any]) -> CloneObject:
    """Return the values of a WordPressClone's JSON; what kro has not written yet is derived or empty."""
    metadata, spec, status = item["metadata"], item.get("spec") or {}, item.get("status") or {}
    created = parse_time(metadata["creationTimestamp"])
    ttl_minutes = int(spec.get("ttlMinutes", DEFAULT_MINUTES))
    deleted = metadata.get("deletionTimestamp")
    return CloneObject(
        name=metadata["name"],
        created=created,
        ttl_minutes=ttl_minutes,
        source_url=(spec.get("source") or {}).get("url", ""),
        url=status.get("url", ""),
        phase="Deleting" if deleted else status.get("phase") or "Preparing",
        expires_at=expires_at(created, ttl_minutes),  # ours, not the status's: it holds before kro has seen the object
        percent=_percent(status.get("progress", "")),
        step=status.get("step", ""),
        message=status.get("message", ""),
        code=status.get("code", ""),
        admin_user=status.get("adminUser", ""),
        deleted_at=parse_time(deleted) if deleted else None,
        has_own_server=(spec.get("database") or {}).get("mode") == "dedicated",
        database_host=status.get("databaseHost", ""),
        shard=int((spec.get("ingress") or {}).get("shard", 1)),
        is_held=FINALIZER in (metadata.get("finalizers") or ()),
        resource_version=metadata["resourceVersion"],
        uid=metadata["uid"],
        allow_hosts=tuple(spec.get("allowHosts") or ()),
    )


def _percent(text: str) -> int:
    return int(text) if text.isdecimal() else 0
