"""A dialer that ends up at the loopback, whatever the address."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import httpcore

from api.source.guard import SocketOption


class Dialer(httpcore.SyncBackend):
    """Notes the addresses that it was told to dial. `published` says where a port is on the loopback."""

    def __init__(self, published: Callable[[int], int]) -> None:
        self._published = published
        self.dialed: list[str] = []

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        """See the class."""
        self.dialed.append(host)
        return super().connect_tcp("127.0.0.1", self._published(port), timeout, local_address, socket_options)
