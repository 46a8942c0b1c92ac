"""Calls to a site: which URL answers, the clock, what is tried again and what is not, smaller answers, paging."""

import gzip
import json
import ssl
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import stamina

from migrator.channel import Channel, new_http_client
from migrator.ends import FileRequest, Measure, RowQuery
from migrator.errors import (
    AgentMissing,
    AnswerDamaged,
    AnswerTruncated,
    KeyExpired,
    KeyRefused,
    MigrationError,
    RowTooLarge,
    SettingsInvalid,
    SourceDataInvalid,
    SourceFailed,
    SourceRefused,
    SourceTlsInvalid,
    SourceUnreachable,
    SourceVanished,
)
from migrator.protocol import AgentKey
from migrator.remote import RemoteSite
from migrator.retrying import Budget
from tests.unit.migrator.fake_agent import HOME, KEY, NOW, FakeAgent, FakeTable, File, frame
from tests.unit.migrator.sites import table

Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3):
        yield


def always(answer: Answer) -> Channel:
    client = new_http_client(transport=httpx.MockTransport(answer))
    return Channel(HOME, AgentKey.parse(KEY), client, now=lambda: NOW)


@pytest.mark.parametrize(
    "url", ["/?custom-migrator=1", "/wp-admin/admin-ajax.php?custom-migrator=1", "/wp-json/?custom-migrator=1"]
)
def test_any_form_of_url_will_do(url: str) -> None:
    agent = FakeAgent(answers_at=url)
    agent.site().confirm()
    assert [op for op, _ in agent.calls] == ["key.confirm"]


def test_the_form_that_worked_is_kept() -> None:
    asked: list[str] = []
    agent = FakeAgent(answers_at="/wp-json/?custom-migrator=1")

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return agent.handle(request)

    site = RemoteSite(always(answer))
    site.confirm()
    site.confirm()
    assert asked == ["/", "/wp-admin/admin-ajax.php", "/wp-json/", "/wp-json/"]


@pytest.mark.parametrize("minutes", [-10, -6, 0, 4, 6, 10])
def test_clocks_may_differ(minutes: int) -> None:
    agent = FakeAgent(clock=NOW + 60 * minutes)
    agent.site().confirm()
    assert len(agent.calls) == 1


def test_a_clock_that_jumps_is_no_endless_loop() -> None:
    agent = FakeAgent()

    def jump(_op: str, _response: httpx.Response) -> httpx.Response:
        agent.clock += 1_000
        return httpx.Response(403, json={"code": "clock", "time": agent.clock})

    agent.spoil = jump
    with pytest.raises(SourceFailed):
        agent.site().confirm()


def test_redirects_within_the_host_are_followed() -> None:
    agent = FakeAgent()

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.scheme == "http":
            return httpx.Response(
                301, headers={"location": str(request.url.copy_with(scheme="https", host="www.source.test"))}
            )
        return agent.handle(request)

    RemoteSite(always(answer)).confirm()
    assert len(agent.calls) == 1


def test_redirects_to_another_host_are_not_followed() -> None:
    hosts: set[str] = set()

    def answer(request: httpx.Request) -> httpx.Response:
        hosts.add(request.url.host)
        return httpx.Response(302, headers={"location": "http://169.254.169.254/"})

    with pytest.raises(AgentMissing):
        always(answer).call("hello", {})
    assert hosts == {"source.test"}


def raising(error: Exception) -> Answer:
    def answer(_request: httpx.Request) -> httpx.Response:
        raise error

    return answer


def _certificate() -> httpx.ConnectError:
    error = httpx.ConnectError("tls")
    error.__cause__ = ssl.SSLCertVerificationError("self-signed")
    return error


@pytest.mark.parametrize(
    ("answer", "expected", "code"),
    [
        (raising(httpx.ConnectError("no")), SourceUnreachable, "SOURCE_UNREACHABLE"),
        (raising(httpx.ReadTimeout("slow")), SourceUnreachable, "SOURCE_TIMEOUT"),
        (raising(httpx.RemoteProtocolError("cut")), SourceUnreachable, "SOURCE_UNREACHABLE"),
        (raising(_certificate()), SourceTlsInvalid, "SOURCE_TLS_INVALID"),
        (lambda _: httpx.Response(503), SourceUnreachable, "SOURCE_BUSY"),
        (lambda _: httpx.Response(429, headers={"retry-after": "7"}), SourceUnreachable, "SOURCE_BUSY"),
        (lambda _: httpx.Response(503, json={"code": "unavailable", "time": 1}), SourceUnreachable, "SOURCE_BUSY"),
        (
            lambda _: httpx.Response(503, json={"code": "query_limit", "time": 1}),
            SourceUnreachable,
            "SOURCE_QUERY_LIMIT",
        ),
        (
            lambda _: httpx.Response(200, text='Notice{"code":"query_limit","time":5}'),
            SourceUnreachable,
            "SOURCE_QUERY_LIMIT",
        ),
        (
            lambda _: httpx.Response(302, headers={"location": "/wp/wp-admin/install.php"}),
            SourceUnreachable,
            "SOURCE_WITHOUT_DATABASE",
        ),
        (lambda _: httpx.Response(200, text="<html>"), AgentMissing, "SOURCE_AGENT_MISSING"),
        (lambda _: httpx.Response(404), AgentMissing, "SOURCE_AGENT_MISSING"),
        (lambda _: httpx.Response(403, text="firewall"), AgentMissing, "SOURCE_AGENT_MISSING"),
        (lambda _: httpx.Response(403, json={"code": "expired", "time": 1}), KeyExpired, "SOURCE_KEY_EXPIRED"),
        (
            lambda _: httpx.Response(403, text='Notice{"code":"unauthenticated","time":5}'),
            KeyRefused,
            "SOURCE_KEY_REFUSED",
        ),
        (lambda _: httpx.Response(403, text='{"code":1'), AgentMissing, "SOURCE_AGENT_MISSING"),
        (
            lambda _: httpx.Response(404, text='{"code":"rest_no_route","data":{}}'),
            AgentMissing,
            "SOURCE_AGENT_MISSING",
        ),
        (lambda _: httpx.Response(200, content=b"\0CMRES1\0"), AnswerTruncated, "SOURCE_ANSWER_TRUNCATED"),
    ],
)
def test_what_failures_mean(answer: Answer, expected: type[MigrationError], code: str) -> None:
    with pytest.raises(expected) as failed:
        always(answer).call("hello", {})
    assert failed.value.code == code
    assert type(failed.value) is expected


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("7", 7),
        ("86400", 60),
        ("Sat, 28 Nov 2026 12:00:30 GMT", 30),
        ("Sat, 28 Nov 2026 12:00:30 +0100", 0),
        ("Sun, 29 Nov 2026 12:00:00 GMT", 60),
        ("Sat, 28 Nov 2026 11:00:00 GMT", 0),
        ("-7", 0),
        ("soon", 0),
        ("", 0),
    ],
)
def test_how_long_a_site_asks_us_to_wait(asked: str, seconds: float) -> None:
    headers = {"retry-after": asked, "date": "Sat, 28 Nov 2026 12:00:00 GMT"}  # by its own clock, which may be wrong
    with pytest.raises(SourceUnreachable) as failed:
        always(lambda _: httpx.Response(503, headers=headers)).call("hello", {})
    assert failed.value.retry_after == seconds


def test_a_time_to_wait_for_means_nothing_without_a_clock() -> None:
    headers = {"retry-after": "Sat, 28 Nov 2026 12:00:30 GMT"}
    with pytest.raises(SourceUnreachable) as failed:
        always(lambda _: httpx.Response(503, headers=headers)).call("hello", {})
    assert failed.value.retry_after == 0


def test_an_answer_without_end_is_refused() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 1_048_576

    with pytest.raises(AnswerDamaged):
        always(lambda _: httpx.Response(200, content=endless())).call("hello", {})


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("not_found", SourceVanished),
        ("forbidden", SourceRefused),
        ("database_error", SourceFailed),
        ("internal", SourceFailed),
        ("query_limit", SourceUnreachable),
    ],
)
def test_errors_that_the_agent_reports(code: str, expected: type[MigrationError]) -> None:
    body = f'{{"code":"{code}","message":"A sentence."}}'.encode()
    agent = FakeAgent(alter=lambda _op, _status, _payload: ("error", body))
    with pytest.raises(MigrationError) as failed:
        agent.site().confirm()
    assert type(failed.value) is expected
    assert code in failed.value.message or code.upper() in failed.value.code
    assert "A sentence." not in failed.value.message


def test_nothing_that_a_source_words_itself_is_shown() -> None:
    body = b'{"code":"<b>\\ud800","message":"\\ud800"}'
    agent = FakeAgent(alter=lambda _op, _status, _payload: ("error", body))
    with pytest.raises(SourceRefused) as failed:
        agent.site().confirm()
    assert failed.value.message == "The source's agent could not do key.confirm: it refuses to."


@pytest.mark.parametrize(
    "page",
    [
        {"entries": [["a\ud800", "f", 1, 1]], "next": None},
        {"entries": [], "next": "\ud800"},
        {"entries": [], "next": None, "skipped": [["a", "\udc80"]]},
    ],
)
def test_lone_surrogates_are_refused(page: dict[str, Any]) -> None:
    agent = FakeAgent(files={"core": {}}, alter=lambda _op, _status, _payload: ("ok", json.dumps(page).encode()))
    with pytest.raises(SourceDataInvalid):
        agent.site().list_files("core", None, 10)


def test_lone_surrogates_in_the_header_of_an_answer() -> None:
    header = {"status": "\ud800", "mac": "\ud800", "length": 0}

    def answer(request: httpx.Request) -> httpx.Response:
        body = request.read()
        sent = json.loads(body[11 : 11 + int.from_bytes(body[7:11])])
        return httpx.Response(200, content=b"\0CMRES1\0" + frame(header | {"nonce": sent["nonce"]}))

    with pytest.raises(AnswerDamaged):
        always(answer).call("hello", {})


def test_answers_are_asked_for_as_they_are() -> None:
    encodings: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        encodings.append(request.headers["accept-encoding"])
        return httpx.Response(503)

    client = httpx.Client(transport=httpx.MockTransport(answer))
    with pytest.raises(SourceUnreachable):
        Channel(HOME, AgentKey.parse(KEY), client).call("hello", {})
    assert encodings == ["identity"]


@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip", "identity, GZIP", "deflate", "x-own"])
@pytest.mark.parametrize(("status", "expected"), [(200, AnswerDamaged), (503, SourceUnreachable), (404, AgentMissing)])
def test_compressed_answers_are_never_unpacked(encoding: str, status: int, expected: type[MigrationError]) -> None:
    taken: list[bytes] = []

    def bomb() -> Iterator[bytes]:
        taken.append(b"")
        yield gzip.compress(bytes(1_048_576))

    answer = always(lambda _: httpx.Response(status, headers={"content-encoding": encoding}, content=bomb()))
    with pytest.raises(expected):
        answer.call("hello", {})
    assert taken == []


def test_an_answer_that_says_that_it_is_not_compressed() -> None:
    def named(_op: str, response: httpx.Response) -> httpx.Response:
        return httpx.Response(200, headers={"content-encoding": "Identity"}, content=response.content)

    FakeAgent(spoil=named).site().confirm()


def test_passing_failures_are_tried_again_and_answers_get_smaller() -> None:
    agent = FakeAgent(files={"core": {b"a": File(b"data")}})
    failures = iter([httpx.Response(500), httpx.Response(200, content=b"\0CMRES1\0cut")])
    agent.spoil = lambda _op, response: next(failures, response)
    site = agent.site()
    (piece,) = site.read_files([FileRequest("core", "a", 0, 4)])
    assert bytes(piece.data) == b"data"
    assert [arguments["budget"] for _, arguments in agent.calls] == [4_194_304, 2_097_152, 1_048_576]


def test_permanent_failures_are_not_tried_again() -> None:
    agent = FakeAgent(revoked=True)
    with pytest.raises(KeyRefused):
        agent.site().confirm()
    assert agent.calls == []


def test_budget_never_falls_below_what_an_agent_takes() -> None:
    budget = Budget(100_000)
    budget.shrink(100_000)
    budget.shrink(100_000)
    assert budget.bytes == 65_536
    budget.limit(1)
    assert budget.bytes == 65_536


def test_answers_become_as_large_as_before_where_their_size_was_not_the_cause() -> None:
    budget = Budget(400_000)
    for _ in range(5):
        budget.keep(400_000)
    budget.shrink(400_000)
    for _ in range(4):
        assert budget.bytes == 200_000
        budget.keep(200_000)
    assert budget.bytes == 400_000


def test_answers_stay_small_where_larger_ones_fail() -> None:
    budget = Budget(400_000)
    budget.keep(400_000)
    budget.shrink(400_000)
    for _ in range(100):
        budget.keep(200_000)
    assert budget.bytes == 200_000


def test_damaged_files_are_noticed() -> None:
    agent = FakeAgent(files={"core": {b"a": File(b"data")}})
    agent.alter = lambda _op, status, payload: (status, payload.replace(b"data", b"dada"))
    with pytest.raises(AnswerDamaged):
        agent.site().read_files([FileRequest("core", "a", 0, 4)])


def test_measuring_goes_on_when_a_table_is_gone() -> None:
    columns = [("id", "int"), ("t", "text")]
    agent = FakeAgent(tables={"wp_a": FakeTable([[b"-7", b"abc"], [b"9", b""]], 1, columns), "wp_b": FakeTable([], 0)})
    measured = agent.site().measure(["wp_a", "wp_gone", "wp_b"])
    assert measured == {"wp_a": Measure(widest=5, low=-7, high=9), "wp_b": Measure()}


def test_a_row_that_the_source_cannot_put_together() -> None:
    agent = FakeAgent(alter=lambda _op, _status, _payload: ("error", b'{"code":"too_long","message":""}'))
    with pytest.raises(RowTooLarge):
        agent.site().read_rows(RowQuery(table("wp_t", [("a", "int")], ["a"])))


def test_revoking_needs_no_more_than_url_and_key() -> None:
    agent = FakeAgent()
    client = new_http_client(transport=httpx.MockTransport(agent.handle))
    agent.clock = int(time.time())
    assert RemoteSite.open(HOME + "/", KEY, client=client).revoke() == []
    assert agent.revoked


@pytest.mark.parametrize("home", ["", "source.test", "ftp://source.test", "http://"])
def test_only_http_urls(home: str) -> None:
    with pytest.raises(SettingsInvalid):
        RemoteSite.open(home, KEY, client=new_http_client(transport=httpx.MockTransport(lambda _: httpx.Response(200))))


@pytest.mark.parametrize("hello", [{}, {"protocol": "x"}, {"protocol": 1, "wordpress": []}])
def test_a_site_that_does_not_say_what_it_is(hello: dict[str, Any]) -> None:
    with pytest.raises(SourceDataInvalid):
        FakeAgent(hello=hello).site().hello()
