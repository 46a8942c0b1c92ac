"""A proxy between engine and source: it counts, and lets a test look at, change, or cut what passes.

The engine reaches it through HTTP_PROXY, so a site can have any host name without anybody resolving it.
"""

import hashlib
import hmac
import http.client
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

REQUEST_MAGIC = b"CMREQ1\n"
ANSWER_MAGIC = b"\0CMRES1\0"
RESET = -1


@dataclass
class Call:
    """One call of the engine's.

    Args:
        number: From 1.
        header: The request's header.
        arguments: The request's arguments.
        body: The whole answer; a test may set it.
        cut: Bytes of the answer that are sent before the connection is closed; None: all; RESET: nothing, and the
            connection is reset.
        status: Of the answer in the place of the source's; None: that one, with the source's headers.
        then: Called when they were sent.
    """

    number: int
    header: dict[str, str]
    arguments: dict[str, object]
    body: bytes = b""
    cut: int | None = None
    status: int | None = None
    then: Callable[[], None] = lambda: None

    @property
    def op(self) -> str:
        """The operation."""
        return self.header["op"]

    def payload(self) -> bytes:
        """What the answer carries; empty where it is not the agent's."""
        _, found, rest = self.body.partition(ANSWER_MAGIC)
        if not found:
            return b""
        (length,) = struct.unpack(">I", rest[:4])
        return rest[4 + length :]

    def answer(self, payload: bytes, key: str, status: str = "ok") -> None:
        """Answer with a payload of the test's own, rightly signed with the key (`cm_<id>_<secret>`)."""
        digest = hashlib.sha256(payload).hexdigest()
        signed = f"cm1-response\n{self.op}\n{status}\n{self.header['nonce']}\n{digest}"
        mac = hmac.new(key.split("_")[2].encode(), signed.encode(), hashlib.sha256).hexdigest()
        header = {"status": status, "nonce": self.header["nonce"], "length": len(payload), "mac": mac}
        encoded = json.dumps(header).encode()
        self.body = ANSWER_MAGIC + struct.pack(">I", len(encoded)) + encoded + payload


@dataclass
class Proxy:
    """What passed so far, and what is done with it.

    Args:
        upstream: Port of the web server on the loopback.
        before: Called with each call before it is passed on.
        answering: Called with each call when its answer is there.
    """

    upstream: int
    port: int = 0
    before: Callable[[Call], None] = lambda _call: None
    answering: Callable[[Call], None] = lambda _call: None
    calls: int = 0
    sent: int = 0
    by_op: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """For HTTP_PROXY."""
        return f"http://127.0.0.1:{self.port}"

    def reset(self) -> None:
        """Count from nothing, and only pass on."""
        with self.lock:
            self.calls, self.sent, self.by_op = 0, 0, {}
            self.before = self.answering = lambda _call: None

    def new_call(self, body: bytes) -> Call:
        """The call in a request's body."""
        rest = body.removeprefix(REQUEST_MAGIC)
        (length,) = struct.unpack(">I", rest[:4])
        with self.lock:
            self.calls += 1
            return Call(self.calls, json.loads(rest[4 : 4 + length]), json.loads(rest[4 + length :]))

    def count(self, call: Call, sent: int) -> None:
        """Add what was sent for a call."""
        with self.lock:
            self.sent += sent
            self.by_op[call.op] = self.by_op.get(call.op, 0) + sent


def at_byte(proxy: Proxy, position: int, action: Callable[[], None]) -> None:
    """Do something once, in the middle of the answer in which the bytes sent come to a position."""
    done = threading.Event()

    def answering(call: Call) -> None:
        with proxy.lock:
            before = proxy.sent
            if done.is_set() or before + len(call.body) < position:
                return
            done.set()
        call.cut, call.then = max(0, position - before), action

    proxy.answering = answering


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: Proxy

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        call = self.proxy.new_call(body)
        self.proxy.before(call)
        try:
            status, headers, call.body = self._upstream(body)
        except (OSError, http.client.HTTPException):
            self.close_connection = True  # the source has gone: so do we, without an answer
            return
        self.proxy.answering(call)
        if call.cut == RESET:
            self._reset()
        else:
            self._send(call.status or status, headers if call.status is None else [], call)

    def _reset(self) -> None:
        """Break the connection off as a firewall does: closing with a time to linger of 0 sends RST."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def _upstream(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.proxy.upstream, timeout=60)
        try:
            headers = {name: value for name, value in self.headers.items() if not name.lower().startswith("proxy-")}
            connection.request("POST", self.path, body, headers | {"Connection": "close"})
            response = connection.getresponse()
            return response.status, response.getheaders(), response.read()
        finally:
            connection.close()

    def _send(self, status: int, headers: list[tuple[str, str]], call: Call) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in ("content-length", "connection", "transfer-encoding", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(call.body)))
        self.end_headers()
        self.close_connection = self.close_connection or call.cut is not None
        sent = call.body if call.cut is None else call.body[: call.cut]
        try:
            self.wfile.write(sent)
        except OSError:
            self.close_connection = True
        self.proxy.count(call, len(sent))
        call.then()

    def log_message(self, *_arguments: object) -> None:
        return


@contextmanager
def running_proxy(upstream: int) -> Iterator[Proxy]:
    """A proxy on a free port of the loopback."""
    proxy = Proxy(upstream)
    handler = type("Handler", (_Handler,), {"proxy": proxy})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    proxy.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
