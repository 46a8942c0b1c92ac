"""Where a source's files come to lie, and which URLs and paths change with that."""

import pytest

from migrator.errors import SourceDataInvalid, SourceUnsupported
from migrator.layout import Layout, path_changes, url_changes
from migrator.plan import require_supported
from migrator.rewrite import PlainReplacer
from tests.unit.migrator.sites import site

CLONE, ROOT = "http://s1.test:8080/c1", "/var/www/html/c1"


@pytest.mark.parametrize(
    ("content", "uploads", "place"),
    [
        ("/w/wp-content", "/w/wp-content/uploads", "wp-content/uploads"),
        ("/w/app", "/w/app/uploads", "wp-content/uploads"),
        ("/w/wp-content", "/w/wp-content/files/pictures", "wp-content/files/pictures"),
        ("/w/wp-content", "/data/uploads", "wp-content/uploads"),
        ("/w/wp-content", "/w/wp-content-2/uploads", "wp-content/uploads"),
        ("/w/wp-content", "/w/wp-content/../x", "wp-content/uploads"),
        ("/w/wp-content", "/w/wp-content/it's", "wp-content/uploads"),
        ("/w/wp-content", "", "wp-content/uploads"),
        ("/w/wp-content", "/w/wp-content/./x", "wp-content/uploads"),
        ("/w/wp-content", "/w/wp-content/x\\", "wp-content/uploads"),
        ("/w/wp-content", "/w/wp-content/" + "x" * 256, "wp-content/uploads"),
    ],
)
def test_uploads(content: str, uploads: str, place: str) -> None:
    assert Layout.of(site(root_content=content, root_uploads=uploads)).uploads == place


def test_every_root_has_its_place() -> None:
    walked = [[name, f"/somewhere/{name}"] for name in ("core", "content", "plugins", "mu_plugins", "uploads")]
    layout = Layout.of(site(roots_to_walk=walked))
    places = {root: layout.place(root, "x/y%20z") for root in ("core", "content", "plugins", "mu_plugins", "uploads")}
    assert places == {
        "core": b"x/y z",
        "content": b"wp-content/x/y z",
        "plugins": b"wp-content/plugins/x/y z",
        "mu_plugins": b"wp-content/mu-plugins/x/y z",
        "uploads": b"wp-content/uploads/x/y z",
    }


@pytest.mark.parametrize("name", ["wp-config.php", ".htaccess", ".user.ini", ".maintenance", ".migrator"])
def test_files_of_the_sources_host_are_never_copied_even_if_they_are_listed(name: str) -> None:
    layout = Layout.of(site())
    assert layout.place("core", name) is None
    assert layout.place("core", f"{name}/0") is None
    assert layout.place("core", f"%{ord(name[0]):x}{name[1:]}/x/y") is None
    assert layout.place("core", f"{name}x") == f"{name}x".encode()
    assert layout.place("content", name) == b"wp-content/" + name.encode()


def test_a_root_that_was_not_announced() -> None:
    with pytest.raises(SourceDataInvalid):
        Layout.of(site()).place("uploads", "x")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("http://source.test/wp-content/uploads/a.jpg", f"{CLONE}/wp-content/uploads/a.jpg"),
        ("https://www.source.test/?p=1", f"{CLONE}/?p=1"),
        ("http://alias.test/a", f"{CLONE}/a"),
        ("/usr/share/wordpress/wp-load.php", f"{ROOT}/wp-load.php"),
        ("/var/lib/wordpress/wp-content/uploads/a.jpg", f"{ROOT}/wp-content/uploads/a.jpg"),
    ],
)
def test_pairs(before: str, after: str) -> None:
    source = site()
    layout = Layout.of(source)
    urls = url_changes(source, layout, CLONE, "http://alias.test")
    plain = PlainReplacer(urls, path_changes(source, layout, ROOT))
    assert plain.replace(before.encode())[0].decode() == after


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"protocol": 2}, "AGENT_PROTOCOL"),
        ({"multisite": True}, "MULTISITE_UNSUPPORTED"),
        ({"version": "5.1.19"}, "WORDPRESS_TOO_OLD"),
        ({"version": "trunk"}, "WORDPRESS_TOO_OLD"),
    ],
)
def test_sites_that_cannot_be_copied(changes: dict[str, object], code: str) -> None:
    with pytest.raises(SourceUnsupported) as refused:
        require_supported(site(**changes))
    assert refused.value.code == code


@pytest.mark.parametrize("version", ["5.2", "5.7.11", "6.8-beta1", "7.1", "10.0"])
def test_sites_that_can(version: str) -> None:
    require_supported(site(version=version))


@pytest.mark.parametrize(
    "changes",
    [
        {"prefix": "wp_`; DROP"},
        {"charset": "utf8mb4'"},
        {"home": "http://a\nb"},
        {"home": 5},
        {"roots_to_walk": [["etc", "/etc"]]},
        {"constants": {"X": []}},
        {"home": "\ud800"},
        {"constants": {"WP_LANG": "\ud800"}},
        {"constants": {"\udc80": 1}},
    ],
)
def test_impossible_values_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(SourceDataInvalid):
        site(**changes)


def test_a_name_that_the_source_chose_is_not_repeated() -> None:
    with pytest.raises(SourceDataInvalid) as refused:
        site(constants={"<a href=x>": []})
    assert "href" not in refused.value.message
