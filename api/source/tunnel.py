"""The way out to source sites on a cluster: the egress proxy, which resolves, checks and dials (RFC 9110, CONNECT).

Every connection is a tunnel, to plain http servers too: TLS is still verified here against the host's name, and the
proxy sees no more of a request than host and port.
"""

from base64 import b64encode
from collections.abc import Iterable

import httpcore

from api.domain.errors import SourceAddressRefused, SourceNotFound, Unavailable
from api.source.guard import SocketOption

_MAX_HEAD = 64 * 2**10  # bytes of the proxy's answer
_OPEN = 200
_REFUSED = 403
_UNKNOWN_USER = 407
_NO_SUCH_HOST = 502
_ANSWER_SECONDS = 20.0  # where the caller has no limit: the proxy dials for ten seconds


class TunnelBackend(httpcore.NetworkBackend):
    """Opens connections through the proxy at `host` and `port`. `dialer` opens the one to it, replaced in tests."""

    def __init__(
        self, host: str, port: int, user: str, password: str, *, dialer: httpcore.NetworkBackend | None = None
    ) -> None:
        self._proxy = (host, port)
        self._credentials = b64encode(f"{user}:{password}".encode()).decode()
        self._dialer = dialer or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to a host; raises SourceAddressRefused, SourceNotFound, or Unavailable if the proxy is the cause."""
        try:
            stream = self._dialer.connect_tcp(*self._proxy, timeout, local_address, socket_options)
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            raise Unavailable("The way out to source sites is closed: the egress proxy does not answer.") from error
        try:
            _check(self._ask(stream, host, port, timeout or _ANSWER_SECONDS), host, port)
        except BaseException:
            stream.close()
            raise
        return stream

    def _ask(self, stream: httpcore.NetworkStream, host: str, port: int, timeout: float) -> int:
        """Ask for a tunnel and return the answer's status; its end is the head's, for the site speaks second."""
        authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        lines = (
            f"CONNECT {authority} HTTP/1.1",
            f"Host: {authority}",
            f"Proxy-Authorization: Basic {self._credentials}",
        )
        try:
            stream.write("\r\n".join((*lines, "", "")).encode("ascii"), timeout)
            head = b""
            while b"\r\n\r\n" not in head:
                piece = stream.read(_MAX_HEAD, timeout)
                head += piece
                if not piece or len(head) > _MAX_HEAD:
                    raise SourceNotFound(f"The host {host} does not answer on port {port}.")
            return int(head.split(b" ", 2)[1])
        except (httpcore.NetworkError, httpcore.TimeoutException, UnicodeError, ValueError, IndexError) as error:
            raise SourceNotFound(f"The host {host} does not answer on port {port}.") from error


def _check(status: int, host: str, port: int) -> None:
    """Raise what a refusal means."""
    if status == _OPEN:
        return
    if status == _REFUSED:
        raise SourceAddressRefused(
            f"The host {host} is in a private or reserved network, or port {port} is not a web server's."
            " Only sites with public addresses can be cloned."
        )
    if status == _UNKNOWN_USER:
        raise Unavailable("The egress proxy refuses this service's credential: both need the same egress key.")
    if status == _NO_SUCH_HOST:
        raise SourceNotFound(f"The host {host} does not exist: its name does not resolve.")
    raise SourceNotFound(f"The host {host} does not answer on port {port}.")
