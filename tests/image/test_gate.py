"""A gated clone shows nothing of itself to anybody who has not logged in; one-time login links."""

import re
from collections.abc import Iterator

import httpx
import pytest

from api.database.login_links import LoginLinks
from api.domain.login_link import LoginToken
from tests.image.clones import ADMIN, Clone

pytestmark = pytest.mark.database  # needs Docker, like the tests with a database server

PLUGIN = "wp-content/plugins/alone.php"  # does not load WordPress
PICTURE = "wp-content/uploads/picture.txt"


@pytest.fixture
def visitor(second: Clone) -> Iterator[httpx.Client]:
    with second.visitor() as client:
        yield client


@pytest.fixture(autouse=True)
def files(second: Clone) -> Iterator[None]:
    for name, text in ((PLUGIN, "<?php echo 'ran';"), (PICTURE, "seen")):
        file = second.folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    yield
    for name in (PLUGIN, PICTURE):
        (second.folder / name).unlink()


@pytest.mark.parametrize(
    "path", ["/", "/hello-world/", "/?feed=rss2", "/wp-json/wp/v2/posts", "/wp-admin/", "/xmlrpc.php"]
)
def test_pages_lead_to_the_login(second: Clone, visitor: httpx.Client, path: str) -> None:
    answer = visitor.get(second.url + path)
    assert answer.status_code in {302, 403}
    assert "Hello" not in answer.text
    assert answer.headers.get("Location", f"/{second.name}/wp-login.php?").startswith(f"/{second.name}/wp-login.php?")


def test_nobody_registers(second: Clone, visitor: httpx.Client) -> None:
    page = f"{second.url}/wp-login.php?action=register"
    assert visitor.get(page).headers["Location"].startswith(f"/{second.name}/wp-login.php?redirect_to=")
    assert visitor.post(page, data={"user_login": "me", "user_email": "me@example.com"}).status_code == 403
    assert visitor.post(f"{second.url}/wp-login.php", data={"action": "register"}).status_code == 403


@pytest.mark.parametrize("path", ["/", "/wp-comments-post.php", "/wp-admin/admin-ajax.php", "/?custom-migrator=1"])
def test_forms_are_refused(second: Clone, visitor: httpx.Client, path: str) -> None:
    answer = visitor.post(second.url + path, data={"action": "heartbeat"})
    assert answer.status_code == 403


@pytest.mark.parametrize("name", [PLUGIN, PICTURE, "wp-content/index.php", "readme.html"])
def test_files_are_refused(second: Clone, visitor: httpx.Client, name: str) -> None:
    assert visitor.get(f"{second.url}/{name}").status_code == 403
    forged = {"Cookie": "wordpress_clone_gate=" + "0" * 64}
    assert visitor.get(f"{second.url}/{name}", headers=forged).status_code == 403
    assert visitor.get(f"{second.url}/", headers=forged).status_code == 302


def test_a_copied_htaccess_does_not_open_its_folder(second: Clone, visitor: httpx.Client) -> None:
    rules = second.folder / "wp-content/uploads/.htaccess"
    rules.write_text("Order allow,deny\nAllow from all\nSatisfy Any\n", encoding="utf-8")
    try:
        assert visitor.get(f"{second.url}/{PICTURE}").status_code == 403
    finally:
        rules.unlink()


def test_the_login_page_has_its_styles(second: Clone, visitor: httpx.Client) -> None:
    assert 'id="loginform"' in visitor.get(f"{second.url}/wp-login.php").text
    assert visitor.get(f"{second.url}/wp-admin/css/login.min.css").status_code == 200


def test_the_password_opens_everything_until_the_logout(second: Clone, visitor: httpx.Client) -> None:
    visitor.get(f"{second.url}/wp-login.php")
    form = {"log": ADMIN, "pwd": second.password, "testcookie": "1"}
    entered = visitor.post(f"{second.url}/wp-login.php", data=form)
    (gate,) = [cookie for cookie in entered.headers.get_list("Set-Cookie") if "wordpress_clone_gate" in cookie]
    for word in ("HttpOnly", "SameSite=Lax", "secure", f"path=/{second.name}/"):
        assert f"; {word.lower()}" in gate.lower()
    assert "Hello world!" in visitor.get(f"{second.url}/hello-world/").text
    assert visitor.get(f"{second.url}/{PICTURE}").text == "seen"
    # The container was started anew: the login is still good, the gate's cookie is not.
    visitor.cookies.delete("wordpress_clone_gate")
    back = visitor.get(f"{second.url}/hello-world/", follow_redirects=True)
    assert str(back.url) == f"{second.url}/hello-world/"
    assert visitor.get(f"{second.url}/{PICTURE}").text == "seen"
    page = visitor.get(f"{second.url}/wp-admin/").text
    nonce = re.findall(r"action=logout&(?:amp|#038);_wpnonce=(\w+)", page)[0]
    visitor.get(f"{second.url}/wp-login.php", params={"action": "logout", "_wpnonce": nonce})
    assert visitor.get(f"{second.url}/hello-world/").status_code == 302
    assert visitor.get(f"{second.url}/{PICTURE}").status_code == 403


def test_the_agent_answers_a_closed_clone(second: Clone, visitor: httpx.Client) -> None:
    """It tells a call that is not signed from one that is none."""
    magic = b"CMREQ1\n" + (2).to_bytes(4, "big") + b"{}{}"
    headers = {"Content-Type": "application/octet-stream"}
    answer = visitor.post(f"{second.url}/?custom-migrator=1", content=magic, headers=headers)
    assert answer.json()["code"] == "unauthenticated"


def link(clone: Clone, seconds: int) -> str:
    """Leave a token with the clone as the facade does; returns what the browser sends."""
    token = LoginToken()
    LoginLinks(clone.stage.server).leave(clone.name, clone.db_password, ADMIN, token.hashed, seconds)
    return token.text


def test_a_login_link_works_once(second: Clone, visitor: httpx.Client) -> None:
    token, address = link(second, 60), f"{second.url}/?wordpress-clone-login"
    for _ in range(2):  # whoever looks at links ahead uses nothing up
        page = visitor.get(address)
        assert (page.status_code, page.headers["Referrer-Policy"]) == (200, "no-referrer")
    entered = visitor.post(address, data={"token": token})
    assert entered.headers["Location"] == f"{second.url}/wp-admin/"
    assert visitor.get(f"{second.url}/wp-admin/").status_code == 200
    assert visitor.get(f"{second.url}/{PICTURE}").text == "seen"
    with second.visitor() as other:
        again = other.post(address, data={"token": token})
        assert again.status_code == 403
        assert "Ask for a new one" in again.text
        assert other.get(f"{second.url}/wp-admin/").status_code == 302


@pytest.mark.parametrize("seconds", [0, -60])
def test_an_expired_login_link_is_refused(second: Clone, visitor: httpx.Client, seconds: int) -> None:
    token = link(second, seconds)
    assert visitor.post(f"{second.url}/?wordpress-clone-login", data={"token": token}).status_code == 403


@pytest.mark.parametrize("form", [{}, {"token": ""}, {"token": "guess"}, {"token[]": "x"}])
def test_nothing_else_opens_it(second: Clone, visitor: httpx.Client, form: dict[str, str]) -> None:
    link(second, 60)
    answer = visitor.post(f"{second.url}/?wordpress-clone-login", data=form)
    assert "wordpress_logged_in" not in answer.headers.get("Set-Cookie", "")
    assert visitor.get(f"{second.url}/wp-admin/").status_code == 302
