"""The browser's way out: a forward proxy (RFC 9110, 9112) in this process, in front of the way that our own calls take.

The browser resolves no name and dials nothing: it tells the proxy whom it wants (CONNECT for https and web sockets, an
absolute URL for plain http), and the backend of our own calls checks and dials. So redirects, frames, scripts and names
whose answer changes (DNS rebinding) meet the same check, and a challenge is passed from the address that our own calls
come from afterwards. One proxy serves one visit, to whoever knows its password.
"""

import hmac
import select
import socket
import socketserver
import threading
from base64 import b64encode
from dataclasses import dataclass
from secrets import token_urlsafe
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpcore

from api.domain.errors import CloneError, SourceAddressRefused

USER = "visit"
MAX_HEAD = 64 * 2**10  # bytes of a request's line and headers
CONNECT_SECONDS = 10.0
IDLE_SECONDS = 60.0  # without a byte in either direction
_PIECE = 64 * 2**10
_LOOK_SECONDS = 0.1  # how soon an open connection notices that the visit is over
_DROPPED = (b"proxy-", b"connection:", b"keep-alive:")


class EgressProxy:
    """Listens at `host`, which is how the browser reaches this process, for as long as the context lasts.

    `port` 0 takes any free one; OSError if a given one is taken.
    """

    def __init__(self, backend: httpcore.NetworkBackend, host: str, port: int = 0) -> None:
        self.password = token_urlsafe(24)
        self._server = _Server((host, port), backend, self.password)
        self._host = host

    @property
    def url(self) -> str:
        """Where it listens."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(_LOOK_SECONDS,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.over.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], backend: httpcore.NetworkBackend, password: str) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.backend = backend
        self.credentials = b"Basic " + b64encode(f"{USER}:{password}".encode())
        self.over = threading.Event()
        super().__init__(address, _Connection)


class _Connection(socketserver.BaseRequestHandler):
    """One connection of the browser: one request, and whatever follows it."""

    server: _Server
    request: socket.socket

    def handle(self) -> None:
        """Answer with an error, or connect both ends until one has nothing more to say."""
        self.request.settimeout(IDLE_SECONDS)
        try:
            request = _read_request(self.request)
            if not hmac.compare_digest(request.credentials, self.server.credentials):
                self._answer("407 Proxy Authentication Required", 'Proxy-Authenticate: Basic realm="visit"')
                return
            self._serve(request)
        except (OSError, ValueError):
            return  # either end has gone, or what came is no request: closing is all that is left to do

    def _serve(self, request: "_Request") -> None:
        try:
            stream = self.server.backend.connect_tcp(request.host, request.port, CONNECT_SECONDS)
        except CloneError as error:
            self._answer("403 Forbidden" if isinstance(error, SourceAddressRefused) else "502 Bad Gateway")
            return
        try:
            upstream: socket.socket = stream.get_extra_info("socket")
            upstream.settimeout(IDLE_SECONDS)
            if request.onward:
                upstream.sendall(request.onward)
            else:
                self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            upstream.sendall(request.rest)
            _exchange(self.request, upstream, self.server.over)
        finally:
            stream.close()

    def _answer(self, status: str, *headers: str) -> None:
        lines = (f"HTTP/1.1 {status}", *headers, "Content-Length: 0", "Connection: close", "", "")
        self.request.sendall("\r\n".join(lines).encode())


@dataclass(frozen=True)
class _Request:
    """Whom to call; `onward` is the head to send there, empty for CONNECT; `rest` are bytes that came behind it."""

    host: str
    port: int
    credentials: bytes
    onward: bytes
    rest: bytes


def _read_request(connection: socket.socket) -> _Request:
    """Read a request's head; ValueError if it is none."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(_PIECE)
        if not piece or len(received) > MAX_HEAD:
            raise ValueError("no request")
        received += piece
    head, _, rest = received.partition(b"\r\n\r\n")
    line, *headers = head.split(b"\r\n")
    method, target, version = line.decode("ascii").split(" ")
    is_tunnel = method == "CONNECT"
    parts = urlsplit(f"//{target}" if is_tunnel else target)
    if not parts.hostname or (not is_tunnel and parts.scheme != "http"):
        raise ValueError("no address")
    onward = b"" if is_tunnel else _onward(f"{method} {_origin_form(target)} {version}", headers)
    return _Request(parts.hostname, parts.port or 80, _credentials(headers), onward, rest)


def _origin_form(target: str) -> str:
    parts = urlsplit(target)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _onward(line: str, headers: list[bytes]) -> bytes:
    """Return the head for the site itself. One request a connection: the next one may be for another site."""
    kept = [header for header in headers if not header.lower().startswith(_DROPPED)]
    return b"\r\n".join([line.encode(), *kept, b"Connection: close", b"", b""])


def _credentials(headers: list[bytes]) -> bytes:
    named = (header.partition(b":") for header in headers)
    return next((value.strip() for name, _, value in named if name.lower() == b"proxy-authorization"), b"")


def _exchange(browser: socket.socket, site: socket.socket, over: threading.Event) -> None:
    """Carry bytes both ways until both ends have ended, nothing comes for long, or the visit is over."""
    other = {browser: site, site: browser}
    silent = 0.0
    while other and silent < IDLE_SECONDS and not over.is_set():
        readable, _, _ = select.select(list(other), [], [], _LOOK_SECONDS)
        silent = 0.0 if readable else silent + _LOOK_SECONDS
        for end in readable:
            piece = end.recv(_PIECE)
            target = site if end is browser else browser
            if piece:
                target.sendall(piece)
            else:
                del other[end]
                target.shutdown(socket.SHUT_WR)
