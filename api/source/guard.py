"""The way out to source sites: resolves a host once, checks every address, dials the one that was checked.

Checking a name first and letting a library resolve it again would leave the second answer unchecked (DNS rebinding).
So the check sits where connections are opened, below TLS: certificates are still verified against the host name, and
every redirect to another host passes here too.
"""

import socket
from collections.abc import Callable, Iterable, Sequence

import httpcore

from api.domain.errors import SourceAddressRefused, SourceNotFound
from api.source.addresses import is_public

Resolver = Callable[[str, int], Sequence[str]]
SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


def resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a host in the resolver's order; SourceNotFound if it has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SourceNotFound(f"The host {host} does not exist: its name does not resolve.") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class GuardedBackend(httpcore.NetworkBackend):
    """Opens connections to public addresses only, or to hosts that are allowed by their exact name.

    `allowed_hosts` are lower case. `dialer` opens a connection to an address; it and `resolver` are replaced in tests.
    """

    def __init__(
        self,
        allowed_hosts: frozenset[str],
        *,
        resolver: Resolver = resolve,
        dialer: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._allowed = allowed_hosts
        self._resolver = resolver
        self._dialer = dialer or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of `host` that answers; see the class for those that may."""
        failure: Exception | None = None
        for address in self.checked_addresses(host, port):
            try:
                return self._dialer.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise SourceNotFound(f"The host {host} does not answer on port {port}.") from failure

    def checked_addresses(self, host: str, port: int) -> Sequence[str]:
        """Return the addresses of `host`; SourceAddressRefused if one is not public and the host not allowed."""
        addresses = self._resolver(host, port)
        if not addresses:
            raise SourceNotFound(f"The host {host} does not exist: its name does not resolve.")
        if host.lower() not in self._allowed and not all(map(is_public, addresses)):
            raise SourceAddressRefused(
                f"The host {host} is in a private or reserved network. Only sites with public addresses can be cloned."
            )
        return addresses
