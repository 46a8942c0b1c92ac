"""httpx over a connection pool of our own, because httpx offers no public way to choose how connections are opened."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import httpcore
import httpx


class GuardedTransport(httpx.BaseTransport):
    """Sends requests through a way out that checks addresses.

    Errors are httpcore's or ours; `api.source.client` translates them.
    """

    def __init__(self, backend: httpcore.NetworkBackend, tls: ssl.SSLContext | None = None) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls or httpx.create_ssl_context(trust_env=False), network_backend=backend, retries=1
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the answer's body is read by whoever asked for it."""
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=cast("Iterator[bytes]", request.stream),
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            status_code=answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions
        )

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Return what verifies sources: the public authorities, and those in `ca_file` (PEM) if it is there.

    Raises ValueError if it holds no certificates.
    """
    context = httpx.create_ssl_context(trust_env=False)
    if ca_file is not None and ca_file.is_file():
        try:
            context.load_verify_locations(ca_file)
        except ssl.SSLError as error:
            raise ValueError(f"there are no certificates in {ca_file}") from error
    return context


class _Body(httpx.SyncByteStream):
    """The body of an answer, from the pool to httpx."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        """Give the connection back."""
        self._answer.close()
