"""Events: what the controller did to a clone, where `kubectl describe` and `kubectl get events` show it.

An Event regards the WordPressClone of a name, whether or not there is one at that moment: what was swept has none, and
still is looked for by that name. The API server keeps Events for an hour.
"""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from api.cluster.connect import KubernetesApi
from api.cluster.resources import GROUP_VERSION, KIND
from api.domain.intent import format_time
from api.domain.text import clean, redact

COMPONENT = "clone-controller"
MESSAGE_LIMIT = 1000  # characters; the API server takes 1024 bytes (Kubernetes API, "Event v1")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class EventLog:
    """The Events of one namespace. All methods may raise ClusterUnavailable."""

    def __init__(self, api: KubernetesApi, namespace: str, *, now: Callable[[], datetime] = _utc_now) -> None:
        self._api = api
        self._namespace = namespace
        self._now = now

    def post(self, clone: str, reason: str, message: str, *, uid: str = "", warning: bool = False) -> None:
        """Write an Event about the clone of this name; `uid` is that of its object, where there is one."""
        about = {"apiVersion": GROUP_VERSION, "kind": KIND, "name": clone, "namespace": self._namespace}
        at = format_time(self._now()).partition(".")[0] + "Z"  # whole seconds, as the API wants it
        body = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": f"{clone}.{secrets.token_hex(8)}", "namespace": self._namespace},
            "involvedObject": about | ({"uid": uid} if uid else {}),
            "reason": reason,
            "message": clean(redact(message), MESSAGE_LIMIT),
            "type": "Warning" if warning else "Normal",
            "source": {"component": COMPONENT},
            "reportingComponent": COMPONENT,
            "reportingInstance": COMPONENT,
            "firstTimestamp": at,
            "lastTimestamp": at,
            "count": 1,
        }
        self._api.request("POST", f"/api/v1/namespaces/{self._namespace}/events", body=body)
