"""Screenshots of failed visits at sources, in a Secret of their own beside the clone's.

They belong to the clone's Secret (`ownerReferences`), so Kubernetes itself removes them when that one goes, whoever
deletes it. They do not carry the label by which records of intent are listed.
"""

import base64
from collections.abc import Sequence

from api.cluster.connect import KubernetesApi
from api.cluster.resources import NAME_LABEL, secrets_path
from api.domain.errors import NotFound
from api.domain.names import screenshots_name, secret_name


class ScreenshotStore:
    """Secrets `<name>-screenshots` of one namespace. All methods may raise ClusterUnavailable."""

    def __init__(self, api: KubernetesApi, namespace: str) -> None:
        self._api = api
        self._path = secrets_path(namespace)

    def keep(self, name: str, images: Sequence[bytes]) -> None:
        """Keep PNG images, of less than 900 KB in all; raises NotFound if there is no Secret for them to belong to."""
        owner = self._api.metadata(f"{self._path}/{secret_name(name)}")["metadata"]
        reference = {"apiVersion": "v1", "kind": "Secret", "name": owner["name"], "uid": owner["uid"]}
        body = {
            "apiVersion": "v1",
            "kind": "Secret",
            "type": "Opaque",
            "metadata": {
                "name": screenshots_name(name),
                "labels": {NAME_LABEL: name},
                "ownerReferences": [reference],
            },
            "data": {_key(at): base64.b64encode(image).decode() for at, image in enumerate(images, start=1)},
        }
        self._api.request("POST", self._path, body=body)

    def read(self, name: str, number: int) -> bytes | None:
        """Return one of them, counted from 1; None if there is none."""
        try:
            data = self._api.request("GET", f"{self._path}/{screenshots_name(name)}").get("data") or {}
        except NotFound:
            return None
        return base64.b64decode(data[_key(number)]) if _key(number) in data else None


def _key(number: int) -> str:
    return f"{number}.png"
