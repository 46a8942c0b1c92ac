"""Which addresses may be dialled, and that it is the checked one that is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import httpcore
import httpx
import pytest

from api.domain.errors import SourceAddressRefused, SourceNotFound
from api.source.addresses import is_public
from api.source.client import SourceClient
from api.source.guard import GuardedBackend, SocketOption, resolve
from api.source.transport import GuardedTransport
from tests.unit.api.wordpress import Wire

PUBLIC = "93.184.215.14"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        (PUBLIC, True),
        ("1.1.1.1", True),
        ("100.63.255.255", True),
        ("172.32.0.1", True),
        ("192.167.255.255", True),
        ("223.255.255.255", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("2a00:1450:4001:82b::200e", True),
        ("64:ff9b::808:808", True),
        ("::ffff:8.8.8.8", True),
        ("0.0.0.0", False),
        ("0.1.2.3", False),
        ("10.0.0.1", False),
        ("10.96.0.1", False),
        ("100.64.0.1", False),
        ("100.100.100.200", False),
        ("127.0.0.1", False),
        ("127.255.255.254", False),
        ("168.63.129.16", False),
        ("169.254.169.254", False),
        ("172.16.0.1", False),
        ("172.31.255.255", False),
        ("192.0.0.192", False),
        ("192.0.2.1", False),
        ("192.88.99.1", False),
        ("192.168.1.1", False),
        ("198.18.0.1", False),
        ("198.51.100.7", False),
        ("203.0.113.9", False),
        ("224.0.0.1", False),
        ("239.255.255.255", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("::7f00:1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.96.0.1", False),
        ("::ffff:169.254.169.254", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("64:ff9b:1::808:808", False),
        ("100::1", False),
        ("2001::1", False),
        ("2001:db8::1", False),
        ("2002:7f00:1::", False),
        ("2002:808:808::", False),
        ("3fff::1", False),
        ("5f00::1", False),
        ("fc00::1", False),
        ("fd00:ec2::254", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("2606:2800:21f::1%eth0", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("", False),
        ("example.com", False),
        ("127.1", False),
    ],
)
def test_addresses(address: str, public: bool) -> None:
    assert is_public(address) is public


class Dialler(httpcore.NetworkBackend):
    """Notes whom it is asked to connect to, and answers with a page; or refuses."""

    def __init__(self, refusing: Sequence[str] = ()) -> None:
        self.dialled: list[tuple[str, int]] = []
        self._refusing = refusing

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        self.dialled.append((host, port))
        if host in self._refusing:
            raise httpcore.ConnectError("refused")
        return httpcore.MockStream([b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"])


def test_the_checked_address_is_dialled_and_resolved_once() -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    dialler = Dialler()
    backend = GuardedBackend(frozenset(), resolver=lambda host, port: next(answers), dialer=dialler)
    backend.connect_tcp("example.com", 443)
    assert dialler.dialled == [(PUBLIC, 443)]


@pytest.mark.parametrize("addresses", [["127.0.0.1"], [PUBLIC, "10.0.0.1"], ["10.0.0.1", PUBLIC], ["::ffff:10.0.0.1"]])
def test_a_host_with_any_private_address_is_refused(addresses: list[str]) -> None:
    dialler = Dialler()
    backend = GuardedBackend(frozenset(), resolver=lambda host, port: addresses, dialer=dialler)
    with pytest.raises(SourceAddressRefused, match=r"rebind\.example"):
        backend.connect_tcp("rebind.example", 80)
    assert dialler.dialled == []


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("demo-source.test", True),
        ("DEMO-source.test", True),
        ("x.demo-source.test", False),
        ("demo-source.test.evil.example", False),
        ("10.1.2.3", False),
    ],
)
def test_private_hosts_are_allowed_by_exact_name(host: str, allowed: bool) -> None:
    backend = GuardedBackend(
        frozenset({"demo-source.test"}), resolver=lambda host, port: ["10.1.2.3"], dialer=Dialler()
    )
    if allowed:
        backend.connect_tcp(host, 8080)
    else:
        with pytest.raises(SourceAddressRefused):
            backend.connect_tcp(host, 8080)


def test_further_addresses_are_tried() -> None:
    dialler = Dialler(refusing=["8.8.8.8"])
    backend = GuardedBackend(frozenset(), resolver=lambda host, port: ["8.8.8.8", PUBLIC], dialer=dialler)
    backend.connect_tcp("example.com", 80)
    assert dialler.dialled == [("8.8.8.8", 80), (PUBLIC, 80)]


def test_a_host_that_refuses_is_not_found() -> None:
    backend = GuardedBackend(frozenset(), resolver=lambda host, port: [PUBLIC], dialer=Dialler(refusing=[PUBLIC]))
    with pytest.raises(SourceNotFound, match="port 8443"):
        backend.connect_tcp("example.com", 8443)


def test_a_host_without_addresses_is_not_found() -> None:
    with pytest.raises(SourceNotFound):
        resolve("no-such-host.invalid", 80)
    with pytest.raises(SourceNotFound):
        GuardedBackend(frozenset(), resolver=lambda host, port: []).connect_tcp("example.com", 80)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f000001", "0x7f.1", "127.1", "017700000001", "localhost"]
)
def test_other_spellings_of_loopback_are_refused(host: str) -> None:
    with (
        SourceClient(GuardedTransport(GuardedBackend(frozenset())), 5) as client,
        pytest.raises((SourceAddressRefused, SourceNotFound)),
    ):
        client.get(f"http://{host}:1/")


def test_pages_come_through_the_transport() -> None:
    dialler = Dialler()
    backend = GuardedBackend(frozenset(), resolver=lambda host, port: [PUBLIC], dialer=dialler)
    with SourceClient(GuardedTransport(backend), 5) as client:
        page = client.get("http://example.com:8080/?a=b")
    assert (page.status, page.text, page.url) == (200, "ok", "http://example.com:8080/?a=b")
    assert dialler.dialled == [(PUBLIC, 8080)]


def test_the_host_header_keeps_the_name() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    with SourceClient(Wire(answer), 5) as client:
        client.get("https://example.com/")
    assert seen[0].headers["host"] == "example.com"
