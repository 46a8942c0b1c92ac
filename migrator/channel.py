"""One signed call to a site's agent over HTTP: which URL answers, what the site's clock says, what a failure means.

The agent answers a signed POST on any URL of the site, so several forms of URL are tried until one is answered; the
one that worked is kept. Redirects are followed only within the same host (http to https, with and without www).
Signatures do not cover the URL, so that proxies may change it. Retrying is the caller's business (remote.py).
"""

import secrets
import ssl
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from migrator.egress import LIMITS, proxy_failure
from migrator.errors import (
    AgentMissing,
    MigrationError,
    SettingsInvalid,
    SourceFailed,
    SourceRefused,
    SourceUnreachable,
)
from migrator.protocol import CONTENT_TYPE, AgentKey, decode_answer, encode_request, error_of
from migrator.replies import ClockDiffers, Reply, not_answered, read_body, reported, transport_failure, without_tables

TIMEOUT = httpx.Timeout(40.0, connect=10.0)  # the agent ends a call within 10 s; a slow line needs the rest
USER_AGENT = "Mozilla/5.0 (compatible; wordpress-clone-migrator/0.1)"
_REDIRECTS = {301, 302, 303, 307, 308}
_MAX_REDIRECTS = 3


def new_http_client(verify: ssl.SSLContext | None = None, transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """An HTTP client as a channel needs it: the system's CAs, proxies from the environment, no redirects, no gzip."""
    return httpx.Client(
        verify=verify or ssl.create_default_context(),
        timeout=TIMEOUT,
        transport=transport,
        follow_redirects=False,
        headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity", "Accept": CONTENT_TYPE},
        limits=LIMITS,
    )


def trusting(ca_file: Path | None) -> ssl.SSLContext:
    """Verify against the system's CAs, and those in a file of PEM certificates if it is there.

    Raises:
        SettingsInvalid: it is there but holds no certificates.
    """
    context = ssl.create_default_context()
    if ca_file is not None and ca_file.is_file():
        try:
            context.load_verify_locations(ca_file)
        except ssl.SSLError as cause:
            raise SettingsInvalid(f"There are no certificates in {ca_file}.") from cause
    return context


def request_urls(home: str, siteurl: str = "") -> list[str]:
    """The forms of URL that reach the agent, in the order they are tried."""
    home = home.rstrip("/")
    siteurl = siteurl.rstrip("/") or home
    return [
        f"{home}/?custom-migrator=1",
        f"{siteurl}/wp-admin/admin-ajax.php?custom-migrator=1",
        f"{home}/wp-json/?custom-migrator=1",
    ]


class Channel:
    """Signed calls to one agent; may be used by several threads.

    Args:
        home: URL of the site.
        key: The key that signs.
        client: See new_http_client.
        siteurl: Where WordPress's scripts are, if not at `home`.
        now: Unix seconds of our clock.
    """

    def __init__(
        self,
        home: str,
        key: AgentKey,
        client: httpx.Client,
        *,
        siteurl: str = "",
        now: Callable[[], float] = time.time,
    ) -> None:
        parts = urlsplit(home)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SettingsInvalid("The source's URL is not an http or https URL.")
        self._urls = request_urls(home, siteurl)
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
        except ClockDiffers as clock:
            self._offset = clock.time_there - self._now()
        try:
            return self._try_urls(op, arguments)
        except ClockDiffers as clock:
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
            raise not_answered(reply)
        if answer.status != "ok":
            raise reported(op, error_of(answer.payload))
        return answer.payload

    def _post(self, url: str, body: bytes) -> Reply:
        for _ in range(_MAX_REDIRECTS):
            reply = self._send(url, body)
            target = _target(url, reply)
            if target == url or _host(target) != _host(url):
                return reply
            if urlsplit(target).path.endswith("/wp-admin/install.php"):
                raise without_tables()
            self._urls = [target if known == url else known for known in self._urls]
            url = target
        return self._send(url, body)

    def _send(self, url: str, body: bytes) -> Reply:
        headers = {"Content-Type": CONTENT_TYPE, "X-Custom-Migrator": "1", "Accept-Encoding": "identity"}
        try:
            with self._client.stream("POST", url, content=body, headers=headers) as response:
                return Reply(response.status_code, response.headers, read_body(response))
        except httpx.TimeoutException as cause:
            raise SourceUnreachable("The source did not answer in time.", code="SOURCE_TIMEOUT") from cause
        except httpx.ProxyError as cause:
            raise proxy_failure(str(cause)) from cause
        except httpx.TransportError as cause:
            raise transport_failure(cause) from cause
        except (httpx.InvalidURL, httpx.DecodingError) as cause:
            raise SourceRefused("The source sends answers or redirects that cannot be used.") from cause


def _target(url: str, reply: Reply) -> str:
    """Where a response leads to, `url` itself if nowhere; raises SourceRefused for what is no URL."""
    if reply.status not in _REDIRECTS:
        return url
    try:
        target = urljoin(url, str(reply.headers.get("location", "")))
        _host(target)
    except ValueError as cause:
        raise SourceRefused("The source redirects to a URL that cannot be used.") from cause
    return target


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
