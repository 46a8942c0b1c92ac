"""The way in, where hosts, security plugins and caches stand in it: each site is entered, or ends with its own code.

In every case the password is sent at most once, and nothing of us stays at a site that refuses us.
"""

from __future__ import annotations

import logging
import traceback

import httpx
import pytest

from api.domain.errors import AuthFailed, CloneError, NotAdmin, SourceError
from api.domain.keys import new_key
from tests.unit.api.preparation import VERSION, Prepare, untouched
from tests.unit.api.variants import (
    BASIC,
    CLOUDFLARE,
    COOKIE_SCRIPT,
    DOOR,
    FETCH_PAGE,
    NONCE_PAGE,
    SG_CAPTCHA,
    AdminRenamed,
    AgentChallenged,
    AjaxClosed,
    AuthorizationDropped,
    BasicAuthInFront,
    Cached,
    DiesOnInit,
    Everywhere,
    FrontAnswers,
    German,
    HttpForm,
    InsistsOnEmail,
    LoginAnswers,
    LoginElsewhere,
    LoginHidden,
    LoginPage,
    Network,
    NoOverwrite,
    Old,
    RestAnswers,
    RestMoved,
    UploadAnswers,
    UploadLimit,
)
from tests.unit.api.wordpress import ADMIN, EDITOR, HOME, Plugin, WordPress

BASIC_AUTH = {"basic_auth": {"username": BASIC[0], "password": BASIC[1]}}
WRONG_BASIC_AUTH = {"basic_auth": {"username": BASIC[0], "password": "wrong"}}
SECOND_FACTOR = '<form action="/wp-login.php?action=validate_2fa"><input type="hidden" name="wp-auth-nonce"></form>'
RECAPTCHA = '<script src="https://www.google.com/recaptcha/api.js?render=x"></script>'
BACK_SOON = {"Retry-After": "600"}
PLAIN = "http://plain.example"


@pytest.mark.parametrize(
    "site",
    [
        WordPress(),
        WordPress(confirms_email=True),
        German(),
        InsistsOnEmail(),
        LoginElsewhere(),
        AuthorizationDropped(),
        AdminRenamed(),
        AjaxClosed(pages={"plugin-install.php": FETCH_PAGE}),
        AjaxClosed(pages={"upload.php": NONCE_PAGE}),
        AjaxClosed(pages={"index.php": FETCH_PAGE}),
        RestMoved(),
        AjaxClosed(),
        AjaxClosed(busy=2),
        RestAnswers(),
        RestAnswers(status=404, body="plugh"),
        RestAnswers(status=200, body="<html>plugh"),
        RestAnswers(status=403, body=CLOUDFLARE),
        DiesOnInit(),
        WordPress(route_missing=True),
        UploadLimit(limit=2**20),
        FrontAnswers(status=503, headers=BACK_SOON),
        FrontAnswers(status=404),
        HttpForm(),
        WordPress(plugin=Plugin("1.1.9", active=True, has_tables=True)),
        NoOverwrite(plugin=Plugin("1.1.9")),
        WordPress(siteurl=HOME + "/wp"),
    ],
    ids=lambda site: type(site).__name__,
)
def test_sites_that_are_entered(prepare: Prepare, site: WordPress) -> None:
    """AuthorizationDropped needs nothing of us: cookies and a nonce let us register, and signed calls carry their
    signature in the body, so no step depends on that header.
    """
    assert prepare(site).run() == HOME
    assert site.plugin == Plugin(VERSION, active=True, has_tables=True)
    assert len(site.keys) == 1
    assert (site.logins, site.sessions) == (1, {}), "one login, and logged out"


@pytest.mark.parametrize(
    ("site", "code", "logins"),
    [
        (LoginHidden(), "LOGIN_NOT_FOUND", 0),
        (BasicAuthInFront(), "BASIC_AUTH", 0),
        (BasicAuthInFront(below=("/wp-login.php",)), "BASIC_AUTH", 0),
        (BasicAuthInFront(below=("/wp-admin/",)), "BASIC_AUTH", 1),
        (LoginPage(script=RECAPTCHA), "CAPTCHA", 0),
        (LoginPage(script='<input name="math_captcha">'), "CAPTCHA", 0),
        (LoginPage(script="<script>make()</script>", has_form=False), "LOGIN_NEEDS_JAVASCRIPT", 0),
        (LoginPage(has_form=False), "LOGIN_NOT_FOUND", 0),
        (LoginAnswers(body=SECOND_FACTOR), "TWO_FACTOR", 1),
        (LoginAnswers(target=f"{HOME}/second", body=SECOND_FACTOR), "TWO_FACTOR", 1),
        (LoginAnswers(body=RECAPTCHA), "CAPTCHA", 1),
        (LoginAnswers(body=SG_CAPTCHA, status=202), "BOT_CHALLENGE", 1),
        (LoginAnswers(body="plugh", status=423), "LOGIN_BLOCKED", 1),
        (LoginAnswers(target="https://sso.example/"), "OTHER_ADDRESS", 1),
        (LoginAnswers(cache="HIT"), "ANSWER_CACHED", 1),
        (LoginAnswers(target=f"{HOME}/second"), "AUTH_FAILED", 1),
        (LoginElsewhere(file_mods=False), "FILE_CHANGES_DISABLED", 1),
        (AdminRenamed(tells=False), "ADMIN_NOT_FOUND", 1),
        (Network(), "MULTISITE", 1),
        (Network(is_super=False), "MULTISITE", 1),
        (Old(), "WORDPRESS_TOO_OLD", 1),
        (Old(body_class="branch-5"), "WORDPRESS_TOO_OLD", 1),
        (WordPress(file_mods=False), "FILE_CHANGES_DISABLED", 1),
        (WordPress(ftp=True), "FTP_CREDENTIALS", 1),
        (UploadLimit(limit=100), "UPLOAD_TOO_LARGE", 1),
        (UploadAnswers(body="plugh upload_max_filesize, php.ini"), "UPLOAD_TOO_LARGE", 1),
        (UploadAnswers(status=413), "UPLOAD_TOO_LARGE", 1),
        (UploadAnswers(body="xyzzy: /srv/www/wp-content/plugins/custom-migrator/"), "DIRECTORY_NOT_WRITABLE", 1),
        (UploadAnswers(body="xyzzy wp-content/uploads/2026/11."), "DIRECTORY_NOT_WRITABLE", 1),
        (UploadAnswers(body="xyzzy!"), "UPLOAD_FAILED", 1),
        (AjaxClosed(page_closed=True), "AJAX_CLOSED", 1),
        (RestAnswers(page_closed=True), "REST_CLOSED", 1),
        (RestAnswers(status=404, body="plugh", page_closed=True), "REST_CLOSED", 1),
        (DiesOnInit(page_closed=True), "REST_CLOSED", 1),
        (RestAnswers(status=200, body="<html>plugh", page_closed=True), "ANSWER_CACHED", 1),
        (RestAnswers(status=403, body=CLOUDFLARE, page_closed=True), "BOT_CHALLENGE", 1),
        (Cached(), "ANSWER_CACHED", 1),
        (AgentChallenged(), "BOT_CHALLENGE", 1),
        (Everywhere(status=202, headers={"SG-Captcha": "challenge"}), "BOT_CHALLENGE", 0),
        (Everywhere(status=202, body=SG_CAPTCHA), "BOT_CHALLENGE", 0),
        (Everywhere(status=403, headers={"cf-mitigated": "challenge"}), "BOT_CHALLENGE", 0),
        (Everywhere(status=503, body=CLOUDFLARE), "BOT_CHALLENGE", 0),
        (Everywhere(status=202, headers={"x-amzn-waf-action": "challenge"}), "BOT_CHALLENGE", 0),
        (Everywhere(status=200, body=COOKIE_SCRIPT), "BOT_CHALLENGE", 0),
        (Everywhere(status=503, headers=BACK_SOON), "MAINTENANCE", 0),
        (Everywhere(status=503, headers=BACK_SOON, after=5), "MAINTENANCE", 1),
        (Everywhere(status=503), "SOURCE_NOT_FOUND", 0),
        (Everywhere(status=404), "WRONG_URL", 0),
        (Everywhere(status=200), "NOT_WORDPRESS", 0),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__ if isinstance(value, WordPress) else "",
)
def test_sites_that_are_not(prepare: Prepare, site: WordPress, code: str, logins: int) -> None:
    refusal = prepare(site).refused()
    assert refusal.code == code, refusal.detail
    assert refusal.detail.endswith("."), "a sentence"
    assert site.logins == logins
    assert untouched(site) or isinstance(site, Everywhere), "where all is closed nothing can be taken back"


@pytest.mark.parametrize("site", [WordPress(), LoginElsewhere(), BasicAuthInFront(below=("/nowhere",)), German()])
def test_a_wrong_password_is_sent_once(prepare: Prepare, site: WordPress) -> None:
    assert isinstance(prepare(site).refused((ADMIN[0], "wrong")), AuthFailed)
    assert site.logins == 1


def test_an_active_agent_that_cannot_be_overwritten_keeps_the_keys_of_others(prepare: Prepare) -> None:
    site = NoOverwrite(plugin=Plugin("1.1.9", active=True, has_tables=True), keys={"0" * 16: "1" * 64})
    prepare(site).run()
    assert site.plugin == Plugin("1.1.9", active=True, has_tables=True)
    assert len(site.keys) == 2


def test_a_renamed_admin_area_and_an_editor(prepare: Prepare) -> None:
    assert isinstance(prepare(AdminRenamed()).refused(EDITOR), NotAdmin)


@pytest.mark.parametrize("url", [HOME + DOOR, f"https://www.example.com{DOOR}"])
def test_a_hidden_login_form_is_found_where_it_is_said_to_be(prepare: Prepare, url: str) -> None:
    site = LoginHidden()
    prepare(site).run(login_url=url)
    assert len(site.keys) == 1


@pytest.mark.parametrize(
    ("login_url", "code"),
    [
        (f"{HOME}/app/", "LOGIN_NEEDS_JAVASCRIPT"),
        (f"{HOME}/elsewhere/", "LOGIN_NOT_FOUND"),
        ("https://evil.example/", "OTHER_ADDRESS"),
        (f"http://evil.example{DOOR}", "OTHER_ADDRESS"),
    ],
)
def test_a_login_url_that_is_none(prepare: Prepare, login_url: str, code: str) -> None:
    site = LoginHidden()
    assert prepare(site).refused(login_url=login_url).code == code
    assert site.logins == 0


@pytest.mark.parametrize("below", [("/",), ("/wp-login.php",), ("/wp-admin/",)])
def test_basic_authentication(prepare: Prepare, below: tuple[str, ...]) -> None:
    site = BasicAuthInFront(below=below)
    prepare(site).run(source=BASIC_AUTH)
    assert len(site.keys) == 1
    assert site.sessions == {}


def test_a_wrong_password_of_the_web_server_is_sent_once(prepare: Prepare) -> None:
    site = BasicAuthInFront()
    assert prepare(site).refused(source=WRONG_BASIC_AUTH).code == "BASIC_AUTH_FAILED"
    assert (site.refused, site.logins) == (1, 0)


def seen_authorization(url: str, target: str) -> tuple[BasicAuthInFront, list[tuple[str, bool]]]:
    """A site that leads from one URL to another, and a note of each request: its URL, and whether basic came along."""
    site = BasicAuthInFront(home=target, siteurl=target)
    noted: list[tuple[str, bool]] = []
    inner = site.answer

    def answer(request: httpx.Request) -> httpx.Response:
        noted.append((str(request.url), "authorization" in request.headers))
        if str(request.url).startswith(url):
            return httpx.Response(301, headers={"Location": target + request.url.path})
        return inner(request)

    site.answer = answer  # type: ignore[method-assign] # the site itself is what the test is about to build
    return site, noted


def test_basic_credentials_wait_for_encryption(prepare: Prepare) -> None:
    site, noted = seen_authorization("http://example.com/", HOME)
    prepare(site).run(url="http://example.com", source=BASIC_AUTH)
    assert {shown for url, shown in noted if url.startswith("http:")} == {False}
    assert {shown for url, shown in noted if url.startswith("https:")} == {True}


def test_basic_credentials_stay_at_their_site(prepare: Prepare) -> None:
    site, noted = seen_authorization(f"{HOME}/", "https://evil.example")
    assert prepare(site).refused(source=BASIC_AUTH).code == "OTHER_ADDRESS"
    assert {shown for url, shown in noted if "evil" in url} == {False}


def plain(kind: type[WordPress] = WordPress, url: str = PLAIN) -> WordPress:
    return kind(home=url, siteurl=url)


def test_no_password_goes_by_plain_http(prepare: Prepare) -> None:
    site = plain()
    refusal = prepare(site).refused(url=PLAIN)
    assert (refusal.code, refusal.status) == ("INSECURE_SOURCE", 422)
    assert site.logins == 0
    assert not [call for call in site.seen if call.startswith("POST")]


def test_nor_does_the_web_servers(prepare: Prepare) -> None:
    site = plain(BasicAuthInFront)
    assert prepare(site).refused(url=PLAIN, source=BASIC_AUTH).code == "INSECURE_SOURCE"
    assert isinstance(site, BasicAuthInFront)
    assert site.refused == 0, "nothing was shown"


def test_whoever_insists_may(prepare: Prepare) -> None:
    site = plain(BasicAuthInFront)
    assert prepare(site).run(url=PLAIN, source=BASIC_AUTH, allow_insecure=True) == PLAIN
    assert len(site.keys) == 1


def test_test_hosts_need_no_encryption(prepare: Prepare) -> None:
    url = "http://Demo-Source.test:8080"
    site = plain(url=url.lower())
    assert prepare(site).run(url=url) == url.lower()


def test_a_form_that_says_http_is_sent_by_https(prepare: Prepare) -> None:
    site = HttpForm()
    prepare(site).run()
    assert site.schemes == {"https"}


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("600", 600),
        ("0", 0),
        ("9999999999", 24 * 3600),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("plugh", None),
        ("-5", None),
    ],
)
def test_a_maintained_site_says_when_to_come_back(prepare: Prepare, header: str, seconds: int | None) -> None:
    refusal = prepare(Everywhere(status=503, headers={"Retry-After": header})).refused()
    assert (refusal.code, refusal.status, refusal.retry_after) == ("MAINTENANCE", 503, seconds)


def test_a_path_under_which_a_site_has_nothing(prepare: Prepare) -> None:
    refusal = prepare(
        FrontAnswers(
            status=404, paths=("/blgo/",), body='/wp-includes/<link rel="https://api.w.org/" href="/wp-json/">'
        )
    ).refused(url=f"{HOME}/blgo")
    assert refusal.code == "WRONG_URL"


def standing(site: WordPress) -> tuple[WordPress, str]:
    """A site whose owner has installed the agent by hand and made a key."""
    key = new_key()
    site.plugin = Plugin(VERSION, active=True, has_tables=True)
    site.keys[key.id] = key.secret
    site.standing.add(key.id)
    return site, key.text


@pytest.mark.parametrize(
    "site",
    [WordPress(), LoginHidden(), LoginPage(script=RECAPTCHA), WordPress(file_mods=False), AjaxClosed(), DiesOnInit()],
    ids=lambda site: type(site).__name__,
)
def test_a_standing_key_needs_no_login(prepare: Prepare, site: WordPress) -> None:
    site, key = standing(site)
    preparation = prepare(site)
    assert preparation.run(source={"api_key": key}) == HOME
    assert preparation.steps == ["discover", "confirm", "size"]
    assert (site.logins, len(site.keys)) == (0, 1)


def test_a_standing_key_may_go_by_plain_http_because_it_never_travels(prepare: Prepare) -> None:
    site, key = standing(plain())
    assert prepare(site).run(url=PLAIN, source={"api_key": key}) == PLAIN


@pytest.mark.parametrize(
    ("site", "code", "status"),
    [(Network(), "MULTISITE", 422), (Old(), "WORDPRESS_TOO_OLD", 422), (AgentChallenged(), "BOT_CHALLENGE", 422)],
)
def test_sites_that_a_standing_key_does_not_help(prepare: Prepare, site: WordPress, code: str, status: int) -> None:
    site, key = standing(site)
    refusal = prepare(site).refused(source={"api_key": key})
    assert (refusal.code, refusal.status) == (code, status)
    assert len(site.keys) == 1


def test_a_standing_key_that_is_none(prepare: Prepare) -> None:
    site, _ = standing(WordPress())
    refusal = prepare(site).refused(source={"api_key": new_key().text})
    assert (refusal.code, refusal.status) == ("API_KEY_REFUSED", 401)
    assert prepare(WordPress()).refused(source={"api_key": new_key().text}).code == "AGENT_SILENT"
    assert prepare(Cached(headers={"Age": "17"})).refused(source={"api_key": new_key().text}).code == "ANSWER_CACHED"


def test_a_standing_key_is_never_revoked(prepare: Prepare) -> None:
    site, text = standing(WordPress())
    preparation = prepare(site)
    _, key_id, secret = text.split("_")
    preparation.revoke(type(new_key())(key_id, secret))
    assert list(site.keys) == [key_id]


@pytest.mark.parametrize(
    "site",
    [
        BasicAuthInFront(),
        BasicAuthInFront(below=("/wp-admin/",)),
        LoginAnswers(body=SECOND_FACTOR),
        UploadAnswers(body="xyzzy!"),
        Cached(),
    ],
    ids=lambda site: type(site).__name__,
)
def test_no_secret_shows(prepare: Prepare, site: WordPress, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="api")
    key, shown = new_key(), ""
    for source in (BASIC_AUTH, WRONG_BASIC_AUTH):
        try:
            prepare(site).run(key=key, source=source, login_url=f"{HOME}/wp-login.php")
        except CloneError as error:
            shown += "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))
    records = [vars(record) for record in caplog.records if record.name.startswith("api")]
    shown += caplog.text + repr(records) + repr(site.seen)
    for secret in (ADMIN[1], BASIC[1], key.secret, "0123456789", "abcdef0123"):
        assert secret not in shown


def test_every_refusal_says_what_to_do(prepare: Prepare) -> None:
    refusal = prepare(WordPress(captcha=True)).refused()
    assert isinstance(refusal, SourceError)
    assert "source.api_key" in refusal.detail
