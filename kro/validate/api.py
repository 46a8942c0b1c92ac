"""The throw-away API server's REST interface, as far as validation needs it."""

from __future__ import annotations

import re
import ssl
import time
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Any

import httpx

from local.errors import LocalError
from local.throwaway import ApiServer

Object = dict[str, Any]

_DECODING = re.compile(r'(unknown|duplicate) field "([^"]+)"')
_FIELD = re.compile(r"\b((?:metadata|spec|data|rules|subjects)(?:\.[\w-]+|\[[^\]\s]+\])*): ")
KIND_SECONDS = 10  # a kind is listed a moment after it is established
STRICT = {"fieldManager": "validate", "fieldValidation": "Strict"}


class Refused(Exception):
    """The API server said no; `causes` are pairs of a field and a sentence, the field "" where it names none."""

    def __init__(self, status: Object) -> None:
        self.message = str(status.get("message", status))
        found = (status.get("details") or {}).get("causes") or []
        self.causes = [(str(cause["field"]), str(cause["message"])) for cause in found if cause.get("field")]
        if not self.causes:
            self.causes = [(field, f"{fault} field") for fault, field in _DECODING.findall(self.message)]
        if not self.causes:
            named = _FIELD.search(self.message)
            self.causes = [(named[1] if named else "", self.message)]
        super().__init__(self.message)


@dataclass(frozen=True)
class Resource:
    """Where a kind's objects are."""

    group_version: str
    plural: str
    namespaced: bool

    def path(self, namespace: str, name: str = "") -> str:
        """URL path of the objects in a namespace, or of one."""
        root = "/api" if "/" not in self.group_version else "/apis"
        folder = f"/namespaces/{namespace}" if self.namespaced else ""
        return f"{root}/{self.group_version}{folder}/{self.plural}" + (f"/{name}" if name else "")


class Api:
    """Speaks to one API server as its administrator; every refusal raises Refused, no answer LocalError."""

    def __init__(self, server: ApiServer) -> None:
        context = ssl.create_default_context(cafile=str(server.authority))
        headers = {"Authorization": f"Bearer {server.token}"}
        # trust_env: a proxy of the user's has no business here.
        self._client = httpx.Client(base_url=server.url, headers=headers, verify=context, timeout=60, trust_env=False)
        self.resource = cache(self._find_resource)

    def __enter__(self) -> Api:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._client.close()

    def apply(self, item: Object) -> Object:
        """Server-side apply, unknown fields refused."""
        query = STRICT | {"force": "true"}
        return self._send("PATCH", self.path(item), query, item, "application/apply-patch+yaml")

    def create(self, item: Object, *, trial: bool = False) -> Object:
        """Create an object, unknown fields refused; as a trial nothing is kept."""
        path = self.path(item).rpartition("/")[0]
        return self._send("POST", path, STRICT | ({"dryRun": "All"} if trial else {}), item)

    def patch(self, path: str, change: Object, *, trial: bool = False) -> Object:
        """Merge a change into an object."""
        query = STRICT | ({"dryRun": "All"} if trial else {})
        return self._send("PATCH", path, query, change, "application/merge-patch+json")

    def get(self, path: str) -> Object:
        """Read an object or a list."""
        return self._send("GET", path, {}, None)

    def path(self, item: Object) -> str:
        """URL path of an object."""
        metadata = item["metadata"]
        return self.resource(item["apiVersion"], item["kind"]).path(
            metadata.get("namespace", "default"), metadata["name"]
        )

    def _find_resource(self, version: str, kind: str) -> Resource:
        deadline = time.monotonic() + KIND_SECONDS
        while (found := self._listed(version, kind)) is None:
            if time.monotonic() > deadline:
                raise Refused({"message": f"kind: {version} has no {kind}"})
            time.sleep(0.2)
        return found

    def _listed(self, version: str, kind: str) -> Resource | None:
        try:
            items = self.get(f"/api{'s' if '/' in version else ''}/{version}")["resources"]
        except Refused:  # the whole group is unknown
            return None
        named = (item for item in items if item["kind"] == kind and "/" not in item["name"])
        return next((Resource(version, item["name"], item["namespaced"]) for item in named), None)

    def _send(
        self, method: str, path: str, query: dict[str, str], body: Object | None, content: str = "application/json"
    ) -> Object:
        headers = {"Content-Type": content}
        try:
            answer = self._client.request(method, path, params=query, json=body, headers=headers)
        except httpx.TransportError as error:
            raise LocalError(f"the throw-away API server does not answer any more: {error!r}") from error
        found: Object = answer.json() if "json" in answer.headers.get("Content-Type", "") else {"message": answer.text}
        if answer.is_error:
            raise Refused(found)
        return found
