"""The session with a source: redirects, bounds, and where the password may go."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpcore
import httpx
import pytest

from api.domain.errors import CloneError, SourceNotFound, SourceRefused, Timeout
from api.source.client import MAX_BYTES, SourceClient

Handler = Callable[[httpx.Request], httpx.Response]
SITE = "https://example.com"


def session(handler: Handler, seconds: float = 5) -> SourceClient:
    return SourceClient(httpx.MockTransport(handler), seconds)


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


def test_slow_answers_end_with_the_session() -> None:
    seconds = 0.0

    def drip() -> Iterator[bytes]:
        nonlocal seconds
        for _ in range(100):
            seconds += 1
            yield b"."

    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=drip()))
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


@pytest.mark.parametrize("target", ["http://[::1", "https://exa mple.com/", "http://a:b:c/"])
def test_redirects_to_nonsense(target: str) -> None:
    with session(redirect(target)) as client, pytest.raises(CloneError):
        client.get(SITE)
