"""What stands in front of clones in a test: a load balancer that ends TLS, routes by path, and strips nothing.

It says by X-Forwarded-Proto which scheme the client used, whatever the client said about it itself.
"""

import http.client
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_HOP = {"connection", "keep-alive", "transfer-encoding", "x-forwarded-proto", "x-forwarded-for"}
_SECONDS = 120


@dataclass
class Balancer:
    """Where it listens, and where each path leads.

    Args:
        routes: First segment of the path → port of the loopback.
        certificate, ca_file: Its certificate and the authority of that.
        seen: Method and path of every request.
    """

    https: int
    http: int
    certificate: Path
    ca_file: Path
    routes: dict[str, int] = field(default_factory=dict)
    seen: list[tuple[str, str]] = field(default_factory=list)

    @property
    def origin(self) -> str:
        """Scheme, host and port that clones are reached under."""
        return f"https://localhost:{self.https}"


@contextmanager
def running_balancer(tls: Path) -> Iterator[Balancer]:
    """Listen on two ports of the loopback.

    Args:
        tls: Folder with ca.crt, tls.crt and tls.key for `localhost`.
    """
    balancer = Balancer(0, 0, tls / "tls.crt", tls / "ca.crt")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls / "tls.crt", tls / "tls.key")
    plain, secure = _server(balancer, "http"), _server(balancer, "https")
    secure.socket = context.wrap_socket(secure.socket, server_side=True, do_handshake_on_connect=False)
    balancer.http, balancer.https = plain.server_address[1], secure.server_address[1]
    for server in (plain, secure):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield balancer
    finally:
        for server in (plain, secure):
            server.shutdown()
            server.server_close()


def _server(balancer: Balancer, scheme: str) -> ThreadingHTTPServer:
    handler = type("Handler", (_Handler,), {"balancer": balancer, "scheme": scheme})
    return _Server(("127.0.0.1", 0), handler)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Browsers close connections when they like, and try a certificate before they take it."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _SECONDS
    balancer: Balancer
    scheme: str

    def _forward(self) -> None:
        self.balancer.seen.append((self.command, self.path))
        port = self.balancer.routes.get(self.path.split("/")[1].partition("?")[0])
        if port is None:
            self._send(404, [], b"no such path\n")
            return
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
        try:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self._headers():
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            self._send(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()

    def _headers(self) -> list[tuple[str, str]]:
        kept = [(name, value) for name, value in self.headers.items() if name.lower() not in _HOP]
        return [*kept, ("X-Forwarded-Proto", self.scheme), ("X-Forwarded-For", "192.0.2.1"), ("Connection", "close")]

    def _send(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in _HOP | {"content-length"}:
                self.send_header(name, value)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = _forward  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass
