"""Connections through the egress proxy, as facade and controller make them: what is said, and what an answer means."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import httpcore
import pytest

from api.domain.egress import FACADE, EgressKeys
from api.domain.errors import CloneError, SourceAddressRefused, SourceNotFound, Unavailable
from api.settings import Settings
from api.source.guard import GuardedBackend
from api.source.tunnel import TunnelBackend
from api.wiring import build_egress_keys, build_way_out


class Recording(httpcore.MockBackend):
    """A proxy that says what it is told to say; keeps what it heard, and whether it was hung up on."""

    def __init__(self, *answer: bytes) -> None:
        super().__init__(list(answer))
        self.heard = b""
        self.dialled: tuple[str, int] | None = None
        self.closed = False

    def connect_tcp(self, host: str, port: int, *args: object, **kwargs: object) -> httpcore.NetworkStream:
        self.dialled = (host, port)
        proxy = self

        class Stream(httpcore.MockStream):
            def write(self, buffer: bytes, timeout: float | None = None) -> None:
                proxy.heard += buffer

            def close(self) -> None:
                proxy.closed = True

        return Stream(list(self._buffer))


def through(proxy: httpcore.NetworkBackend) -> TunnelBackend:
    return TunnelBackend("proxy.internal", 3128, FACADE, "secret", dialer=proxy)


@pytest.mark.parametrize(
    ("host", "authority"), [("example.com", b"example.com:443"), ("2606:4700::1", b"[2606:4700::1]:443")]
)
def test_a_tunnel_is_asked_for_with_our_credential(host: str, authority: bytes) -> None:
    proxy = Recording(b"HTTP/1.1 200 Connection ", b"established\r\n\r\n")
    through(proxy).connect_tcp(host, 443, 5)
    assert proxy.dialled == ("proxy.internal", 3128)
    lines = proxy.heard.split(b"\r\n")
    assert lines[0] == b"CONNECT " + authority + b" HTTP/1.1"
    assert b"Proxy-Authorization: Basic " + b64encode(b"facade:secret") in lines
    assert proxy.heard.endswith(b"\r\n\r\n")
    assert not proxy.closed


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", SourceAddressRefused),
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", Unavailable),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", SourceNotFound),
        (b"HTTP/1.1 503 Service Unavailable\r\n\r\n", SourceNotFound),
        (b"HTTP/1.1 302 Found\r\nLocation: http://example.com/\r\n\r\n", SourceNotFound),
        (b"HTTP/1.1\r\n\r\n", SourceNotFound),
        (b"HTTP/1.1 two hundred\r\n\r\n", SourceNotFound),
        (b"HTTP/1.1 200", SourceNotFound),
        (b"", SourceNotFound),
        (b"x" * 70_000, SourceNotFound),
    ],
)
def test_anything_else_is_an_error_and_the_connection_is_closed(answer: bytes, kind: type[CloneError]) -> None:
    proxy = Recording(*([answer] if answer else []))
    with pytest.raises(kind) as failed:
        through(proxy).connect_tcp("example.com", 443, 5)
    assert proxy.closed
    assert "secret" not in str(failed.value)


def test_a_proxy_that_is_down_is_our_fault_and_not_the_sources() -> None:
    class Down(httpcore.MockBackend):
        def connect_tcp(self, *args: object, **kwargs: object) -> httpcore.NetworkStream:
            raise httpcore.ConnectError

    with pytest.raises(Unavailable, match="egress proxy"):
        through(Down([])).connect_tcp("example.com", 443, 5)


def settings(**given: object) -> Settings:
    file = Path("/nowhere")
    return Settings(cluster_name="c", db_host="h", db_ca_file=file, db_user="u", db_password_file=file, **given)  # type: ignore[arg-type]


def test_the_settings_decide_between_proxy_and_own_check(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("k" * 64 + "\n")
    proxied = settings(egress_proxy="egress-proxy.wordpress-clone.svc:3128", egress_key_file=tmp_path / "keys")
    assert isinstance(build_way_out(proxied, FACADE), TunnelBackend)
    assert build_egress_keys(proxied) == EgressKeys.parse("k" * 64)
    assert isinstance(build_way_out(settings(), FACADE), GuardedBackend)
    with pytest.raises(ValueError, match="CLONE_EGRESS_KEY_FILE"):
        build_way_out(settings(egress_proxy="proxy:3128"), FACADE)
