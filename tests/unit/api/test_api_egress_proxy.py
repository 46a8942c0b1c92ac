"""The browser's way out: who may use it, whom it leads to, what it passes on."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from api.source.egress_proxy import USER, EgressProxy
from api.source.guard import GuardedBackend
from tests.browser.network import Dialer

ADDRESSES = {"garden.test": "93.184.215.14", "inside.test": "10.0.0.7", "test-site.test": "10.0.0.8"}


class Echo(BaseHTTPRequestHandler):
    """Tells what it was asked."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        said = f"{self.path} {self.headers['Host']} {sorted(name.lower() for name in self.headers)} ".encode() + body
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # the standard library's own name
        """Nothing."""


@pytest.fixture
def dialer() -> Iterator[Dialer]:
    """Leads to a web server, whatever the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        port: int = server.server_address[1]
        yield Dialer(lambda _: port)
        server.shutdown()
        thread.join()


@pytest.fixture
def proxy(dialer: Dialer) -> Iterator[EgressProxy]:
    backend = GuardedBackend(
        frozenset({"test-site.test"}), resolver=lambda host, _port: [ADDRESSES.get(host, host)], dialer=dialer
    )
    with EgressProxy(backend, "127.0.0.1") as proxy:
        yield proxy


def client(proxy: EgressProxy, password: str = "") -> httpx.Client:
    through = httpx.Proxy(proxy.url, auth=(USER, password or proxy.password))
    return httpx.Client(proxy=through, timeout=20, trust_env=False, verify=False)  # no TLS here to set up


def test_plain_requests_reach_their_site_as_it_knows_them(proxy: EgressProxy, dialer: Dialer) -> None:
    with client(proxy) as http:
        for _ in range(2):
            answer = http.post("http://garden.test/path?query=1", content=b"x" * 200_000)
            path, host, _ = answer.text.split(" ", 2)
            assert (answer.status_code, path, host) == (200, "/path?query=1", "garden.test")
            assert "proxy-authorization" not in answer.text
            assert answer.text.endswith("x" * 200_000)
    assert set(dialer.dialed) == {"93.184.215.14"}


def connect(proxy: EgressProxy, request: bytes) -> bytes:
    """What the proxy says to a request until it closes or has said a line."""
    host, port = proxy.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return connection.recv(1000)


def authorized(proxy: EgressProxy) -> bytes:
    return b"Proxy-Authorization: " + httpx.BasicAuth(USER, proxy.password)._auth_header.encode() + b"\r\n"


def test_tunnels_reach_their_site(proxy: EgressProxy, dialer: Dialer) -> None:
    said = connect(proxy, b"CONNECT garden.test:443 HTTP/1.1\r\n" + authorized(proxy) + b"\r\n")
    assert said.startswith(b"HTTP/1.1 200 ")
    assert dialer.dialed == ["93.184.215.14"]


@pytest.mark.parametrize("host", ["inside.test:443", "127.0.0.1:80", "[::1]:80", "169.254.169.254:80", "10.96.0.1:443"])
def test_private_addresses_are_refused(proxy: EgressProxy, dialer: Dialer, host: str) -> None:
    said = connect(proxy, f"CONNECT {host} HTTP/1.1\r\n".encode() + authorized(proxy) + b"\r\n")
    assert said.startswith(b"HTTP/1.1 403 ")
    said = connect(proxy, f"GET http://{host}/ HTTP/1.1\r\n".encode() + authorized(proxy) + b"\r\n")
    assert said.startswith(b"HTTP/1.1 403 ")
    assert dialer.dialed == []


def test_exact_names_may_be_private(proxy: EgressProxy) -> None:
    with client(proxy) as http:
        assert http.post("http://test-site.test/", content=b"").status_code == 200


def test_nobody_uses_it_without_its_password(proxy: EgressProxy, dialer: Dialer) -> None:
    assert connect(proxy, b"CONNECT garden.test:443 HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 407 ")
    with client(proxy, "guessed") as http:
        assert http.post("http://garden.test/", content=b"").status_code == 407
    assert dialer.dialed == []


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET / HTTP/1.1",
        b"GET ftp://garden.test/ HTTP/1.1",
        b"\xff\xff",
        b"CONNECT garden.test:x HTTP/1.1",
    ],
)
def test_what_is_no_request_is_closed(proxy: EgressProxy, dialer: Dialer, request_line: bytes) -> None:
    assert connect(proxy, request_line + b"\r\n" + authorized(proxy) + b"\r\n") == b""
    assert connect(proxy, request_line) == b""
    assert dialer.dialed == []


def test_it_is_gone_with_the_visit(proxy: EgressProxy) -> None:
    with EgressProxy(GuardedBackend(frozenset()), "127.0.0.1") as short:
        pass
    with pytest.raises(ConnectionRefusedError):
        connect(short, b"GET http://garden.test/ HTTP/1.1\r\n\r\n")
