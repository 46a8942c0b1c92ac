"""A real clone under its path, behind a load balancer that strips nothing: redirects, cookies, links, permalinks."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from tests.image.clones import Clone

pytestmark = pytest.mark.database  # needs Docker, like the tests with a database server

HERE = Path(__file__).resolve().parent
_BADGE = r"wp-admin-bar-wordpress-clone.*?<span[^>]*>(.*?)</span>"


@pytest.fixture(scope="module")
def source(clone: Clone) -> Iterator[Clone]:
    """The clone, with a plugin of its source that knows nothing of clones."""
    folder = clone.folder / "wp-content/mu-plugins"
    page = (HERE / "links.html").read_text(encoding="utf-8")
    (folder / "links.html").write_text(page.replace("PATH", f"/{clone.name}"), encoding="utf-8")
    shutil.copy(HERE / "source-plugin.php", folder)
    yield clone
    (folder / "source-plugin.php").unlink()
    (folder / "links.html").unlink()


@pytest.fixture
def visitor(clone: Clone) -> Iterator[httpx.Client]:
    with clone.visitor() as client:
        yield client


@pytest.mark.parametrize(
    "path",
    ["/", "", "/wp-admin/", "/wp-json", "/wp-json/", "/hello-world/", "/hello-world", "/?p=1", "//",
     "/wp-login.php", "/wp-content", "/feed", "/?author=1", "/index.php"],
)  # fmt: skip
def test_one_redirect_at_most_never_to_http_never_out_of_the_path(
    clone: Clone, visitor: httpx.Client, path: str
) -> None:
    url, hops = clone.url + path, 0
    answer = visitor.get(url)
    while answer.is_redirect:
        url, hops = urljoin(url, answer.headers["Location"]), hops + 1
        assert url.startswith(clone.url + "/"), url
        answer = visitor.get(url)
    assert hops <= 1
    assert answer.status_code in {200, 403}


def test_only_the_balancer_says_which_scheme_it_was(clone: Clone, visitor: httpx.Client) -> None:
    answer = visitor.get(f"{clone.url}/wp-admin/", headers={"X-Forwarded-Proto": "http"})
    assert answer.headers["Location"].startswith(f"{clone.url}/wp-login.php")
    assert "; secure" in visitor.get(answer.headers["Location"]).headers["Set-Cookie"].lower()


@pytest.mark.parametrize(
    ("to", "location"),
    [
        ("/", "PATH/"),
        ("/shop", "PATH/shop"),
        ("PATH/shop", "PATH/shop"),
        ("shop", "shop"),
        ("http://HOST/shop", "https://HOSTPATH/shop"),
        ("http://HOSTPATH/shop", "https://HOSTPATH/shop"),
        ("https://HOST", "https://HOST"),
        ("https://example.org/shop", "https://example.org/shop"),
        ("//example.org/shop", "//example.org/shop"),
    ],
)
def test_a_plugins_redirect_stays_below_the_path(source: Clone, visitor: httpx.Client, to: str, location: str) -> None:
    host = source.url.split("/")[2]
    filled = [text.replace("HOST", host).replace("PATH", f"/{source.name}") for text in (to, location)]
    answer = visitor.get(f"{source.url}/", params={"source": "redirect", "to": filled[0]})
    assert answer.headers["Location"] == filled[1]


def test_cookies_are_the_clones_own(source: Clone, visitor: httpx.Client) -> None:
    cookies = visitor.get(f"{source.url}/?source=cookies").headers.get_list("Set-Cookie")
    assert [cookie.partition("=")[0] for cookie in cookies] == ["cart", "deep", f"PHPSESSID-{source.name}"]
    paths = [re.findall(r"(?i); *path=([^;]*)", cookie) for cookie in cookies]
    assert paths == [[f"/{source.name}/"], [f"/{source.name}/wp-admin"], [f"/{source.name}/"]]
    assert "domain" not in " ".join(cookies).lower()


def test_links_from_the_root_lead_below_the_path(source: Clone, visitor: httpx.Client) -> None:
    path = f"/{source.name}"
    page = visitor.get(f"{source.url}/?source=links").text
    for link in (
        f'href="{path}/favicon.ico"', f'src="{path}/wp-content/plugins/a/a.js"', f"url({path}/a.png)",
        f"url('{path}/b.png')", f'<a href="{path}/">', f"<a href={path}/shop>", f"href='{path}/shop/?a=1#b'",
        f'src="{path}/a.jpg"', f'"{path}/a-1.jpg 1x, {path}/a-2.jpg 2x, https://example.org/a-3.jpg 3x"',
        f'data-src="{path}/lazy.jpg"', f'poster="{path}/poster.jpg"', f'action="{path}/search"', f'"{path}/broken"',
    ):  # fmt: skip
        assert link in page, link
    original = (HERE / "links.html").read_text(encoding="utf-8").replace("PATH", path)
    kept = page.replace(f"{path}/", "/")
    assert kept == original.replace(f"{path}/", "/")
    for same in ("title", "style.png", "script", "comment", "textarea", "note", "text"):
        assert f"/{same}" in page
        assert f"{path}/{same}" not in page


def test_other_types_and_long_pages(source: Clone, visitor: httpx.Client) -> None:
    assert visitor.get(f"{source.url}/?source=json").text == '{"html":"<a href="/shop">"}'
    page = visitor.get(f"{source.url}/?source=long").text
    assert page.count(f'<a href="/{source.name}/shop">') == 20000


def test_permalinks_that_are_changed_in_the_clone(clone: Clone, visitor: httpx.Client) -> None:
    """WordPress writes its .htaccess, which takes over from the rules in Apache's configuration."""
    (clone.folder / ".htaccess").unlink(missing_ok=True)
    assert visitor.get(f"{clone.url}/hello-world/").status_code == 200
    clone.log_in(visitor)
    choose(clone, visitor, "/archive/%post_id%")
    assert f"RewriteBase /{clone.name}/" in (clone.folder / ".htaccess").read_text(encoding="utf-8")
    assert visitor.get(f"{clone.url}/archive/1").status_code == 200
    assert visitor.get(f"{clone.url}/archive/404").status_code == 404
    choose(clone, visitor, "/%postname%/")
    assert visitor.get(f"{clone.url}/hello-world/").status_code == 200


def choose(clone: Clone, visitor: httpx.Client, structure: str) -> None:
    """Save a permalink structure on WordPress's own settings page."""
    page = visitor.get(f"{clone.url}/wp-admin/options-permalink.php").text
    nonce = re.findall(r'name="_wpnonce" value="(\w+)"', page)[0]
    form = {"_wpnonce": nonce, "permalink_structure": structure, "selection": structure, "submit": "Save"}
    answer = visitor.post(f"{clone.url}/wp-admin/options-permalink.php", data=form, follow_redirects=True)
    assert "setting-error-settings_updated" in answer.text


def test_the_badge_is_for_those_who_are_logged_in(clone: Clone, visitor: httpx.Client) -> None:
    assert "wp-admin-bar-wordpress-clone" not in visitor.get(f"{clone.url}/").text
    clone.log_in(visitor)
    for page in ("/", "/wp-admin/"):
        (badge,) = re.findall(_BADGE, visitor.get(clone.url + page).text)
        assert re.fullmatch(r"Clone of shop\.example\.org – \d+ days left", badge)
