"""The small parts: command line, settings, logs, presence, turns, jobs, heartbeat, probe, readiness."""

from __future__ import annotations

import json
import logging
import threading
from datetime import UTC, datetime

import httpx
import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from api.cli import app
from api.cloning.attendance import Attendance
from api.cloning.heartbeat import Heartbeat
from api.cloning.jobs import JobPool
from api.cloning.timings import Timings
from api.domain.errors import ClusterUnavailable, Timeout, TooManyRequests
from api.domain.intent import Intent
from api.domain.keys import new_key
from api.domain.tokens import find_caller, parse_tokens
from api.logs import JsonFormatter
from api.routes.readiness import ReadinessCheck
from api.settings import load_settings
from api.source.html import Document
from api.source.json_text import parse_object
from api.source.probe import UrlProbe
from api.source.turns import Turns
from tests.unit.api.fakes import World

TOKEN = "a-token-that-is-long-enough"
ENVIRONMENT = {
    "CLONE_CLUSTER_NAME": "test",
    "CLONE_DB_HOST": "db",
    "CLONE_DB_USER": "admin",
    "CLONE_DB_CA_FILE": "/ca",
    "CLONE_DB_PASSWORD_FILE": "/password",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_hash_token_prints_an_entry() -> None:
    arguments = ["hash-token", "--name", "demo", "--scope", "read", "--scope", "clone"]
    result = CliRunner().invoke(app, arguments, input=TOKEN + "\n")
    assert result.exit_code == 0
    assert TOKEN not in result.output
    caller = find_caller(parse_tokens(f'{{"tokens": [{result.output}]}}'), TOKEN)
    assert caller is not None
    assert caller.name == "demo"


@pytest.mark.parametrize(
    ("name", "scope", "token"), [("a b", "read", TOKEN), ("a", "root", TOKEN), ("a", "read", "short")]
)
def test_hash_token_refuses(name: str, scope: str, token: str) -> None:
    result = CliRunner().invoke(app, ["hash-token", "--name", name, "--scope", scope], input=token)
    assert result.exit_code == 2
    assert token not in result.output


def test_serve_says_which_settings_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    result = CliRunner().invoke(app, ["serve"], env={"COLUMNS": "500"})
    assert result.exit_code == 2
    assert all(name in result.output for name in ENVIRONMENT)


@pytest.mark.parametrize(
    "text",
    [
        "demo-source.test, S1.Clone-Sites.test",
        '["demo-source.test", "s1.clone-sites.test"]',
        ",demo-source.test,s1.clone-sites.test,",
    ],
)
def test_private_hosts(environment: pytest.MonkeyPatch, text: str) -> None:
    environment.setenv("CLONE_ALLOWED_PRIVATE_HOSTS", text)
    assert load_settings().allowed_private_hosts == {"demo-source.test", "s1.clone-sites.test"}


def test_no_private_hosts_by_default(environment: pytest.MonkeyPatch) -> None:
    assert load_settings().allowed_private_hosts == frozenset()


@pytest.mark.parametrize(("name", "value"), [("SYNC_SECONDS", "0"), ("MAX_CONCURRENT", "0"), ("DB_PORT", "70000")])
def test_settings_out_of_bounds(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(f"CLONE_{name}", value)
    with pytest.raises(ValidationError):
        load_settings()


def test_log_lines_are_json_without_secrets() -> None:
    key = new_key()
    record = logging.LogRecord("api.x", logging.INFO, "f", 1, "line\n%s", (key.text,), None)
    record.clone = "clone-1"
    line = JsonFormatter().format(record)
    entry = json.loads(line)
    assert (entry["level"], entry["logger"], entry["clone"]) == ("info", "api.x", "clone-1")
    assert "\n" not in line
    assert key.secret not in line


def test_a_caller_who_left_is_not_told() -> None:
    attendance = Attendance(60)
    assert attendance.leave()
    assert not attendance.claim()
    assert attendance.remaining() == 0


def test_a_caller_who_is_about_to_be_told_stays() -> None:
    attendance = Attendance(60)
    assert attendance.claim()
    assert not attendance.leave()


def test_an_asynchronous_caller_was_never_there() -> None:
    assert not Attendance(0).claim()


def test_timings_add_up() -> None:
    clock = iter([0.0, 1.0, 3.0, 6.0, 10.0])
    timings = Timings(lambda: next(clock), "a")
    timings.enter("b")
    timings.enter("a")
    timings.enter("c")
    assert timings.seconds() == {"a": 4.0, "b": 2.0, "c": 4.0, "total": 10.0}


def test_turns_are_taken_one_at_a_time_and_per_site() -> None:
    turns, inside, leave = Turns(), threading.Event(), threading.Event()
    waited: list[bool] = []

    def first() -> None:
        with turns.at("https://a.example", 5) as had_to_wait:
            waited.append(had_to_wait)
            inside.set()
            leave.wait(5)

    thread = threading.Thread(target=first)
    thread.start()
    inside.wait(5)
    with turns.at("https://b.example", 0) as had_to_wait:
        waited.append(had_to_wait)
    with pytest.raises(Timeout), turns.at("https://a.example", 0):
        pass
    leave.set()
    with turns.at("https://a.example", 5):
        thread.join()
    assert waited == [False, False]


def test_jobs_are_bounded_and_places_come_back() -> None:
    pool, gate = JobPool(1), threading.Event()
    job = pool.submit(lambda: gate.wait(5))
    with pytest.raises(TooManyRequests):
        pool.submit(lambda: True)
    assert pool.running == 1
    gate.set()
    assert job.result(5)
    freed = threading.Event()
    job.add_done_callback(lambda _: freed.set())
    assert freed.wait(5)
    assert pool.submit(lambda: "next").result(5) == "next"
    pool.close(wait=True)
    assert pool.running == 0


def test_the_heart_beats_through_failures() -> None:
    world, beats = World(), threading.Semaphore(0)
    world.hooks["intents.update heartbeat"] = beats.release
    world.failures["intents.update heartbeat"] = ClusterUnavailable("no")
    with Heartbeat(world.ports().intents, "clone-1", lambda: True, seconds=0.001):
        assert all(beats.acquire(timeout=5) for _ in range(3))


@pytest.mark.parametrize("waits", [True, False])
def test_the_heart_says_whether_the_caller_still_waits(waits: bool) -> None:
    world, beats = World(), threading.Semaphore(0)
    noon = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
    record = Intent("clone-1", "Preparing", "login", "", "", "", "demo", noon, noon, 5, attended=not waits)
    world.intents["clone-1"] = record
    world.hooks["intents.update heartbeat"] = beats.release
    with Heartbeat(world.ports().intents, "clone-1", lambda: waits, seconds=0.001):
        assert all(beats.acquire(timeout=5) for _ in range(2))
    assert world.intents["clone-1"].attended is waits


@pytest.mark.parametrize("status", [200, 301, 302, 401, 403])
def test_the_probe_waits_for_an_answer(status: int) -> None:
    answers = iter([httpx.Response(404), httpx.Response(502), httpx.Response(503), httpx.Response(status)])
    seconds: list[float] = []
    probe = UrlProbe(lambda: httpx.MockTransport(lambda request: next(answers)), lambda: sum(seconds), seconds.append)
    assert probe.wait("http://clone.example/x", 60)
    assert len(seconds) == 3


def test_the_probe_gives_up() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    seconds: list[float] = []
    probe = UrlProbe(lambda: httpx.MockTransport(refuse), lambda: sum(seconds), seconds.append)
    assert not probe.wait("http://clone.example/x", 2)
    assert sum(seconds) == pytest.approx(2)


def test_readiness_is_looked_at_anew_after_a_while() -> None:
    seconds, calls = [0.0], []
    check = ReadinessCheck({"x": lambda: calls.append(1)}, lambda: seconds[0])
    assert check.run().ready
    assert check.run().ready
    seconds[0] = 5
    check.run()
    assert len(calls) == 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1}', {"a": 1}),
        ('\ufeff{"a": 1}', {"a": 1}),
        ('<b>Warning</b>: {x} "y"\n{"a": {"b": 2}}\n<!-- z -->', {"a": {"b": 2}}),
        ("", None),
        ("[1]", None),
        ('{"a": ', None),
    ],
)
def test_json_behind_junk(text: str, found: object) -> None:
    assert parse_object(text) == found


def test_pages_are_read_by_structure() -> None:
    page = Document(
        "https://e.com/wp-admin/x.php",
        '<form action="y.php?a=1"><input name="h" type="hidden" value="v"><input name="c" type="checkbox" value="1">'
        '<input name="d" type="checkbox" value="2" checked><input name="s" type="submit"></form>'
        '<a href="plugins.php?action=activate&amp;plugin=a%2Fb.php">x</a><p>One <script>no</script><b>two</b></p>',
    )
    form = page.form_with("h", "c")
    assert form is not None
    assert (form.action, form.values) == ("https://e.com/wp-admin/y.php?a=1", {"h": "v", "d": "2"})
    link = "https://e.com/wp-admin/plugins.php?action=activate&plugin=a%2Fb.php"
    assert page.link_with(action="activate", plugin="a/b.php") == link
    assert page.link_with(action="activate", plugin="other") is None
    assert page.text_of("p") == "One two"
