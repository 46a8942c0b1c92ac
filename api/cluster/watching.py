"""Following one object by list and watch, as the Kubernetes API wants it.

A list gives a resourceVersion to watch from. The stream may end at any time, and the version may become too old
(410 Gone, as the answer or as an ERROR event): then the object is listed again. See the Kubernetes documentation,
"API Concepts", "Efficient detection of changes".
"""

import math
import time
from collections.abc import Callable, Generator
from contextlib import closing
from typing import TypeVar

from api.cluster.connect import Json, KubernetesApi, items_of
from api.domain.errors import ClusterUnavailable, Timeout

Found = TypeVar("Found")

RETRY_PAUSE_SECONDS = 0.3  # between two tries when the API does not answer


def watch_one(
    api: KubernetesApi,
    path: str,
    name: str,
    timeout: float,
    read: Callable[[Json], Found],
    predicate: Callable[[Found | None], bool],
) -> Found | None:
    """Return the object `name` of the collection `path` as soon as `predicate` holds for it; None is "gone".

    Raises Timeout after `timeout` seconds.
    """
    with closing(_states(api, path, name, time.monotonic() + timeout)) as states:
        for state in states:
            found = None if state is None else read(state)
            if predicate(found):
                return found
    raise Timeout(f"{name} did not get there within {timeout:g} seconds.")


def _states(api: KubernetesApi, path: str, name: str, deadline: float) -> Generator[Json | None]:
    """Yield the object as it is now and at each change, until the deadline."""
    query = {"fieldSelector": f"metadata.name={name}"}
    first = True
    while first or time.monotonic() < deadline:
        first = False
        try:
            listed = api.request("GET", path, query=query)
            yield next(iter(items_of(listed)), None)
            yield from _changes(api, path, query | {"resourceVersion": listed["metadata"]["resourceVersion"]}, deadline)
        except ClusterUnavailable:
            time.sleep(min(RETRY_PAUSE_SECONDS, max(0.0, deadline - time.monotonic())))  # nothing to wait on


def _changes(api: KubernetesApi, path: str, query: dict[str, str], deadline: float) -> Generator[Json | None]:
    seconds = math.ceil(deadline - time.monotonic())
    if seconds <= 0:
        return
    with closing(api.watch(path, query=query, seconds=seconds)) as events:
        for event in events:
            if event["type"] == "ERROR":
                return
            if event["type"] != "BOOKMARK":
                yield None if event["type"] == "DELETED" else event["object"]
