"""Where a browser is used and where it is not; the browser itself is a script here (tests/browser has the real one)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from api.domain.errors import AuthFailed, SourceError
from api.domain.keys import new_key
from api.domain.source_login import SourceLogin
from api.source.client import SourceClient
from api.source.secrecy import Secrecy
from migrator.source_session import SessionCookie, SourceSession
from tests.unit.api.preparation import Preparation, untouched
from tests.unit.api.variants import (
    BASIC,
    SG_CAPTCHA,
    BasicAuthInFront,
    Everywhere,
    LoginAnswers,
    LoginElsewhere,
    LoginHidden,
    LoginPage,
    RestAnswers,
    is_rest,
)
from tests.unit.api.wordpress import ADMIN, EDITOR, HOME, WordPress

NAME = "Chrome/156"
CLEARANCE = SessionCookie(name="_I_", value="cleared", domain="example.com", secure=True)

Where = Callable[[httpx.Request], bool]


@dataclass
class Challenged(WordPress):
    """A firewall stops whoever has not its cookie, or has it under another name, where `where` says so."""

    where: Where = lambda request: True

    def answer(self, request: httpx.Request) -> httpx.Response:
        is_cleared = "_I_=cleared" in request.headers.get("cookie", "") and request.headers["user-agent"] == NAME
        if self.where(request) and not is_cleared:
            return httpx.Response(202, text=SG_CAPTCHA)
        return super().answer(request)


@dataclass
class Script:
    """Passes every challenge, if it `works`, and logs in where it is told to."""

    works: bool = True
    calls: list[str] = field(default_factory=list)

    def pass_challenge(self, client: SourceClient, url: str, refusal: SourceError) -> None:
        self.calls.append("pass")
        if not self.works:
            raise refusal
        client.adopt(SourceSession(user_agent=NAME, cookies=(*client.session().cookies, CLEARANCE, *login_of(client))))

    def log_in(
        self, client: SourceClient, url: str, source: SourceLogin, secrecy: Secrecy, refusal: SourceError
    ) -> str:
        self.calls.append("log in")
        if not self.works:
            raise refusal
        client.adopt(SourceSession(user_agent=NAME, cookies=(CLEARANCE,)))
        assert source.password is not None
        given = {"log": source.username, "pwd": source.password.get_secret_value(), "testcookie": "1"}
        client.send("POST", url, data=given | {"extra": "must come back"})
        if not client.has_cookie("wordpress_logged_in_"):
            raise AuthFailed("The source refused it.")
        return f"{HOME}/wp-admin/"


def login_of(client: SourceClient) -> list[SessionCookie]:
    """What WordPress has set, which a browser's visit does not lose."""
    found = [cookie for cookie in client.cookies if cookie.name.startswith("wordpress_")]
    return [SessionCookie(name=cookie.name, value=cookie.value or "", domain="example.com") for cookie in found]


def path_is(*paths: str) -> Where:
    return lambda request: request.url.path in paths


@pytest.mark.parametrize(
    "site", [WordPress(), WordPress(confirms_email=True), LoginElsewhere(), RestAnswers(), WordPress(captcha=True)]
)
def test_no_browser_where_http_will_do_or_a_browser_would_not(plugin_folder: Path, site: WordPress) -> None:
    browser = Script()
    preparation = Preparation(site, plugin_folder, browser)
    for user in (ADMIN, EDITOR, (ADMIN[0], "wrong")):
        with suppress(SourceError):
            preparation.run(user)
    assert browser.calls == []
    assert preparation.sessions == []


@pytest.mark.parametrize(
    ("site", "code"),
    [
        (LoginHidden(), "LOGIN_NOT_FOUND"),
        (BasicAuthInFront(), "BASIC_AUTH"),
        (WordPress(second_factor=True), "TWO_FACTOR"),
        (Everywhere(status=503, headers={"Retry-After": "600"}), "MAINTENANCE"),
        (LoginAnswers(body=SG_CAPTCHA, status=202), "BOT_CHALLENGE"),
    ],
)
def test_no_browser_where_it_would_not_help(plugin_folder: Path, site: WordPress, code: str) -> None:
    """The last one: the password is on its way already, and nobody knows whether it arrived."""
    browser = Script()
    assert Preparation(site, plugin_folder, browser).refused().code == code
    assert browser.calls == []
    assert site.logins <= 1


def test_no_browser_where_the_agent_takes_the_key_on_its_own_page(plugin_folder: Path) -> None:
    browser = Script()
    site = Challenged(where=lambda request: request.method == "POST" and is_rest(request))
    preparation = Preparation(site, plugin_folder, browser)
    assert preparation.run() == HOME
    assert (browser.calls, preparation.sessions, len(site.keys)) == ([], [], 1)


@pytest.mark.parametrize(
    ("site", "calls"),
    [
        (LoginPage(script="<script>make()</script>", has_form=False), ["log in"]),
        (Challenged(where=path_is("/wp-login.php")), ["log in"]),
        (Challenged(), ["pass"]),
        (Challenged(where=path_is("/wp-admin/plugin-install.php")), ["pass"]),
        (Challenged(where=path_is("/wp-admin/update.php")), ["pass"]),
        (Challenged(where=lambda request: b"custom-migrator" in request.url.query), ["pass"]),
    ],
    ids=["script", "login", "everywhere", "permission", "upload", "agent"],
)
def test_a_browser_where_it_is_needed(plugin_folder: Path, site: WordPress, calls: list[str]) -> None:
    browser = Script()
    preparation = Preparation(site, plugin_folder, browser)
    assert preparation.run() == HOME
    assert browser.calls == calls
    assert preparation.steps.count("browser") == 1
    assert (site.logins, site.sessions, len(site.keys)) == (1, {}, 1), "one login, and logged out"
    (session,) = map(SourceSession.parse, preparation.sessions)
    assert session == SourceSession(user_agent=NAME, cookies=(CLEARANCE,))


@pytest.mark.parametrize(
    ("site", "code"),
    [
        (LoginPage(script="<script>make()</script>", has_form=False), "LOGIN_NEEDS_JAVASCRIPT"),
        (Challenged(), "BOT_CHALLENGE"),
        (Challenged(where=path_is("/wp-login.php")), "BOT_CHALLENGE"),
    ],
)
def test_a_browser_that_fails_leaves_the_refusal_and_the_password_unsent(
    plugin_folder: Path, site: WordPress, code: str
) -> None:
    browser = Script(works=False)
    assert Preparation(site, plugin_folder, browser).refused().code == code
    assert len(browser.calls) == 1
    assert site.logins == 0
    assert untouched(site)


def test_a_challenge_that_comes_again_ends_it(plugin_folder: Path) -> None:
    browser = Script()
    site = Everywhere(status=202, body=SG_CAPTCHA)
    assert Preparation(site, plugin_folder, browser).refused().code == "BOT_CHALLENGE"
    assert browser.calls == ["pass"]


def test_a_wrong_password_is_not_sent_by_the_browser_too(plugin_folder: Path) -> None:
    for site in (Challenged(), Challenged(where=path_is("/wp-login.php"))):
        Preparation(site, plugin_folder, Script()).refused((ADMIN[0], "wrong"))
        assert site.logins == 1


@pytest.mark.parametrize("below", [("/",), ("/wp-login.php",)])
def test_what_a_web_server_asks_for_goes_on_to_the_engine(plugin_folder: Path, below: tuple[str, ...]) -> None:
    preparation = Preparation(BasicAuthInFront(below=below), plugin_folder)
    preparation.run(source={"basic_auth": {"username": BASIC[0], "password": BASIC[1]}})
    (session,) = map(SourceSession.parse, preparation.sessions)
    assert session.basic_auth is not None
    assert (session.basic_auth.username, session.basic_auth.password) == BASIC
    assert (session.user_agent, session.cookies) == ("", ())


@pytest.mark.parametrize("site", [BasicAuthInFront(), Challenged()], ids=["password", "challenge"])
def test_a_key_is_taken_back_behind_what_stands_in_front(plugin_folder: Path, site: WordPress) -> None:
    preparation = Preparation(site, plugin_folder, Script())
    key = new_key()
    preparation.run(key=key, source={"basic_auth": {"username": BASIC[0], "password": BASIC[1]}})
    (session,) = preparation.sessions
    for unusable in ("", "{"):
        with suppress(SourceError):
            preparation.revoke(key, unusable)
        assert list(site.keys) == [key.id]
    preparation.revoke(key, session)
    assert untouched(site)
