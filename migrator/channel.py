"""One signed call to a site's agent over HTTP: which URL answers, what the site's clock says, what a failure means.

The agent answers a signed POST on any URL of the site, so several forms of URL are tried until one is answered; the
one that worked is kept. Redirects are followed only within the same host (http to https, with and without www).
Signatures do not cover the URL, so that proxies may change it. Retrying is the caller's business (remote.py).
"""

import json
import secrets
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from migrator.errors import (
    AgentMissing,
    AnswerDamaged,
    KeyExpired,
    KeyRefused,
    MigrationError,
    PermanentError,
    SettingsInvalid,
    SourceFailed,
    SourceRefused,
    SourceTlsInvalid,
    SourceUnreachable,
    SourceVanished,
)
from migrator.protocol import CONTENT_TYPE, AgentKey, decode_answer, encode_request, error_of

TIMEOUT = httpx.Timeout(40.0, connect=10.0)  # the agent ends a call within 10 s; a slow line needs the rest
USER_AGENT = "Mozilla/5.0 (compatible; wordpress-clone-migrator/0.1)"
_BUSY = {408, 425, 429, 500, 502, 503, 504, 507, 509, 520, 521, 522, 523, 524, 525, 527, 529, 530}
_REDIRECTS = {301, 302, 303, 307, 308}
_MAX_REDIRECTS = 3
_MAX_BODY = 83_886_080  # bytes: an answer has 16 MiB, but for a single row of up to 64 MiB, and junk in front of it
_MAX_REFUSAL = 65_536  # bytes of a refusal with the notices that a site may print around it
_LONGEST_WAIT = 60.0  # seconds; what a source may make us wait between two calls


def new_http_client(verify: ssl.SSLContext | None = None, transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """An HTTP client as a channel needs it: the system's CAs, proxies from the environment, no redirects, no gzip."""
    return httpx.Client(
        verify=verify or ssl.create_default_context(),
        timeout=TIMEOUT,
        transport=transport,
        follow_redirects=False,
        headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity", "Accept": CONTENT_TYPE},
        limits=httpx.Limits(max_connections=16, max_keepalive_connections=16, keepalive_expiry=4.0),
    )


def request_urls(home: str, siteurl: str = "") -> list[str]:
    """The forms of URL that reach the agent, in the order they are tried."""
    home = home.rstrip("/")
    return [
        f"{home}/?custom-migrator=1",
        f"{(siteurl or home).rstrip('/')}/wp-admin/admin-ajax.php?custom-migrator=1",
        f"{home}/wp-json/?custom-migrator=1",
    ]


@dataclass(frozen=True)
class _Reply:
    """An HTTP response read to its end."""

    status: int
    headers: httpx.Headers
    body: bytes


class _ClockDiffers(Exception):
    """The site's clock and ours differ too much; holds the site's time."""

    def __init__(self, time_there: int) -> None:
        super().__init__("clock")
        self.time_there = time_there


class Channel:
    """Signed calls to one agent; may be used by several threads.

    Args:
        home: URL of the site.
        key: The key that signs.
        client: See new_http_client.
        now: Unix seconds of our clock.
    """

    def __init__(self, home: str, key: AgentKey, client: httpx.Client, *, now: Callable[[], float] = time.time) -> None:
        parts = urlsplit(home)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SettingsInvalid("The source's URL is not an http or https URL.")
        self._urls = request_urls(home)
        self._key = key
        self._client = client
        self._now = now
        self._offset = 0.0

    def call(self, op: str, arguments: Mapping[str, Any]) -> memoryview:
        """Make one call and return the payload of its verified answer.

        Raises TemporaryError (SourceUnreachable, SourceFailed, AnswerDamaged) or PermanentError (KeyRefused,
        KeyExpired, AgentMissing, SourceRefused, SourceTlsInvalid).
        """
        try:
            return self._try_urls(op, arguments)
        except _ClockDiffers as clock:
            self._offset = clock.time_there - self._now()
        try:
            return self._try_urls(op, arguments)
        except _ClockDiffers as clock:
            raise SourceFailed("The source's clock is not steady enough to sign calls.") from clock

    def _try_urls(self, op: str, arguments: Mapping[str, Any]) -> memoryview:
        failure: MigrationError | None = None
        for url in list(self._urls):
            try:
                payload = self._exchange(url, op, arguments)
            except AgentMissing as missing:
                failure = failure or missing
                continue
            self._prefer(url)
            return payload
        raise failure or AgentMissing("The source does not answer the copying agent's calls.")

    def _prefer(self, url: str) -> None:
        if self._urls[0] != url:
            self._urls = [url, *(other for other in self._urls if other != url)]

    def _exchange(self, url: str, op: str, arguments: Mapping[str, Any]) -> memoryview:
        nonce = secrets.token_hex(16)
        timestamp = int(self._now() + self._offset)
        reply = self._post(url, encode_request(self._key, op, arguments, timestamp=timestamp, nonce=nonce))
        answer = decode_answer(self._key, op, nonce, reply.body)
        if answer is None:
            raise _not_answered(reply)
        if answer.status != "ok":
            raise _reported(op, *error_of(answer.payload))
        return answer.payload

    def _post(self, url: str, body: bytes) -> _Reply:
        for _ in range(_MAX_REDIRECTS):
            reply = self._send(url, body)
            target = urljoin(url, reply.headers.get("location", ""))
            if reply.status not in _REDIRECTS or target == url or _host(target) != _host(url):
                return reply
            self._urls = [target if known == url else known for known in self._urls]
            url = target
        return self._send(url, body)

    def _send(self, url: str, body: bytes) -> _Reply:
        headers = {"Content-Type": CONTENT_TYPE, "X-Custom-Migrator": "1"}
        try:
            with self._client.stream("POST", url, content=body, headers=headers) as response:
                return _Reply(response.status_code, response.headers, _read(response))
        except httpx.TimeoutException as cause:
            raise SourceUnreachable("The source did not answer in time.", code="SOURCE_TIMEOUT") from cause
        except httpx.TransportError as cause:
            raise _transport_failure(cause) from cause
        except (httpx.InvalidURL, httpx.DecodingError) as cause:
            raise SourceRefused("The source sends answers or redirects that cannot be used.") from cause


def _read(response: httpx.Response) -> bytes:
    pieces, size = list[bytes](), 0
    for piece in response.iter_bytes():
        pieces.append(piece)
        size += len(piece)
        if size > _MAX_BODY:
            raise AnswerDamaged("An answer of the source is larger than any that was asked for.")
    return b"".join(pieces)


def _not_answered(reply: _Reply) -> Exception:
    code, time_there = _refusal(reply)
    if code == "clock" and time_there:
        return _ClockDiffers(time_there)
    if code == "expired":
        return KeyExpired("The key for the source has expired.")
    if code in ("unauthenticated", "clock"):
        return KeyRefused("The source refuses the key that was registered for this copy.")
    if reply.status in _BUSY:
        text = f"The source answers with HTTP status {reply.status}."
        return SourceUnreachable(text, code="SOURCE_BUSY", retry_after=_retry_after(reply))
    return AgentMissing(
        f"The source's web server answers (HTTP status {reply.status}), but not its copying agent: "
        "the plugin was removed, or something in front of the site keeps our calls away from it."
    )


def _refusal(reply: _Reply) -> tuple[str, int | None]:
    """(code, time) of an authentication failure as the agent words it, ("", None) for anything else.

    Its HTTP status is 403, but 200 where the site had printed something before the agent was asked.
    """
    text = reply.body[-_MAX_REFUSAL:].decode("utf-8", "replace")
    start = text.rfind('{"code"')
    try:
        value, _ = json.JSONDecoder().raw_decode(text[start:] if start >= 0 else "")
    except ValueError:
        return "", None
    code, there = value.get("code"), value.get("time")
    return (str(code), there) if isinstance(there, int) else ("", None)


def _reported(op: str, code: str, message: str) -> MigrationError:
    """What an error that the agent itself reports means; its message is ours, so it may be shown."""
    text = f"The source's agent could not do {op}: {code}" + (f" ({message})." if message else ".")
    if code in ("database_error", "internal", "budget", "unreadable"):
        return SourceFailed(text, code=f"SOURCE_{code.upper()}")
    return SourceVanished(text) if code == "not_found" else SourceRefused(text)


def _transport_failure(cause: httpx.TransportError) -> MigrationError:
    link: BaseException | None = cause
    while link is not None:
        if isinstance(link, ssl.SSLCertVerificationError):
            return SourceTlsInvalid("The source's certificate cannot be verified.")
        link = link.__cause__ or link.__context__
    if isinstance(cause, httpx.UnsupportedProtocol):
        return SourceRefused("The source redirects to a URL that cannot be used.")
    return SourceUnreachable("The source cannot be reached, or breaks the connection off.")


def _retry_after(reply: _Reply) -> float:
    value = reply.headers.get("retry-after", "")
    return min(float(value), _LONGEST_WAIT) if value.isascii() and value.isdigit() else 0.0


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def is_permanent(error: BaseException) -> bool:
    """Whether trying a call again at once is pointless. AgentMissing may be a passing page of a cache or firewall."""
    return isinstance(error, PermanentError) and not isinstance(error, AgentMissing)
