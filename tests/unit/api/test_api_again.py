"""Answers that are lost: what is asked again, how often, and what never is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from api.domain.errors import SourceNotFound
from api.source.again import TRIES, AnswerLost
from api.source.client import SourceClient
from tests.unit.api.preparation import Prepare
from tests.unit.api.variants import SG_CAPTCHA
from tests.unit.api.wordpress import HOME, Wire, WordPress

RESET = "reset"
BODIES = {"202": SG_CAPTCHA, "500": "plugh", "502": "plugh"}


class Broken(httpx.SyncByteStream):
    """A body that ends too early."""

    def __iter__(self) -> Iterator[bytes]:
        yield b"<html>"
        raise httpx.RemoteProtocolError("peer closed connection")


def broken(answer: httpx.Response) -> httpx.Response:
    """The same answer, its body cut off."""
    headers = [pair for pair in answer.headers.multi_items() if pair[0] != "content-length"]
    return httpx.Response(answer.status_code, headers=headers, stream=Broken())


@dataclass
class Losing(WordPress):
    """Loses the first `times` answers to what asks for `part`, after it has done what it was asked for."""

    part: str = ""
    times: int = 1
    way: str = RESET

    def answer(self, request: httpx.Request) -> httpx.Response:
        answer = super().answer(request)
        if self.part not in f"{request.method} {request.url}" or not self.times:
            return answer
        self.times -= 1
        if self.way == RESET:
            raise httpx.ReadError("connection reset by peer")
        return broken(answer) if self.way == "cut" else httpx.Response(int(self.way), text=BODIES[self.way])


@pytest.mark.parametrize("way", [RESET, "cut", "202", "502"])
@pytest.mark.parametrize(
    "part", ["GET /wp-login.php", "plugin-install.php", "rest-nonce", "v1/keys", "action=activate"]
)
def test_what_may_be_repeated_is(prepare: Prepare, part: str, way: str) -> None:
    site = Losing(part=part.replace("GET /", f"GET {HOME}/"), way=way, times=TRIES - 1)
    prepare(site).run()
    assert (len(site.keys), site.logins, site.sessions, site.times) == (1, 1, {}, 0)


@pytest.mark.parametrize("way", [RESET, "cut", "502"])
def test_an_upload_whose_answer_is_lost_is_looked_for(prepare: Prepare, way: str) -> None:
    site = Losing(part="action=upload-plugin", way=way)
    prepare(site).run()
    assert (len(site.keys), site.times) == (1, 0)


@pytest.mark.parametrize("way", [RESET, "502"])
def test_signed_calls_are_repeated_with_a_new_nonce(prepare: Prepare, way: str) -> None:
    site = Losing(part="custom-migrator=1", way=way, times=TRIES - 1)
    prepare(site).run()
    assert len(site.keys) == 1


@pytest.mark.parametrize("way", [RESET, "502", "500"])
def test_a_password_is_sent_once_whatever_becomes_of_the_answer(prepare: Prepare, way: str) -> None:
    site = Losing(part=f"POST {HOME}/wp-login.php", way=way)
    refusal = prepare(site).refused()
    assert isinstance(refusal, SourceNotFound)
    assert "not sent again" in refusal.detail
    assert site.logins == 1
    assert (site.plugin, site.keys) == (None, {})


def test_a_login_whose_answer_is_cut_off_behind_its_cookie_is_one(prepare: Prepare) -> None:
    site = Losing(part=f"POST {HOME}/wp-login.php", way="cut")
    prepare(site).run()
    assert (site.logins, len(site.keys)) == (1, 1)


def test_a_host_that_never_answers_is_told_after_three_times() -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        raise httpx.ReadError("connection reset by peer")

    with SourceClient(Wire(answer), 60, sleep=lambda seconds: None) as client, pytest.raises(AnswerLost):
        client.get(HOME)
    assert len(asked) == TRIES
