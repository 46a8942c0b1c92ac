"""One connection to the Kubernetes API, spoken in plain JSON.

The vendor's library does the transport: configuration, credentials that rotate, TLS, the pool of connections.
Its generated classes are left aside: a custom object is a dictionary anyway, lists of metadata alone
(which keep Secret values out of this process) have no class at all, and errors are translated in one place.
"""

import json
from collections.abc import Generator, Mapping
from typing import Any, Protocol, cast

import urllib3
from kubernetes import client, config
from kubernetes.client.exceptions import ApiException

from api.cluster.errors import from_status, unreachable

Json = dict[str, Any]

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0
WATCH_GRACE_SECONDS = 5.0  # a watch that the server should have ended is given up after this
POOL_SIZE = 32  # connections kept: as many as the controller has threads

_METADATA = "application/json;as=PartialObjectMetadata{suffix};g=meta.k8s.io;v=v1"


class KubernetesApi(Protocol):
    """What this package wants of a Kubernetes API; all raise errors of `api.domain.errors`, never the vendor's."""

    def request(
        self, method: str, path: str, *, query: Mapping[str, str] | None = None, body: Json | None = None
    ) -> Json:
        """Return the answer of one call; a PATCH is a JSON merge patch (RFC 7386)."""

    def metadata(self, path: str, *, query: Mapping[str, str] | None = None, many: bool = False) -> Json:
        """Return metadata alone, of one object or of a list."""

    def watch(self, path: str, *, query: Mapping[str, str], seconds: int) -> Generator[Json]:
        """Yield watch events until the server ends the stream, after `seconds` at the latest."""


def items_of(answer: Json) -> list[Json]:
    """Return the items of a list; the server writes an empty one as null where it lists metadata alone."""
    return answer.get("items") or []


class VendorApi:
    """`KubernetesApi` over the vendor's client; safe to share between threads."""

    def __init__(self, api_client: client.ApiClient) -> None:
        self._client = api_client

    def request(
        self, method: str, path: str, *, query: Mapping[str, str] | None = None, body: Json | None = None
    ) -> Json:
        """See `KubernetesApi.request`."""
        return self._json(method, path, query, body, accept="application/json")

    def metadata(self, path: str, *, query: Mapping[str, str] | None = None, many: bool = False) -> Json:
        """See `KubernetesApi.metadata`."""
        return self._json("GET", path, query, None, accept=_METADATA.format(suffix="List" if many else ""))

    def watch(self, path: str, *, query: Mapping[str, str], seconds: int) -> Generator[Json]:
        """See `KubernetesApi.watch`."""
        full = {**query, "watch": "true", "timeoutSeconds": str(seconds)}
        stream = self._open("GET", path, full, None, "application/json", seconds + WATCH_GRACE_SECONDS)
        try:
            for line in stream:
                yield cast(Json, json.loads(line))
        except (urllib3.exceptions.HTTPError, json.JSONDecodeError) as error:
            raise unreachable() from error  # cut in the middle: the caller lists again
        finally:
            stream.close()  # not released to the pool: an unfinished stream cannot be used again

    def _json(self, method: str, path: str, query: Mapping[str, str] | None, body: Json | None, accept: str) -> Json:
        response = self._open(method, path, query, body, accept, READ_SECONDS)
        try:
            return cast(Json, json.loads(response.data))
        except (urllib3.exceptions.HTTPError, json.JSONDecodeError) as error:
            raise unreachable() from error

    def _open(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: Json | None,
        accept: str,
        read_seconds: float,
    ) -> urllib3.BaseHTTPResponse:
        headers = {"Accept": accept}
        if body is not None:
            headers["Content-Type"] = "application/merge-patch+json" if method == "PATCH" else "application/json"
        serialized = self._client.param_serialize(
            method,
            path,
            query_params=list((query or {}).items()),
            header_params=headers,
            body=body,
            auth_settings=["BearerToken"],
        )
        try:
            answer = self._client.call_api(*serialized, _request_timeout=(CONNECT_SECONDS, read_seconds))
        except (ApiException, urllib3.exceptions.HTTPError) as error:
            raise unreachable() from error
        if not 200 <= answer.status < 300:
            raise from_status(answer.status, answer.read(), confidential="/secrets" in path)
        return cast(urllib3.BaseHTTPResponse, answer.response)


def connect() -> VendorApi:
    """Connect as the pod's service account, or else by the kubeconfig that KUBECONFIG names.

    Raises ClusterUnavailable when there is neither.
    """
    configuration = client.Configuration()
    try:
        _load(configuration)
    except (config.ConfigException, OSError) as error:
        raise unreachable() from error
    configuration.connection_pool_maxsize = POOL_SIZE
    # A connection that the server closed between two calls is worth one more try; anything else is the caller's.
    configuration.retries = urllib3.Retry(total=1, redirect=0, status=0)
    return VendorApi(client.ApiClient(configuration))


def _load(configuration: client.Configuration) -> None:
    try:
        config.load_incluster_config(client_configuration=configuration)
    except config.ConfigException:
        config.load_kube_config(client_configuration=configuration)
