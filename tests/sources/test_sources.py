"""A clone is its source: every row, every byte, every title; and nothing of us is left at the source."""

from __future__ import annotations

import html
import re

import pytest

from local import rows
from tests.cluster import inventory
from tests.cluster.conftest import Facade, eventually
from tests.sources.conftest import CLONE_SECONDS, Clone, ended
from tests.sources.running import RunningSite

pytestmark = pytest.mark.cluster

POSTS, PICTURES = 60, 12
#: What the clone changes on purpose, by the table's name without its prefix.
CHANGED = {"options", "usermeta", "users"}


def title(page: str) -> str:
    """The title of a page."""
    found = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    assert found, page[:500]
    return html.unescape(found[1]).strip()


def test_the_source_is_what_it_claims_to_be(source: RunningSite, clone: Clone) -> None:
    said = clone.report["source"]
    assert said["wordpress"].startswith(f"{source.site.wordpress}.")
    assert said["php"].startswith(f"{source.site.php}.")
    assert said["database"].split()[1].startswith(source.site.database)
    assert said["home"] == source.site.home_url


def test_all_rows(source: RunningSite, before: dict[str, int], clone: Clone) -> None:
    """As many as the source says, and the engine has compared the rows themselves."""
    copied = {table["name"]: table["rows"] for table in clone.report["tables"]}
    prefix = source.site.prefix
    changing = {prefix + name for name in CHANGED}
    assert copied.keys() == before.keys()
    assert {name: count for name, count in copied.items() if name not in changing} == {
        name: count for name, count in before.items() if name not in changing
    }
    assert clone.report["verify"]["tables"] == len(before)
    assert before[f"{prefix}posts"] > POSTS + PICTURES
    assert not [table["name"] for table in clone.report["tables"] if table["still_moving"] or table["values_unparsed"]]


def test_all_bytes_of_the_uploads(source: RunningSite, clone: Clone) -> None:
    """Compared on both sides' disks, whatever the engine says."""
    originals = checksums(source.run("sh", "-c", f"cd '{source.uploads()}' && find . -type f -exec sha256sum {{}} +"))
    copied = "/var/www/html/" + clone.name + "/wp-content/uploads"
    copies = checksums(clone.run("sh", "-c", f"cd '{copied}' && find . -type f -exec sha256sum {{}} +"))
    assert originals == copies
    assert len(originals) > 3 * PICTURES, "pictures with their smaller sizes"


def checksums(listing: str) -> dict[str, str]:
    """Path → sha256 in the output of sha256sum."""
    return {path: digest for digest, _, path in (line.partition("  ") for line in listing.splitlines())}


def test_all_files_are_verified(clone: Clone) -> None:
    copied = sum(files["files"] for files in clone.report["files"]["classes"].values())
    assert copied > 1000
    assert clone.report["verify"]["files"] + clone.report["files"]["generated_css"]["files"] == copied


def test_no_address_of_the_source_is_left(source: RunningSite, clone: Clone) -> None:
    """Every text column, asked of the server; `guid` keeps its value, as WordPress wants it."""
    assert clone.report["verify"]["leftovers"] == []
    assert rows.places_of(clone.name, source.site.host) == []


def test_the_front_page_has_the_same_title(source: RunningSite, clone: Clone) -> None:
    original, copy = source.page(f"{source.site.home_url}/"), clone.page("/")
    assert title(copy) == title(original)
    assert "Gärtnerei Löwenzahn" in title(copy)
    assert source.site.host not in copy


def test_a_permalink_has_the_same_title(source: RunningSite, clone: Clone) -> None:
    front = source.page(f"{source.site.home_url}/")
    home = re.escape(source.site.home_url)
    links = re.findall(rf'href="({home}/[^"]*)"[^>]*>Grüße aus dem Garten', front)
    assert links, "the front page has posts"
    link = html.unescape(links[0])
    original, copy = source.page(link), clone.page(link.removeprefix(source.site.home_url))
    assert title(copy) == title(original)
    assert "Äpfel, Öl und Übermut 🌼" in copy
    assert source.site.host not in copy


def test_the_language_is_the_sources(source: RunningSite, clone: Clone) -> None:
    wanted = "de" if source.site.locale else "en-US"
    assert re.search(rf'<html[^>]* lang="{wanted}', clone.page("/"))


def test_the_clone_runs_the_sources_php(source: RunningSite, clone: Clone) -> None:
    assert clone.run("php", "-r", "echo PHP_VERSION;").startswith(f"{source.site.php}.")


def test_extensions_that_the_clone_lacks_are_named(clone: Clone, facade: Facade) -> None:
    assert clone.report["source"]["php_extensions_missing"] == ["tidy"]
    told = "lacks extensions that the source's has: tidy."
    eventually(lambda: facade.view(clone.name)["message"].endswith(told), 60, "the message tells of them")


def test_a_source_that_grew_too_large_is_refused_before_anything_is_made(
    source: RunningSite, before: dict[str, int], clone: Clone, facade: Facade
) -> None:
    made = inventory.objects() | inventory.databases()
    backup = source.uploads() + "/backup.tar"
    source.run("truncate", "--size=6G", backup)
    try:
        name = facade.order_async(source.source)
        refused = eventually(lambda: ended(facade, name), CLONE_SECONDS, "the source is refused")
    finally:
        source.run("rm", backup)
    assert refused
    assert (refused["phase"], refused["step"], refused["code"]) == ("Failed", "size", "TOO_LARGE"), refused
    assert "5.0 GiB at most" in refused["message"]
    new = (inventory.objects() | inventory.databases()) - made
    assert new == {f"Secret/{name}-secret"}, "only the record of the refusal"
    facade.remove(name)
    assert source.counts().keys() == before.keys(), "no table of the agent's"
    assert "migrator" not in source.plugins()


def test_the_source_is_as_it_was(source: RunningSite, before: dict[str, int], clone: Clone) -> None:
    """A login leaves traces in WordPress's own tables; of us nothing stays."""
    after = source.counts()
    assert after.keys() == before.keys(), "no table of the agent's"
    changed = {f"{source.site.prefix}{name}" for name in CHANGED}
    assert {name: after[name] for name in after if name not in changed} == {
        name: before[name] for name in before if name not in changed
    }
    assert "migrator" not in source.plugins()
