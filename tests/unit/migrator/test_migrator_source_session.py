"""What the engine shows to a firewall or web server in front of a source, and to nobody else."""

import base64

import httpx
import pytest

from migrator.channel import Channel, new_http_client
from migrator.errors import SettingsInvalid
from migrator.importing import open_source
from migrator.protocol import AgentKey
from migrator.remote import RemoteSite
from migrator.retrying import RetryPolicy
from migrator.settings import ImportSettings, load_settings
from migrator.source_session import BasicCredentials, SessionCookie, SourceSession, jar_cookie, session_cookie
from tests.unit.migrator.fake_agent import KEY, NOW, FakeAgent

HOME = "https://source.test"
COOKIE = SessionCookie(name="clearance", value="c1ea4", domain="source.test", secure=True)
SESSION = SourceSession(
    user_agent="Chrome/156",
    cookies=(COOKIE, SessionCookie(name="other", value="x", domain="elsewhere.test")),
    basic_auth=BasicCredentials(username="stage", password="open sesame"),
)
BASIC = "Basic " + base64.b64encode(b"stage:open sesame").decode()


class Front:
    """A web server that leads `http://source.test` on, and notes what it was shown."""

    def __init__(self, leads_to: str = "") -> None:
        self.agent = FakeAgent()
        self.leads_to = leads_to
        self.shown: list[tuple[str, str | None, str | None, str]] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        headers = request.headers
        scheme = f"{request.url.scheme}://{request.url.host}"
        self.shown.append((scheme, headers.get("cookie"), headers.get("authorization"), headers["user-agent"]))
        if self.leads_to and scheme != self.leads_to:
            return httpx.Response(301, headers={"location": f"{self.leads_to}/?custom-migrator=1"})
        return self.agent.handle(request)

    def call(self, home: str, session: SourceSession) -> None:
        client = session.put_into(new_http_client(transport=httpx.MockTransport(self.answer)), home)
        RemoteSite(Channel(home, AgentKey.parse(KEY), client, now=lambda: NOW)).confirm()


def test_every_call_shows_it() -> None:
    front = Front()
    front.call(HOME, SESSION)
    assert front.shown == [(HOME, "clearance=c1ea4", BASIC, "Chrome/156")]


def test_nothing_secret_goes_without_encryption_to_a_site_that_has_it() -> None:
    front = Front(leads_to="http://source.test")
    front.call(HOME, SESSION)
    assert front.shown[-1] == ("http://source.test", None, None, "Chrome/156")


def test_a_site_without_encryption_is_shown_its_password() -> None:
    front = Front()
    front.call("http://source.test", SESSION)
    assert front.shown == [("http://source.test", None, BASIC, "Chrome/156")]


def test_www_is_the_same_site() -> None:
    front = Front(leads_to="https://www.source.test")
    front.call(HOME, SESSION)
    assert front.shown[-1] == ("https://www.source.test", "clearance=c1ea4", BASIC, "Chrome/156")


def test_without_one_nothing_changes() -> None:
    front = Front()
    front.call(HOME, SourceSession.parse(""))
    ((_, cookie, authorization, agent),) = front.shown
    assert (cookie, authorization) == (None, None)
    assert "wordpress-clone-migrator" in agent


def test_it_travels_as_json() -> None:
    assert SourceSession.parse(SESSION.text()) == SESSION
    assert SourceSession().text() == ""


@pytest.mark.parametrize("domain", ["source.test", ".source.test", "source", "127.0.0.1"])
def test_cookies_come_back_from_a_jar_as_they_were(domain: str) -> None:
    cookie = SessionCookie(name="a", value="b", domain=domain, path="/x", secure=True)
    assert session_cookie(jar_cookie(cookie)) == cookie


@pytest.mark.parametrize("text", ["{", "[]", '{"password": "s3cret"}', '{"user_agent": "s3cret\\nX: y"}'])
def test_a_wrong_one_is_refused_and_not_repeated(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsInvalid) as caught:
        SourceSession.parse(text)
    assert "s3cret" not in str(caught.value)
    given = {"SOURCE_SESSION": text, "CLONE_URL": HOME, "SITE_ROOT": "/x", "DB_HOST": "x", "DB_NAME": "x"}
    for name, value in (given | {"DB_USER": "x", "DB_PASSWORD": "x"}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsInvalid, match="wrong settings: SOURCE_SESSION"):
        load_settings(ImportSettings)


@pytest.mark.parametrize(
    ("home", "url", "fits"),
    [
        ("", "https://anything.test", True),
        ("https://source.test", "https://www.source.test/blog", True),
        ("http://source.test", "https://source.test", True),
        ("https://source.test", "http://source.test", False),
        ("https://source.test", "https://elsewhere.test", False),
        ("https://source.test", "https://source.test.elsewhere.test", False),
    ],
)
def test_a_key_is_for_the_site_that_it_was_given_for(home: str, url: str, fits: bool) -> None:
    database = {"db_host": "x", "db_name": "x", "db_user": "x", "db_password": "x"}
    given = {"site_root": "/x", "clone_url": HOME, "source_url": url, "source_home": home, "source_key": KEY}
    settings = ImportSettings.model_validate(database | given)
    if fits:
        assert isinstance(open_source(settings, RetryPolicy()), RemoteSite)
        return
    with pytest.raises(SettingsInvalid) as caught:
        open_source(settings, RetryPolicy())
    assert caught.value.code == "SOURCE_OTHER_SITE"


def test_no_secret_shows() -> None:
    assert not {"c1ea4", "clearance", "open sesame", "stage", "Chrome"} & set(repr(SESSION).replace("'", " ").split())
    assert "open sesame" not in repr(SESSION)
