"""A way to the site on which a tenth of all answers is lost, the same ones in every run."""

import random
from collections import Counter
from collections.abc import Iterator

import httpcore
import httpx

from tests.engine.bad_days import CHALLENGE, SHARE


class LosingTransport(httpx.BaseTransport):
    """Loses answers by the numbers of their requests; the site has done what it was asked for.

    `spared` is a method and path that never meet it. `lost` counts what was lost, by kind.
    """

    def __init__(self, inner: httpx.BaseTransport, seed: int, spared: str = "") -> None:
        self._inner = inner
        self._seed = seed
        self._spared = spared
        self._number = 0
        self.lost: Counter[str] = Counter()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request, and lose its answer or not."""
        self._number += 1
        chance = random.Random(f"{self._seed} {self._number}")
        answer = self._inner.handle_request(request)
        if chance.random() >= SHARE or f"{request.method} {request.url.path}" == self._spared:
            return answer
        way = chance.choice(("502", "reset", "truncated", "challenge"))
        self.lost[way] += 1
        return self._spoiled(way, answer)

    def _spoiled(self, way: str, answer: httpx.Response) -> httpx.Response:
        body = answer.read()
        answer.close()
        match way:
            case "502":
                return httpx.Response(502, stream=httpx.ByteStream(b"<h1>Bad Gateway</h1>"))
            case "challenge":
                return httpx.Response(202, stream=httpx.ByteStream(CHALLENGE))
            case "truncated":
                return httpx.Response(answer.status_code, headers=answer.headers, stream=_Truncated(body))
        raise httpcore.ReadError("connection reset by peer")

    def close(self) -> None:
        """Close the way."""
        self._inner.close()


class _Truncated(httpx.SyncByteStream):
    """Half of a body, and then what a connection says that ends too early."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        yield self._body[: len(self._body) // 2]
        raise httpcore.RemoteProtocolError("peer closed connection without sending complete message body")
