"""A Kubernetes API in memory: what api.cluster uses of one, with its rules for versions, labels and patches."""

import itertools
from collections.abc import Generator, Iterable, Mapping
from copy import deepcopy
from typing import Any

from api.cluster.errors import ObjectChanged
from api.domain.errors import CloneError, Duplicate, NotFound

Json = dict[str, Any]


class FakeKubernetes:
    """Objects by path. `streams` are the answers to watches, one after the other; `calls` is what was asked."""

    def __init__(self) -> None:
        self.objects: dict[str, Json] = {}
        self.calls: list[tuple[str, str]] = []
        self.failures: list[CloneError] = []
        self.streams: list[Iterable[Json]] = []
        self._versions = itertools.count(1)

    def put(self, path: str, item: Json) -> None:
        """Store an object as it is, with a new version."""
        item["metadata"]["resourceVersion"] = str(next(self._versions))
        item["metadata"].setdefault("uid", f"uid-{item['metadata']['resourceVersion']}")
        self.objects[path] = item

    def request(
        self, method: str, path: str, *, query: Mapping[str, str] | None = None, body: Json | None = None
    ) -> Json:
        self.calls.append((method, path))
        return self._answer(method, path, query or {}, body or {})

    def metadata(self, path: str, *, query: Mapping[str, str] | None = None, many: bool = False) -> Json:
        self.calls.append(("METADATA", path))
        answer = self._answer("GET", path, query or {}, {})
        if not many:
            return {"metadata": answer["metadata"]}
        return {"items": [{"metadata": item["metadata"]} for item in answer["items"]] or None, "metadata": {}}

    def _answer(self, method: str, path: str, query: Mapping[str, str], body: Json) -> Json:
        if self.failures:
            raise self.failures.pop(0)
        if method == "POST":
            return self._create(path, deepcopy(body))
        if method == "GET" and path not in self.objects and self._is_collection(path):
            return self._list(path, query)
        if path not in self.objects:
            raise NotFound("no such object")
        if method == "PATCH":
            self._patch(path, deepcopy(body))
        if method == "DELETE":
            self._delete(path, body)
            return {}
        return deepcopy(self.objects[path])

    def watch(self, path: str, *, query: Mapping[str, str], seconds: int) -> Generator[Json]:
        self.calls.append(("WATCH", query.get("resourceVersion", "")))
        for event in self.streams.pop(0) if self.streams else ():
            if isinstance(event, CloneError):
                raise event
            yield event

    @staticmethod
    def _is_collection(path: str) -> bool:
        return path.rsplit("/", 2)[-2] not in {"secrets", "wordpressclones", "configmaps"}

    def _create(self, path: str, item: Json) -> Json:
        full = f"{path}/{item['metadata']['name']}"
        if full in self.objects:
            raise Duplicate("The name is taken.")
        item["metadata"]["creationTimestamp"] = "2026-05-17T09:30:00Z"
        self.put(full, item)
        return deepcopy(item)

    def _list(self, path: str, query: Mapping[str, str]) -> Json:
        items = [deepcopy(item) for key, item in self.objects.items() if key.rpartition("/")[0] == path]
        return {"items": [item for item in items if _selected(item, query)], "metadata": {"resourceVersion": "9"}}

    def _patch(self, path: str, patch: Json) -> None:
        item = self.objects[path]
        wanted = patch.get("metadata", {}).pop("resourceVersion", None)
        if wanted not in (None, item["metadata"]["resourceVersion"]):
            raise ObjectChanged("the object has been modified")
        self.put(path, _merged(item, patch))

    def _delete(self, path: str, options: Json) -> None:
        wanted = options.get("preconditions", {}).get("resourceVersion")
        if wanted not in (None, self.objects[path]["metadata"]["resourceVersion"]):
            raise ObjectChanged("the object has been modified")
        del self.objects[path]


def _selected(item: Json, query: Mapping[str, str]) -> bool:
    labels = item["metadata"].get("labels", {})
    name = query.get("fieldSelector", "").removeprefix("metadata.name=")
    for term in filter(None, query.get("labelSelector", "").split(",")):
        key, _, value = term.partition("=")
        if key not in labels or (value and labels[key] != value):
            return False
    return name in ("", item["metadata"]["name"])


def _merged(target: Any, patch: Any) -> Any:
    """Return what a merge patch makes of a value (RFC 7386)."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merged(merged.get(key), value)
    return merged
