"""The vendor's client against a server on the loopback: every answer becomes ours, and nothing secret gets out."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from api.cluster import connect as connect_module
from api.cluster.connect import VendorApi, connect
from api.cluster.errors import ObjectChanged
from api.domain.errors import CloneError, ClusterUnavailable, Duplicate, InvalidRequest, NotFound


class Server(ThreadingHTTPServer):
    """Answers every request with `status` and `body`, or with `chunks` if there are some; keeps what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status, self.body = 200, b"{}"
        self.chunks: Iterator[bytes] | None = None  # b"" ends the stream as it should; otherwise it is cut
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []


class Handler(BaseHTTPRequestHandler):
    """The server's one answer."""

    protocol_version = "HTTP/1.1"
    server: Server

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.requests.append((self.command, self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        if self.server.chunks is not None:
            self.answer_in_chunks(self.server.chunks)
            return
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def answer_in_chunks(self, chunks: Iterator[bytes]) -> None:
        self.close_connection = True
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for chunk in chunks:
            self.wfile.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")

    do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815 - named by the base class

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def api(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> VendorApi:
    address = f"http://127.0.0.1:{server.server_address[1]}"
    kubeconfig = {
        "clusters": [{"name": "c", "cluster": {"server": address}}],
        "users": [{"name": "u", "user": {"token": "the-token"}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }
    file = tmp_path / "kubeconfig"
    file.write_text(yaml.safe_dump(kubeconfig), encoding="utf-8")
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(file))
    return connect()


def status_object(reason: str, message: str) -> bytes:
    return json.dumps({"kind": "Status", "reason": reason, "message": message}).encode()


def test_a_call_carries_token_query_and_a_merge_patch(api: VendorApi, server: Server) -> None:
    server.body = b'{"kind": "ConfigMap"}'
    assert api.request("PATCH", "/things/a", query={"fieldManager": "us"}, body={"data": None}) == {"kind": "ConfigMap"}
    method, path, headers, body = server.requests[0]
    assert (method, path) == ("PATCH", "/things/a?fieldManager=us")
    assert headers["Content-Type"] == "application/merge-patch+json"
    assert "the-token" in headers["authorization"]
    assert json.loads(body) == {"data": None}


def test_metadata_alone_is_asked_for(api: VendorApi, server: Server) -> None:
    api.metadata("/things", many=True)
    assert server.requests[0][2]["Accept"] == "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"


@pytest.mark.parametrize(
    ("status", "reason", "expected"),
    [
        (400, "BadRequest", InvalidRequest),
        (401, "Unauthorized", ClusterUnavailable),
        (403, "Forbidden", ClusterUnavailable),
        (404, "NotFound", NotFound),
        (409, "AlreadyExists", Duplicate),
        (409, "Conflict", ObjectChanged),
        (410, "Expired", ClusterUnavailable),
        (422, "Invalid", InvalidRequest),
        (429, "TooManyRequests", ClusterUnavailable),
        (500, "InternalError", ClusterUnavailable),
        (503, "", ClusterUnavailable),
    ],
)
def test_every_status_is_an_error_of_ours(
    api: VendorApi, server: Server, status: int, reason: str, expected: type[CloneError]
) -> None:
    server.status, server.body = status, status_object(reason, "what the server says")
    with pytest.raises(expected) as raised:
        api.request("GET", "/things/a")
    assert type(raised.value) is expected


def test_a_policys_sentence_reaches_the_caller(api: VendorApi, server: Server) -> None:
    server.status, server.body = 422, status_object("Invalid", "spec.cloneName: must be left out")
    with pytest.raises(InvalidRequest, match=r"spec\.cloneName: must be left out"):
        api.request("POST", "/things", body={})


@pytest.mark.parametrize("status", [400, 409, 422, 500])
def test_what_is_said_about_a_secret_stays_here(
    api: VendorApi, server: Server, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    server.status, server.body = status, status_object("Invalid", 'error found in "db-password":"s3cret"')
    with pytest.raises(CloneError) as raised:
        api.request("POST", "/api/v1/namespaces/ns/secrets", body={"data": {"db-password": "s3cret"}})
    assert "s3cret" not in f"{raised.value.detail}{raised.value!r}{raised.value.__cause__!r}{caplog.text}"


@pytest.mark.parametrize("body", [b"<html>gateway</html>", b""])
def test_an_answer_that_is_no_json_is_no_answer(api: VendorApi, server: Server, body: bytes) -> None:
    server.body = body
    with pytest.raises(ClusterUnavailable):
        api.request("GET", "/things/a")


def test_a_server_that_is_not_there_is_unavailable(api: VendorApi, server: Server) -> None:
    server.server_close()
    server.socket.close()
    with pytest.raises(ClusterUnavailable):
        api.request("GET", "/things/a")


def test_a_watch_yields_its_events_to_the_end(api: VendorApi, server: Server) -> None:
    server.chunks = iter([b'{"type": "ADDED"}\n{"ty', b'pe": "DELETED"}\n', b""])
    events = list(api.watch("/things", query={"resourceVersion": "7"}, seconds=3))
    assert [event["type"] for event in events] == ["ADDED", "DELETED"]
    assert server.requests[0][1] == "/things?resourceVersion=7&watch=true&timeoutSeconds=3"


def test_a_watch_yields_each_event_at_once(api: VendorApi, server: Server) -> None:
    seen = threading.Event()

    def wait_for_the_reader() -> Iterator[bytes]:
        yield b'{"type": "ADDED"}\n'
        assert seen.wait(10)
        yield b'{"type": "DELETED"}\n'
        yield b""

    server.chunks = wait_for_the_reader()
    stream = api.watch("/things", query={}, seconds=3)
    assert next(stream) == {"type": "ADDED"}
    seen.set()
    assert next(stream) == {"type": "DELETED"}


def test_a_watch_that_is_cut_is_an_error_of_ours(api: VendorApi, server: Server) -> None:
    server.chunks = iter([b'{"type": "ADDED"}\n', b'{"ty'])
    stream = api.watch("/things", query={}, seconds=3)
    assert next(stream) == {"type": "ADDED"}
    with pytest.raises(ClusterUnavailable):
        next(stream)


def test_without_configuration_there_is_no_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(tmp_path / "none"))
    with pytest.raises(ClusterUnavailable):
        connect_module.connect()
