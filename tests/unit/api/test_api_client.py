"""The session with a source: redirects, bounds, and where the password may go."""

from __future__ import annotations

import gzip
import ssl
import tracemalloc
import zlib
from collections.abc import Callable, Iterator

import httpcore
import httpx
import pytest

from api.domain.errors import CloneError, SourceNotFound, SourceRefused, Timeout
from api.domain.keys import new_key
from api.domain.refusals.agent import AgentSilent
from api.domain.refusals.front import TlsInvalid
from api.source.agent import Agent
from api.source.client import MAX_BYTES, SourceClient
from tests.unit.api.wordpress import Wire

Handler = Callable[[httpx.Request], httpx.Response]
SITE = "https://example.com"


def session(handler: Handler, seconds: float = 5) -> SourceClient:
    return SourceClient(Wire(handler), seconds)


def redirect(target: str, status: int = 302) -> Handler:
    return lambda request: httpx.Response(status, headers={"location": target})


def test_redirects_are_followed_to_the_end() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/":
            return httpx.Response(301, headers={"location": "/de/"})
        return httpx.Response(200, text="da")

    with session(answer) as client:
        page = client.get(SITE + "/")
    assert (page.url, page.text) == (SITE + "/de/", "da")


def test_circles_end() -> None:
    with session(redirect("/again")) as client, pytest.raises(SourceRefused) as caught:
        client.get(SITE)
    assert caught.value.reason == "REDIRECT_LOOP"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "http://example.com/", "//evil.example/x", "ftp://example.com/"]
)
def test_once_bound_the_session_stays_within_the_site(target: str) -> None:
    with session(redirect(target)) as client:
        client.stay_within(SITE)
        with pytest.raises(SourceRefused) as caught:
            client.get(SITE + "/wp-login.php")
    assert caught.value.reason == "OTHER_ADDRESS"


def test_posts_are_not_redirected() -> None:
    with session(redirect("https://example.com/elsewhere", 307)) as client:
        page = client.send("POST", SITE + "/wp-login.php", data={"pwd": "secret"})
    assert page.status == 307


def test_large_answers_are_cut_off() -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while True:
            sent += 2**16
            yield b"x" * 2**16

    with (
        session(lambda request: httpx.Response(200, content=endless())) as client,
        pytest.raises(SourceRefused) as caught,
    ):
        client.get(SITE)
    assert caught.value.reason == "ANSWER_TOO_LARGE"
    assert sent <= MAX_BYTES + 2**17


def encoded(encoding: str, body: bytes, status: int = 200) -> Handler:
    stream = httpx.ByteStream(body)
    return lambda request: httpx.Response(status, headers={"content-encoding": encoding}, stream=stream)


def test_plain_answers_are_asked_for() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["accept-encoding"])
        return httpx.Response(404)

    with session(answer) as client:
        client.get(SITE)
        with pytest.raises(AgentSilent):
            Agent(client, SITE, SITE, new_key()).hello()
    assert set(asked) == {"identity"}


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("", b"page"),
        ("identity", b"page"),
        ("gzip", gzip.compress(b"page")),
        ("X-GZip, identity", gzip.compress(b"page")),
        ("deflate", zlib.compress(b"page")),
        ("gzip", gzip.compress(b"page") + b"and more"),
    ],
)
def test_compressed_answers(encoding: str, body: bytes) -> None:
    with session(encoded(encoding, body)) as client:
        assert client.get(SITE).body == b"page"


def test_compressed_answers_without_a_body() -> None:
    with session(encoded("gzip", b"", 404)) as client:
        assert client.get(SITE).body == b""


@pytest.mark.parametrize(
    ("encoding", "body", "reason"),
    [
        ("gzip, gzip", gzip.compress(gzip.compress(b"page")), "ANSWER_ENCODED"),
        ("br", b"page", "ANSWER_ENCODED"),
        ("gzip", gzip.compress(bytes(MAX_BYTES + 1)), "ANSWER_TOO_LARGE"),
        ("gzip", gzip.compress(b"") + bytes(MAX_BYTES), "ANSWER_TOO_LARGE"),
    ],
)
def test_answers_that_inflate_too_far(encoding: str, body: bytes, reason: str) -> None:
    with session(encoded(encoding, body)) as client, pytest.raises(SourceRefused) as caught:
        client.get(SITE)
    assert caught.value.reason == reason


def test_a_bomb_takes_no_more_memory_than_a_page() -> None:
    squeezer = zlib.compressobj(9, wbits=31)
    zeros = bytes(2**20)
    bomb = b"".join(squeezer.compress(zeros) for _ in range(256)) + squeezer.flush()
    tracemalloc.start()
    try:
        with session(encoded("gzip", bomb)) as client, pytest.raises(SourceRefused):
            client.get(SITE)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * MAX_BYTES


def test_damaged_compression() -> None:
    with session(encoded("gzip", b"page")) as client, pytest.raises(SourceNotFound):
        client.get(SITE)


@pytest.mark.parametrize(("encoding", "start"), [("identity", b"."), ("gzip", gzip.compress(b"."))])
def test_slow_answers_end_with_the_session(encoding: str, start: bytes) -> None:
    seconds = 0.0

    def drip() -> Iterator[bytes]:
        nonlocal seconds
        yield start
        for _ in range(100):
            seconds += 1
            yield b"."

    transport = Wire(lambda request: httpx.Response(200, headers={"content-encoding": encoding}, content=drip()))
    with SourceClient(transport, 10, monotonic=lambda: seconds) as client, pytest.raises(Timeout):
        client.get(SITE)
    assert seconds <= 11


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (httpcore.ConnectTimeout("t"), Timeout),
        (httpcore.ReadTimeout("t"), Timeout),
        (httpcore.ConnectError("c"), SourceNotFound),
        (httpcore.ReadError("r"), SourceNotFound),
        (httpcore.RemoteProtocolError("p"), SourceNotFound),
        (httpcore.UnsupportedProtocol("p"), SourceNotFound),
        (httpx.ReadTimeout("t"), Timeout),
        (httpx.DecodingError("d"), SourceNotFound),
        (httpx.InvalidURL("u"), SourceNotFound),
    ],
)
def test_no_vendor_error_gets_out(failure: Exception, expected: type[CloneError]) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise failure

    with session(fail) as client, pytest.raises(expected):
        client.get(SITE)


def test_certificates_that_cannot_be_verified() -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpcore.ConnectError("tls") from ssl.SSLCertVerificationError("expired")

    with session(fail) as client, pytest.raises(TlsInvalid):
        client.get(SITE)


@pytest.mark.parametrize("url", ["http://xn--a", "http://xn--/", "http://example.com:65536", "http://[::1"])
def test_urls_that_are_none(url: str) -> None:
    with session(lambda request: httpx.Response(200)) as client:
        for call in (client.get, client.stay_within):
            with pytest.raises(SourceNotFound):
                call(url)
        client.stay_within(SITE)
        with pytest.raises(SourceNotFound):
            client.send("POST", url)


@pytest.mark.parametrize(
    "target",
    [
        "http://[::1",
        "https://exa mple.com/",
        "http://a:b:c/",
        "http://xn--a",
        "//xn--a/x",
        "https://example.com:99999/",
    ],
)
def test_redirects_to_nonsense(target: str) -> None:
    with session(redirect(target)) as client, pytest.raises(CloneError):
        client.get(SITE)


def test_a_cookie_that_is_set_and_taken_back_in_one_answer_is_gone() -> None:
    """As a plugin for second factors does with the cookie of the login that it stops."""
    name, past = "wordpress_logged_in_abc", "expires=Thu, 01 Jan 1970 00:00:00 GMT"
    headers = [("Set-Cookie", "kept=1; path=/"), ("Set-Cookie", f"{name}=x; path=/; HttpOnly")]
    headers.append(("Set-Cookie", f"{name}=%20; path=/; {past}; Max-Age=0"))
    with session(lambda request: httpx.Response(200, headers=headers)) as client:
        client.get(SITE)
        assert (client.has_cookie("kept"), client.has_cookie(name)) == (True, False)
