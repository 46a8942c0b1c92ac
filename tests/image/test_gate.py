"""A gated clone shows nothing of itself to anybody who has not logged in; one-time login links."""

import re
from collections.abc import Iterator

import httpx
import pytest

from api.database.login_links import LoginLinks
from api.domain.login_link import LoginToken
from tests.engine.containers import docker
from tests.image.clones import ADMIN, Clone

pytestmark = pytest.mark.database  # needs Docker, like the tests with a database server

PLUGIN = "wp-content/plugins/alone.php"  # does not load WordPress
PICTURE = "wp-content/uploads/picture.txt"
SEEN = "wp-content/plugins/seen.php"
_SEEN = "<?php\n/* Plugin Name: Seen */\nheader( 'X-Seen: yes' );\nfile_put_contents( '/tmp/seen', 'yes' );\n"
#: What a copied .htaccess may try; a request for NAME, which is no file, is a try as well.
HOSTILE = {
    "older rules": "Order allow,deny\nAllow from all\nSatisfy Any\n",
    "files": '<FilesMatch ".*">\nRequire all granted\nSatisfy Any\n</FilesMatch>\nRequire all granted\n',
    "if": '<If "true">\nRequire all granted\nSatisfy Any\n</If>\n',
    "else if": '<If "false">\n</If>\n<ElseIf "true">\nRequire all granted\n</ElseIf>\n',
    "else": '<If "false">\n</If>\n<Else>\nRequire all granted\n</Else>\n',
    "another name": "Options +FollowSymLinks +MultiViews\nRewriteEngine On\nRewriteRule ^picture$ picture.txt [L]\n",
    "choice of names": '<If "true">\nOptions +MultiViews\nRequire all granted\n</If>\n',
    "own cookie": (
        'RequestHeader set Cookie "wordpress_clone_gate=${CLONE_GATE}"\n'
        "RewriteEngine On\nRewriteRule ^picture$ picture.txt\n"
    ),
    "another answer": "ErrorDocument 403 /PATH/wp-content/uploads/picture.txt\nFallbackResource picture.txt\n",
    "authentication off": "AuthMerging Or\nRequire all granted\nRewriteEngine Off\n",
}


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


@pytest.mark.parametrize("rules", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("folder", ["wp-content", "wp-content/uploads"])
def test_a_copied_htaccess_does_not_open_its_folder(
    second: Clone, visitor: httpx.Client, folder: str, rules: str
) -> None:
    file = second.folder / folder / ".htaccess"
    file.write_text(rules.replace("PATH", second.name), encoding="utf-8")
    try:
        for path in (PICTURE, PICTURE.removesuffix(".txt"), "wp-content/uploads/", "wp-content/uploads/none.txt"):
            answer = visitor.get(f"{second.url}/{path}")
            assert answer.status_code in {302, 403}, path
            assert "seen" not in answer.text, path
    finally:
        file.unlink()


@pytest.fixture
def plugin(second: Clone) -> Iterator[None]:
    """A plugin of the copied site that shows, and keeps a note, that it ran."""
    (second.folder / SEEN).write_text(_SEEN, encoding="utf-8")
    second.php("update_option( 'active_plugins', array( 'seen.php' ) );", "--env=CLONE_ACCESS=open")
    docker("exec", second.container.name, "rm", "-f", "/tmp/seen")  # the line before has loaded it
    yield
    second.php("update_option( 'active_plugins', array() );")
    (second.folder / SEEN).unlink()


@pytest.mark.usefixtures("plugin")
def test_plugins_see_nobody_who_has_not_logged_in(second: Clone, visitor: httpx.Client) -> None:
    login, link = f"{second.url}/wp-login.php", f"{second.url}/?wordpress-clone-login"
    for address in (f"{second.url}/", login, f"{login}?action=lostpassword", link):
        assert "X-Seen" not in visitor.get(address).headers, address
    for address, form in ((login, {"log": ADMIN, "pwd": "wrong"}), (link, {"token": "wrong"})):
        refused = visitor.post(address, data=form)
        assert refused.status_code == 403
        assert "X-Seen" not in refused.headers
    assert docker("exec", second.container.name, "ls", "/tmp") == ""
    second.log_in(visitor)
    assert visitor.get(f"{second.url}/").headers["X-Seen"] == "yes"


def test_the_login_page_needs_nothing_of_the_site(second: Clone, visitor: httpx.Client) -> None:
    page = visitor.get(f"{second.url}/wp-login.php").text
    assert 'id="loginform"' in page
    assert not re.findall(r"\b(src|href)=", page)


def test_the_password_opens_everything_until_the_logout(second: Clone, visitor: httpx.Client) -> None:
    visitor.get(f"{second.url}/wp-login.php")
    form = {"log": ADMIN, "pwd": second.password}
    entered = visitor.post(f"{second.url}/wp-login.php", data=form)
    assert (entered.status_code, entered.headers["Location"]) == (307, f"/{second.name}/wp-login.php")
    assert entered.next_request is not None
    assert visitor.send(entered.next_request).headers["Location"] == f"{second.url}/wp-admin/"
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
