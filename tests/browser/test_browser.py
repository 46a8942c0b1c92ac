"""A real Chromium at small pages: what it gets past, what it types and how often, whom it can reach, what it shows."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page

from api.domain.errors import AuthFailed, SourceError, SourceRefused
from api.domain.refusals.front import BotChallenge, InsecureSource, OtherAddress
from api.domain.refusals.login import CaptchaNeeded, LoginNeedsJavaScript, SecondFactorNeeded
from api.domain.source_login import SourceLogin
from api.source.browser import BrowserEndpoint, RemoteBrowser
from api.source.client import USER_AGENT, SourceClient
from api.source.login import COOKIE
from api.source.screenshots import MAX_BYTES
from api.source.secrecy import BasicCredentials, Secrecy
from api.source.transport import GuardedTransport
from local import browser
from tests.browser.site import HOME, HOST, OWNER, Site, backend, running

pytestmark = pytest.mark.browser

LOGIN = f"{HOME}/wp-login.php"
SECONDS = 120.0  # a slow machine's; none takes more than some seconds
TRUSTED = Secrecy(frozenset({HOST}))
_RED_PIXELS = """async data => {
    const image = new Image();
    image.src = "data:image/png;base64," + data;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    const values = canvas.getImageData(0, 0, image.width, image.height).data;
    let red = 0;
    for (let at = 0; at < values.length; at += 4) red += values[at] > values[at + 1] + 40;
    return red;
}"""
PNG = b"\x89PNG\r\n\x1a\n"


class Visitor:
    """An HTTP session with the site, and the browser."""

    def __init__(self, endpoint: str, port: int, basic: tuple[str, str] | None, patience: float) -> None:
        way_out = backend(port)
        shown = BasicCredentials(HOME, *basic, TRUSTED) if basic else None
        self.client = SourceClient(GuardedTransport(way_out), SECONDS, basic=shown)
        self.client.stay_within(HOME)
        self.browser = RemoteBrowser(BrowserEndpoint(endpoint), way_out, patience)

    def log_in(self, user: tuple[str, str] = OWNER, secrecy: Secrecy = TRUSTED) -> str:
        source = SourceLogin.model_validate({"url": HOME, "username": user[0], "password": user[1]})
        return self.browser.log_in(self.client, LOGIN, source, secrecy, LoginNeedsJavaScript())

    def refused(self, user: tuple[str, str] = OWNER, secrecy: Secrecy = TRUSTED) -> SourceError:
        with pytest.raises(SourceError) as caught:
            self.log_in(user, secrecy)
        return caught.value


@contextmanager
def visitor(endpoint: str, site: Site, patience: float = SECONDS) -> Iterator[Visitor]:
    with running(site) as port:
        made = Visitor(endpoint, port, site.basic, patience)
        with made.client:
            yield made


def test_a_form_made_by_a_script(endpoint: str) -> None:
    site = Site()
    with visitor(endpoint, site) as visiting:
        assert visiting.log_in() == f"{HOME}/wp-admin/"
        assert visiting.client.has_cookie(COOKIE)
        assert [(login["log"], login["proof"]) for login in site.logins] == [(OWNER[0], "42")]
        visiting.client.get(f"{HOME}/later")
    agents = {agent for _, _, _, agent in site.requests}
    assert len(agents) == 1, "the HTTP session goes on under the browser's name"
    assert USER_AGENT not in agents


def test_a_web_server_that_asks_for_a_password_of_its_own(endpoint: str) -> None:
    site = Site(basic=("stage", "open sesame"))
    with visitor(endpoint, site) as visiting:
        assert visiting.log_in() == f"{HOME}/wp-admin/"
    assert len(site.logins) == 1


def test_a_challenge_and_then_a_form(endpoint: str) -> None:
    site = Site(challenges=True)
    with visitor(endpoint, site) as visiting:
        visiting.log_in()
        assert visiting.client.get(f"{HOME}/wp-admin/").status == 200
    assert len(site.logins) == 1


def test_the_clearance_serves_http_and_goes_on_to_the_engine(endpoint: str) -> None:
    site = Site(challenges=True)
    with visitor(endpoint, site) as visiting:
        assert visiting.client.get(f"{HOME}/").status == 202
        assert visiting.client.session().text() == ""
        visiting.browser.pass_challenge(visiting.client, f"{HOME}/", BotChallenge())
        assert visiting.client.get(f"{HOME}/").status == 200
        session = visiting.client.session()
    assert [(cookie.name, cookie.domain) for cookie in session.cookies] == [("_I_", HOST)]
    assert session.user_agent == site.requests[-1][3]


def test_a_challenge_that_lets_nobody_through(endpoint: str) -> None:
    with visitor(endpoint, Site(challenges=True, never_lets_through=True), patience=2) as visiting:
        refusal = BotChallenge()
        with pytest.raises(BotChallenge) as caught:
            visiting.browser.pass_challenge(visiting.client, f"{HOME}/", refusal)
    assert caught.value is refusal
    assert len(refusal.screenshots) == 1


def test_a_wrong_password_is_sent_once_and_shows_nowhere(endpoint: str) -> None:
    """The site writes both, and all that stands in fields, in red, and nothing else."""
    style = "<style>input, code { color: #f00 }</style>"
    said = style.replace("{", "{{").replace("}", "}}") + "<p>For <code>{user}</code> it is not <code>{pwd}</code>.</p>"
    site = Site(in_page=style, after_login=said)
    with visitor(endpoint, site) as visiting:
        refusal = visiting.refused(("anna", "first secret"))
    assert isinstance(refusal, AuthFailed)
    assert [(login["log"], login["pwd"]) for login in site.logins] == [("anna", "first secret")]
    assert len(refusal.screenshots) == 2
    assert all(picture.startswith(PNG) and len(picture) <= MAX_BYTES for picture in refusal.screenshots)
    with browser.page() as page:
        page.set_content(said.format(user="anna", pwd="first secret"))
        assert red_pixels(page, page.screenshot()) > 0
        assert [red_pixels(page, picture) for picture in refusal.screenshots] == [0, 0]


def red_pixels(page: Page, picture: bytes) -> int:
    count: int = page.evaluate(_RED_PIXELS, base64.b64encode(picture).decode())
    return count


@pytest.mark.parametrize(
    ("site", "kind", "logins"),
    [
        (Site(in_form='<div class="h-captcha"></div>'), CaptchaNeeded, 0),
        (Site(after_login='<form><input name="two-factor-code"></form>'), SecondFactorNeeded, 1),
        (Site(in_form="<div></div>", after_login='<div class="g-recaptcha"></div>'), CaptchaNeeded, 1),
    ],
)
def test_what_only_a_person_can_do(endpoint: str, site: Site, kind: type[SourceRefused], logins: int) -> None:
    with visitor(endpoint, site) as visiting:
        user = OWNER if not logins else (OWNER[0], "wrong")
        assert type(visiting.refused(user)) is kind
    assert len(site.logins) == logins


def test_no_password_without_encryption_or_to_strangers(endpoint: str) -> None:
    site = Site()
    with visitor(endpoint, site) as visiting:
        assert isinstance(visiting.refused(secrecy=Secrecy()), InsecureSource)
        site.in_page = (
            '<form action="https://evil.example/"><input name="log"><input type="password" name="pwd"></form>'
        )
        assert isinstance(visiting.refused(), OtherAddress)
    assert site.logins == []


def test_pages_cannot_reach_private_addresses(endpoint: str) -> None:
    site = Site()
    with visitor(endpoint, site) as visiting, running(site) as port:
        for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}", "metadata.test", "cluster.test"):
            url = f"http://{host}/inside"
            site.in_page += (
                f'<img src="{url}"><iframe src="{url}"></iframe><script src="{url}"></script><script>'
                f'fetch("{url}", {{mode: "no-cors"}}); new WebSocket("{url.replace("http", "ws")}")</script>'
            )
        visiting.log_in()
    assert len(site.logins) == 1, "the page itself works"
    assert site.asked("/inside") == 0


def test_a_browser_that_is_not_there_changes_nothing(endpoint: str) -> None:
    with visitor(f"{endpoint}-wrong", Site()) as visiting:
        refusal = visiting.refused()
    assert isinstance(refusal, LoginNeedsJavaScript)
    assert refusal.screenshots == ()
