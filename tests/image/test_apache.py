"""What the target image's Apache serves, refuses and redirects, whatever .htaccess files a copied site brings along."""

from pathlib import Path

import httpx
import pytest

from tests.image.site import PATH

pytestmark = pytest.mark.database  # needs Docker, like the tests with a database server


def test_health_needs_no_site(site: httpx.Client) -> None:
    assert site.get("/healthz").text == "ok\n"


@pytest.mark.parametrize("path", ["/", "/wp-login.php", "/robots.txt", f"{PATH}x/", "/healthz/x", f"/x{PATH}/"])
def test_nothing_outside_of_the_path(site: httpx.Client, path: str) -> None:
    assert site.get(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "location"),
    [
        (PATH, f"{PATH}/"),
        (f"{PATH}?a=1", f"{PATH}/?a=1"),
        (f"/{PATH}", f"{PATH}/"),
        (f"{PATH}/wp-admin", f"{PATH}/wp-admin/"),
        (f"{PATH}/wp-content/plugins", f"{PATH}/wp-content/plugins/"),
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_missing_slash_is_added_without_naming_scheme_or_port(
    site: httpx.Client, path: str, location: str, scheme: str
) -> None:
    answer = site.get(httpx.URL(site.base_url, raw_path=path.encode()), headers={"X-Forwarded-Proto": scheme})
    assert (answer.status_code, answer.headers["Location"]) == (301, location)


@pytest.mark.parametrize("path", ["/", "/a-post/", "/2024/05/a-post/", "/wp-json/wp/v2/posts", "/wp-content/no.jpg"])
def test_permalinks_reach_wordpress(site: httpx.Client, path: str) -> None:
    assert site.get(PATH + path).text == f"ran {PATH}{path} plain"


def test_a_root_htaccess_of_wordpress_takes_over(site: httpx.Client, folder: Path) -> None:
    rules = f"RewriteEngine On\nRewriteBase {PATH}/\nRewriteRule ^own/$ {PATH}/wp-login.php [L]\n"
    (folder / ".htaccess").write_text(rules, encoding="utf-8")
    try:
        assert site.get(f"{PATH}/own/").text == f"ran {PATH}/own/ plain"
        assert site.get(f"{PATH}/a-post/").status_code == 404
    finally:
        (folder / ".htaccess").unlink()


def test_https_is_the_load_balancers_word(site: httpx.Client) -> None:
    answer = site.get(f"{PATH}/", headers={"X-Forwarded-Proto": "https"})
    assert answer.text == f"ran {PATH}/ on"


@pytest.mark.parametrize(
    "path", ["/wp-content/plugins/one/code.php", "/wp-content/mu-plugins/code.php", "/wp-login.php"]
)
def test_code_runs_where_code_lies(site: httpx.Client, path: str) -> None:
    assert site.get(PATH + path).text.startswith("ran ")


@pytest.mark.parametrize(
    "path",
    [
        "/wp-content/uploads/2024/shell.php",
        "/wp-content/uploads/2024/shell.php/more",
        "/wp-content/uploads/hostile/shell.php",
        "/wp-content/uploads/if/shell.php",
        "/wp-content//uploads/2024/shell.php",
        "/wp-content/media/shell.phtml",
        "/wp-content/uploads/2024/none.PHP5",
    ],
)
def test_code_in_uploads_is_refused(site: httpx.Client, path: str) -> None:
    assert site.get(PATH + path).status_code == 403


@pytest.mark.parametrize("where", ["hostile", "if"])
def test_an_htaccess_cannot_make_uploads_run(site: httpx.Client, where: str) -> None:
    assert site.get(f"{PATH}/wp-content/uploads/{where}/picture.jpg").text.startswith("<?php")


@pytest.mark.parametrize("name", ["shell", "site", "picture"])
def test_an_htaccess_does_not_open_a_file_by_another_name(site: httpx.Client, name: str) -> None:
    answer = site.get(f"{PATH}/wp-content/uploads/if/{name}")
    assert answer.text == f"ran {PATH}/wp-content/uploads/if/{name} plain"  # as for any page that is no file


def test_an_if_in_an_htaccess_does_not_undo_what_every_answer_has(site: httpx.Client) -> None:
    headers = site.get(f"{PATH}/wp-content/uploads/if/picture.jpg").headers
    assert headers.get_list("X-Robots-Tag") == ["noindex, nofollow"]
    assert "Service-Worker-Allowed" not in headers
    assert headers["Set-Cookie"] == f"a=b; path={PATH}/"


@pytest.mark.parametrize(
    "path",
    [
        "/wp-config.php",
        "/wp-config.php/",
        "/%77p-config.php",
        "/wp-config.php.bak",
        "/.htaccess",
        "/.env",
        "/.git/config",
        "/wp-content/debug.log",
        "/backup/site.sql.gz",
        "/wp-content/uploads/if/site.sql",
        "/wp-content/uploads/if/.env",
        "/wp-admin/install.php",
        "/wp-admin/setup-config.php",
        "/wp-content/plugins/two/private.txt",
    ],
)
def test_private_files_are_refused(site: httpx.Client, path: str) -> None:
    assert site.get(PATH + path).status_code == 403


@pytest.mark.parametrize(
    "path",
    ["/wp-content/uploads/2024/", "/wp-content/uploads/hostile/", "/wp-content/uploads/if/", "/wp-content/themes/"],
)
def test_folders_are_not_listed(site: httpx.Client, path: str) -> None:
    assert site.get(PATH + path).status_code in {403, 404}


def test_a_nested_htaccess_is_enforced_but_for_lines_that_nobody_knows_here(site: httpx.Client) -> None:
    folder = f"{PATH}/wp-content/plugins/three"
    assert site.get(f"{folder}/private.txt").status_code == 403
    public = site.get(f"{folder}/public.css")
    assert (public.status_code, public.headers["X-Nested"]) == (200, "yes")
    assert site.get(f"{folder}/").text == "gone"  # no list of the folder, whatever its Options say


def test_a_wrong_access_rule_closes_its_folder(site: httpx.Client) -> None:
    assert site.get(f"{PATH}/wp-content/plugins/four/private.txt").status_code == 500


@pytest.mark.parametrize(
    "path",
    ["/healthz", "/", PATH, f"{PATH}/", f"{PATH}/wp-config.php", f"{PATH}/wp-content/uploads/hostile/picture.jpg"],
)
def test_every_answer_keeps_search_engines_away_and_versions_quiet(site: httpx.Client, path: str) -> None:
    headers = site.get(path).headers
    assert headers.get_list("X-Robots-Tag") == ["noindex, nofollow"]
    assert headers["Server"] == "Apache"
    assert "X-Powered-By" not in headers


def test_the_loader_is_written_at_every_start(site: httpx.Client, folder: Path) -> None:
    loader = folder / "wp-content/mu-plugins/0-wordpress-clone.php"
    assert "/opt/wordpress-clone/mu-plugins/" in loader.read_text(encoding="utf-8")
