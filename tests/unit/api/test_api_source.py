"""Getting into a WordPress site, in all its moods; and that nothing of us stays behind."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from api.domain.errors import (
    AuthFailed,
    CloneError,
    NotAdmin,
    NotWordPress,
    SourceAddressRefused,
    SourceError,
    SourceNotFound,
    SourceRefused,
    Timeout,
)
from api.domain.keys import new_key
from api.domain.refusals.agent import AgentFailed, AgentSilent, AnswerDamaged, KeyRefused
from api.domain.refusals.front import AnswerTooLarge, OtherAddress
from api.domain.source_login import SourceLogin
from api.source.agent import Agent
from api.source.bring_in import BUSY_ATTEMPTS
from api.source.client import MAX_BYTES, SourceClient
from api.source.guard import GuardedBackend
from api.source.package import build_package, version_key
from api.source.prepare import SourcePreparer
from api.source.transport import GuardedTransport
from tests.unit.api.preparation import MAX_SITE_BYTES, VERSION, Prepare, untouched
from tests.unit.api.wordpress import ADMIN, EDITOR, HOME, Plugin, Wire, WordPress

JUNK = "\n<b>Warning</b>: {x} in <b>/var/www/x.php</b>\n"


def test_a_site_without_the_agent(prepare: Prepare) -> None:
    site, key = WordPress(), new_key()
    preparation = prepare(site)
    assert preparation.run(key=key) == HOME
    assert site.plugin == Plugin(VERSION, active=True, has_tables=True)
    assert site.keys == {key.id: key.secret}
    assert site.sessions == {}, "logged out"
    assert preparation.steps == ["discover", "login", "permission", "key", "plugin", "key", "confirm", "size"]


def test_a_site_with_the_agent_is_not_uploaded_to_again(prepare: Prepare) -> None:
    site = WordPress()
    prepare(site).run()
    site.seen.clear()
    preparation = prepare(site)
    preparation.run()
    assert len(site.keys) == 2
    assert not [call for call in site.seen if "update.php" in call]
    assert preparation.steps == ["discover", "login", "permission", "key", "confirm", "size"]


def test_the_agent_goes_with_its_last_key(prepare: Prepare) -> None:
    site, keys = WordPress(), [new_key(), new_key()]
    preparation = prepare(site)
    for key in keys:
        preparation.run(key=key)
    preparation.revoke(keys[0])
    assert site.plugin is not None
    preparation.revoke(keys[1])
    assert untouched(site)
    preparation.revoke(keys[1])


@pytest.mark.parametrize(
    "plugin",
    [
        Plugin(VERSION),
        Plugin("1.1.9"),
        Plugin("1.10.0"),
        Plugin("1.1.9", active=True, has_tables=True),
        Plugin(VERSION, active=True, has_tables=False),
    ],
)
def test_a_site_where_the_agent_lies_about(prepare: Prepare, plugin: Plugin) -> None:
    site = WordPress(plugin=plugin)
    prepare(site).run()
    assert site.plugin == Plugin(VERSION, active=True, has_tables=True)
    assert len(site.keys) == 1
    assert site.zips == []


def test_a_newer_agent_is_left_alone(prepare: Prepare) -> None:
    site = WordPress(plugin=Plugin("1.10.0", active=True, has_tables=True))
    prepare(site).run()
    assert site.plugin is not None
    assert site.plugin.version == "1.10.0"


def test_a_wrong_password_is_sent_once(prepare: Prepare) -> None:
    site = WordPress()
    with pytest.raises(AuthFailed):
        prepare(site).run((ADMIN[0], "wrong"))
    assert site.logins == 1
    assert untouched(site)


def test_an_editor(prepare: Prepare) -> None:
    site = WordPress()
    with pytest.raises(NotAdmin):
        prepare(site).run(EDITOR)
    assert untouched(site)


@pytest.mark.parametrize(
    ("site", "reason"),
    [
        (WordPress(file_mods=False), "FILE_CHANGES_DISABLED"),
        (WordPress(ftp=True), "FTP_CREDENTIALS"),
        (WordPress(disk_full=True), "UPLOAD_FAILED"),
        (WordPress(captcha=True), "CAPTCHA"),
        (WordPress(second_factor=True), "TWO_FACTOR"),
        (WordPress(login_status=429), "LOGIN_BLOCKED"),
        (WordPress(login_status=403), "LOGIN_BLOCKED"),
        (WordPress(login_moved=True), "LOGIN_NOT_FOUND"),
        (WordPress(lose_sessions=9), "SESSION_LOST"),
        (WordPress(rest_closed=True, page_closed=True), "REST_CLOSED"),
        (WordPress(route_missing=True, page_closed=True), "REST_CLOSED"),
        (WordPress(agent_blocked=True), "AGENT_SILENT"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refusals_have_reasons_and_leave_nothing(prepare: Prepare, site: WordPress, reason: str) -> None:
    refusal = prepare(site).refused()
    assert (refusal.code, refusal.reason) == (reason, reason), "callers of the first version look at the reason"
    assert untouched(site)


def test_a_captcha_is_seen_before_the_password_is_sent(prepare: Prepare) -> None:
    site = WordPress(captcha=True)
    prepare(site).refused()
    assert site.logins == 0


@pytest.mark.parametrize(
    "site",
    [
        WordPress(confirms_email=True),
        WordPress(junk=JUNK),
        WordPress(rest_index=False),
        WordPress(siteurl=HOME + "/wp"),
        WordPress(clock_offset=1_000_000),
        WordPress(junk=JUNK, clock_offset=1_000_000),
        WordPress(lose_sessions=1),
        WordPress(lose_sessions=2),
    ],
    ids=["confirms_email", "junk", "rest_index", "siteurl", "clock", "junk_and_clock", "lost_session", "lost_sessions"],
)
def test_difficult_sites_that_work(prepare: Prepare, site: WordPress) -> None:
    prepare(site).run()
    assert len(site.keys) == 1
    assert site.sessions == {}


@pytest.mark.parametrize("junk", ["", JUNK])
def test_a_key_that_is_unknown_by_now_is_given_back(prepare: Prepare, junk: str) -> None:
    site, keys = WordPress(), [new_key(), new_key()]
    preparation = prepare(site)
    for key in keys:
        preparation.run(key=key)
    site.junk = junk
    preparation.revoke(keys[0])
    preparation.revoke(keys[0])
    assert list(site.keys) == [keys[1].id]


def test_a_busy_agent_is_waited_for_and_keeps_the_keys_of_others(prepare: Prepare) -> None:
    site, first, second = WordPress(), new_key(), new_key()
    prepare(site).run(key=first)
    site.seen.clear()
    site.busy = BUSY_ATTEMPTS - 1
    prepare(site).run(key=second)
    assert list(site.keys) == [first.id, second.id]
    assert not [call for call in site.seen if "update.php" in call or "plugins.php" in call]


def test_an_agent_that_stays_busy_is_a_failure_that_may_pass(prepare: Prepare) -> None:
    site, first = WordPress(), new_key()
    prepare(site).run(key=first)
    site.seen.clear()
    site.busy_for_good = True
    with pytest.raises(Timeout):
        prepare(site).run()
    assert list(site.keys) == [first.id]
    assert len([call for call in site.seen if "custom-migrator/v1" in call]) == BUSY_ATTEMPTS
    assert not [call for call in site.seen if "update.php" in call or "plugins.php" in call]


def hello(answer: httpx.Response | httpx.BaseTransport, seconds: float = 60, home: str = HOME) -> None:
    """Says hello to what answers like this."""
    transport = Wire(lambda _: answer) if isinstance(answer, httpx.Response) else answer
    with SourceClient(transport, seconds) as client:
        client.stay_within(home)
        Agent(client, home, home, new_key()).hello()


@pytest.mark.parametrize(
    ("answer", "expected", "reason"),
    [
        (httpx.Response(200, text="<html>"), AgentSilent, "AGENT_SILENT"),
        (httpx.Response(503), AgentSilent, "AGENT_SILENT"),
        (httpx.Response(403, json={"code": "expired", "time": 1}), KeyRefused, "KEY_REFUSED"),
        (httpx.Response(200, text='Notice{"code":"unauthenticated","time":5}'), KeyRefused, "KEY_REFUSED"),
        (httpx.Response(403, text=f'{{"code":"clock","time":1{"0" * 400}}}'), AgentSilent, "AGENT_SILENT"),
        (httpx.Response(403, text='{"code":' + "[" * 60_000), AgentSilent, "AGENT_SILENT"),
        (httpx.Response(200, content=b"\0CMRES1\0"), AnswerDamaged, "ANSWER_DAMAGED"),
        (httpx.Response(200, content=b"x" * (MAX_BYTES + 1)), AnswerTooLarge, "ANSWER_TOO_LARGE"),
        (httpx.Response(307, headers={"location": "https://evil.example/"}), AgentSilent, "AGENT_SILENT"),
        (httpx.Response(307, headers={"location": "http://example.com/"}), OtherAddress, "OTHER_ADDRESS"),
        (httpx.Response(307, headers={"location": "http://[x/"}), AgentFailed, "AGENT_ERROR"),
    ],
)
def test_what_answers_to_hello(answer: httpx.Response, expected: type[SourceRefused], reason: str) -> None:
    with pytest.raises(SourceRefused) as refused:
        hello(answer)
    assert (type(refused.value), refused.value.code) == (expected, reason)


def test_calls_of_the_agent_have_the_limits_of_the_session() -> None:
    guarded = GuardedTransport(GuardedBackend(frozenset(), resolver=lambda host, port: ["169.254.169.254"]))
    with pytest.raises(SourceAddressRefused):
        hello(guarded)
    with pytest.raises(Timeout):
        hello(httpx.Response(200), seconds=0)
    with pytest.raises(SourceRefused):
        hello(httpx.Response(200), home="ftp://example.com")


def test_the_ajax_url_is_where_the_scripts_are() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(404)

    with SourceClient(Wire(answer), 60) as client, pytest.raises(AgentSilent):
        Agent(client, HOME, f"{HOME}/wp", new_key()).revoke()
    assert asked == [f"{HOME}/{path}?custom-migrator=1" for path in ("", "wp/wp-admin/admin-ajax.php", "wp-json/")]


@pytest.mark.parametrize("path", ["", "/", "/wp-admin/", "/wp-login.php"])
def test_urls_of_the_site(prepare: Prepare, path: str) -> None:
    assert prepare(WordPress()).run(url=SourceLogin(url=HOME + path, username="u", password=SecretStr("p")).url) == HOME


def test_no_wordpress(prepare: Prepare) -> None:
    with pytest.raises(NotWordPress):
        prepare(WordPress(is_wordpress=False)).run()


@pytest.mark.parametrize("host", ["xn--a", "xn--a.example:8080"])
def test_a_host_that_is_none(prepare: Prepare, host: str) -> None:
    with pytest.raises(SourceNotFound):
        prepare(WordPress()).run(url=SourceLogin(url=f"http://{host}", username="u", password=SecretStr("p")).url)


@pytest.mark.parametrize("target", ["http://[x/", "http://xn--a/", "https://example.com:99999/"])
def test_pages_full_of_what_is_no_url(plugin_folder: Path, target: str) -> None:
    page = (
        f'<link rel="https://api.w.org/" href="{target}"><link rel="EditURI" href="{target}xmlrpc.php">/wp-includes/'
        f'<a href="{target}">x</a><form action="{target}"><input name="log"><input name="pwd"></form>'
    )

    def answer(request: httpx.Request) -> httpx.Response:
        link = f'<{target}>; rel="https://api.w.org/"'
        if request.method == "POST":
            return httpx.Response(302, headers={"Location": target})
        return httpx.Response(200, text=page, headers={"Link": link})

    preparer = SourcePreparer(lambda: Wire(answer), build_package(plugin_folder), 60, MAX_SITE_BYTES)
    with pytest.raises(SourceError):
        preparer.prepare(SourceLogin(url=HOME, username="u", password=SecretStr("p")), new_key(), lambda step: None)


def moved_to(target: str) -> Wire:
    site = WordPress(home=target, siteurl=target)

    def answer(request: httpx.Request) -> httpx.Response:
        if not str(request.url).startswith(target):
            return httpx.Response(301, headers={"Location": target + request.url.path})
        return site.answer(request)

    return Wire(answer)


@pytest.mark.parametrize(
    ("given", "target", "follows"),
    [
        ("http://example.com", "https://example.com", True),
        ("https://example.com", "https://www.example.com", True),
        ("http://example.com", "https://www.example.com", True),
        ("https://müller.example", "https://www.xn--mller-kva.example", True),
        ("https://example.com", "https://evil.example", False),
        ("https://example.com", "http://example.com", False),
    ],
)
def test_canonical_addresses(plugin_folder: Path, given: str, target: str, follows: bool) -> None:
    sent: list[bytes] = []
    transport = moved_to(target)

    def spy(request: httpx.Request) -> httpx.Response:
        sent.append(request.content)
        return transport.handle_request(request)

    preparer = SourcePreparer(lambda: Wire(spy), build_package(plugin_folder), 60, MAX_SITE_BYTES)
    login = SourceLogin(url=given, username=ADMIN[0], password=SecretStr(ADMIN[1]))
    if follows:
        assert preparer.prepare(login, new_key(), lambda step: None).home == target
        return
    with pytest.raises(SourceRefused) as caught:
        preparer.prepare(login, new_key(), lambda step: None)
    assert caught.value.reason == "OTHER_ADDRESS"
    assert not any(b"pwd=" in body for body in sent)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (httpx.Response(401, headers={"WWW-Authenticate": 'Basic realm="x"'}), "BASIC_AUTH"),
        (httpx.Response(202, headers={"SG-Captcha": "challenge"}), "BOT_CHALLENGE"),
        (httpx.Response(403, headers={"cf-mitigated": "challenge"}), "BOT_CHALLENGE"),
    ],
)
def test_doors_in_front_of_the_site(plugin_folder: Path, answer: httpx.Response, reason: str) -> None:
    preparer = SourcePreparer(lambda: Wire(lambda request: answer), build_package(plugin_folder), 60, MAX_SITE_BYTES)
    with pytest.raises(SourceRefused) as caught:
        preparer.prepare(SourceLogin(url=HOME, username="u", password=SecretStr("p")), new_key(), lambda step: None)
    assert caught.value.reason == reason


@pytest.mark.parametrize("site", [WordPress(), WordPress(agent_blocked=True), WordPress(login_status=503)])
def test_neither_password_nor_key_show(prepare: Prepare, site: WordPress, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="api")
    key, shown = new_key(), ""
    try:
        prepare(site).run(key=key)
    except CloneError as error:
        shown = "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))
    shown += caplog.text + repr([vars(record) for record in caplog.records if record.name.startswith("api")])
    assert ADMIN[1] not in shown
    assert key.secret not in shown


def test_the_package_is_always_the_same(plugin_folder: Path, tmp_path: Path) -> None:
    first = build_package(plugin_folder)
    (plugin_folder / "inc" / "a.php").touch()
    (plugin_folder / "inc" / "b.php").chmod(0o600)
    assert build_package(plugin_folder) == first
    assert first.version == VERSION
    assert repr(first.content) not in repr(first)
    with pytest.raises(ValueError, match="does not hold"):
        build_package(tmp_path)


def test_versions_compare_by_number() -> None:
    assert version_key("1.9.0") < version_key("1.10.0")
    assert version_key("") < version_key("0.0.1")
