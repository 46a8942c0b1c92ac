"""Making many clones at once, seeing when each is ready, deleting them, seeing when all is gone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kubernetes import client, config

from api.cluster.clones import CloneObjects
from api.cluster.connect import VendorApi, items_of
from api.cluster.resources import NAME_LABEL, PART_PATHS, clones_path, secrets_path
from api.domain.errors import ClusterUnavailable, Duplicate

POSTERS = 4  # calls at one time: an Argo CD or a script, not a person
WATCH_SECONDS = 900
POLL_SECONDS = 0.5
Json = dict[str, Any]
OF_CLONES = {"labelSelector": NAME_LABEL}


class NotYet(Exception):
    """What is waited for has not come about."""


def api_of(kubeconfig: Path) -> VendorApi:
    """The API by a kubeconfig."""
    configuration = client.Configuration()
    config.load_kube_config(config_file=str(kubeconfig), client_configuration=configuration)
    configuration.connection_pool_maxsize = 32
    return VendorApi(client.ApiClient(configuration))


def until(holds: Callable[[], bool], what: Callable[[], str], seconds: float) -> None:
    """Ask again, twice a second, until `holds` does; raises NotYet with what it waited for when the time is over."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise NotYet(f"not within {seconds:.0f} s: {what()}")
        time.sleep(POLL_SECONDS)


def for_each(names: Iterable[str], work: Callable[[str], None]) -> None:
    """Do it for every name, several at one time; the first error ends it."""
    with ThreadPoolExecutor(POSTERS) as pool:
        try:
            list(pool.map(work, names))
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def following(api: VendorApi, path: str, query: Mapping[str, str], hear: Callable[[str, Json], None]) -> Iterator[None]:
    """Tell `hear` of every event of a collection, by its type and object, while the block runs."""
    version = api.request("GET", path, query={"limit": "1"})["metadata"]["resourceVersion"]
    ended = threading.Event()
    threading.Thread(target=_follow, args=(api, path, dict(query), version, hear, ended), daemon=True).start()
    try:
        yield
    finally:
        ended.set()


def _follow(
    api: VendorApi,
    path: str,
    query: dict[str, str],
    version: str,
    hear: Callable[[str, Json], None],
    ended: threading.Event,
) -> None:
    while not ended.is_set():
        full = {**query, "resourceVersion": version, "allowWatchBookmarks": "true"}
        try:
            for event in api.watch(path, query=full, seconds=WATCH_SECONDS):
                if ended.is_set():
                    return
                version = event["object"]["metadata"]["resourceVersion"]
                if event["type"] != "BOOKMARK":
                    hear(event["type"], event["object"])
        except ClusterUnavailable:
            continue  # cut in the middle: from where it was


@dataclass
class Seen:
    """What the watch told of one object: at which time, in seconds of the monotonic clock, it was first so."""

    ready: float = 0.0  # the phase is Ready: all parts are there, the pod answers its probe
    complete: float = 0.0  # and the import's end has come through the controller into the status
    gone: float = 0.0


@dataclass
class Watched:
    """All objects by name, as a thread hears of them."""

    objects: dict[str, Seen] = field(default_factory=dict)

    def hear(self, kind: str, item: Json) -> None:
        """Take in one event."""
        now, status = time.monotonic(), item.get("status") or {}
        seen = self.objects.setdefault(item["metadata"]["name"], Seen())
        if kind == "DELETED":
            seen.gone = seen.gone or now
        if status.get("phase") == "Ready":
            seen.ready = seen.ready or now
            if status.get("progress") == "100":
                seen.complete = seen.complete or now

    def missing(self, names: Iterable[str], what: str) -> list[str]:
        """Those that have not got there: ready, complete or gone."""
        return [name for name in names if not getattr(self.objects.get(name, Seen()), what)]


class Clones:
    """The clones of one namespace."""

    def __init__(self, api: VendorApi, namespace: str) -> None:
        self._api = api
        self._namespace = namespace
        self._path = clones_path(namespace)

    @contextmanager
    def watched(self) -> Iterator[Watched]:
        """What becomes of them while the block runs."""
        watched = Watched()
        with following(self._api, self._path, {}, watched.hear):
            yield watched

    def create(self, names: Iterable[str]) -> None:
        """Post them, several calls at one time."""
        for_each(names, self._create)

    def _create(self, name: str) -> None:
        metadata = {"name": name, "namespace": self._namespace}
        body = {"apiVersion": "kro.run/v1alpha1", "kind": "WordPressClone", "metadata": metadata, "spec": {}}
        try:
            self._api.request("POST", self._path, body=body)
        except Duplicate:
            return  # the first answer was lost

    def delete_all(self) -> None:
        """Ask for the deletion of all, several calls at one time: a single one for all takes longer than a call may."""
        objects = CloneObjects(self._api, self._namespace)
        for_each(objects.names(), objects.delete)

    def are_left(self) -> bool:
        """Whether there is an object of any kind that a clone consists of: asking must not cost more when more is."""
        return any(self._count(path, query | {"limit": "1"}) for path, query in self._collections().values())

    def left(self) -> dict[str, int]:
        """How many objects of each kind that a clone consists of there are, clones and Secrets included."""
        found = {kind: self._count(path, query) for kind, (path, query) in self._collections().items()}
        return {kind: count for kind, count in found.items() if count}

    def _collections(self) -> dict[str, tuple[str, Json]]:
        parts = {kind: path.format(namespace=self._namespace) for kind, path in PART_PATHS.items()}
        labelled = {kind: (path, OF_CLONES) for kind, path in parts.items()}
        return {"clone": (self._path, {}), "secret": (secrets_path(self._namespace), OF_CLONES)} | labelled

    def _count(self, path: str, query: Json) -> int:
        return len(items_of(self._api.metadata(path, query=query, many=True)))
