"""The page under Tools: the owner sees keys and what was read, makes and revokes; nobody else sees any of it."""

import re
from collections.abc import Mapping

import httpx
import pytest
from selectolax.lexbor import LexborHTMLParser

from migrator.protocol import AgentKey
from tests.agent.calls import body_of, call, refusal, result
from tests.agent.conftest import MakeSite
from tests.agent.wordpress import PAGE, WordPress, form_of, outcome

pytestmark = pytest.mark.engine

#: A cell's text is only compared where it is no time.
KEY_COLUMNS = ("key", "purpose", "scope", "created", "ends", "used", "address")
READ_COLUMNS = ("key", "purpose", "what", "calls", "number", "size", "first", "last", "address")


def table(page: httpx.Response, name: str, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """The rows of one of the page's tables."""
    rows = LexborHTMLParser(page.text).css(f"#custom-migrator-{name} tbody tr")
    texts = [[cell.text().strip() for cell in row.css("td")] for row in rows]
    return [dict(zip(columns, cells, strict=False)) for cells in texts]


def post(owner: httpx.Client, work: str, key_id: str = "", more: Mapping[str, str] | None = None) -> httpx.Response:
    """Send one of the page's forms."""
    return owner.post(PAGE, data=form_of(owner.get(PAGE), work, key_id).values | dict(more or {}))


def test_a_standing_key_is_shown_once_and_works(site: WordPress, host: str) -> None:
    with site.login(host) as owner:
        made = post(owner, "make")
        found = re.findall(r"cm_[0-9a-f]{16}_[0-9a-f]{64}", made.text)
        assert (outcome(made), len(found)) == ("made", 1)
        assert "no-store" in made.headers["cache-control"]
        key = AgentKey.parse(found[0])
        assert result(owner, key, "hello")["key"] == {"purpose": "standing", "expires_at": None}
        again = owner.get(PAGE)
        assert key.secret not in again.text
        assert key.key_id in [row["key"] for row in table(again, "keys", KEY_COLUMNS)]
        secrets = [row[0] for row in site.query("SELECT secret FROM wp_custom_migrator_keys")]
        assert not [secret for secret in secrets if secret in again.text], "of no key"
        everywhere = site.query(f"SELECT option_name FROM wp_options WHERE option_value LIKE '%{key.secret}%'")
        assert everywhere == []


def test_the_owner_sees_what_was_read(site: WordPress, host: str) -> None:
    key = site.new_key()
    rows = {"table": "wp_options", "columns": ["option_value"], "key": ["option_id"]}
    count = int(site.query("SELECT COUNT(*) FROM wp_options")[0][0])
    items = [{"root": "core", "path": path} for path in ("index.php", "wp-load.php", "missing.php")]
    with site.login(host) as owner:
        result(owner, key, "hello")
        _, listed = call(owner, key, "files.list", {"root": "core", "limit": 10})
        for _ in range(2):
            call(owner, key, "files.read", {"items": items})
            call(owner, key, "db.rows", rows)
        call(owner, key, "db.rows", rows | {"budget": 1, "max_rows": 100_000})
        result(owner, key, "db.tables", {"after": None})
        page = owner.get(PAGE)
    read = {row["what"]: row for row in table(page, "read", READ_COLUMNS) if row["key"] == key.key_id}
    assert (read["Description of the site"]["calls"], read["Names and sizes of files"]["number"]) == ("1", "10")
    assert (read["Contents of files"]["calls"], read["Contents of files"]["number"]) == ("2", "4")
    assert read["Rows of tables"]["calls"] == "3"
    assert int(read["Rows of tables"]["number"].replace(",", "")) > 2 * count
    assert int(read["Structure and checksums of tables"]["number"]) >= 12
    (shown,) = (row for row in table(page, "keys", KEY_COLUMNS) if row["key"] == key.key_id)
    assert shown["used"] != "never"
    address = shown["address"]
    assert re.fullmatch(r"\d+\.\d+\.\d+\.\d+", address)
    kinds = site.query(f"SELECT kind, bytes FROM wp_custom_migrator_audit WHERE key_id = '{key.key_id}'")
    assert ("file_names", str(len(listed))) in kinds
    assert len(kinds) == 5, "one row for each kind, however many calls"


def test_what_was_read_is_bounded(site: WordPress) -> None:
    old = ", ".join(f"('{n:016x}', 'rows', 'clone', 1, 1, 1, {n}, {n}, '')" for n in range(1, 81))
    site.query(f"INSERT INTO wp_custom_migrator_audit VALUES {old}")
    used = site.new_key()
    with site.login("apache") as owner:
        result(owner, used, "hello")
        assert outcome(post(owner, "make")) == "made"
    kept = [row[0] for row in site.query("SELECT DISTINCT key_id FROM wp_custom_migrator_audit")]
    assert len(kept) == 50
    assert {f"{80:016x}", used.key_id} <= set(kept), "those that were used last"
    assert f"{1:016x}" not in kept


def test_revoking(site: WordPress, host: str) -> None:
    key, other = site.new_key(), site.new_key()
    with site.login(host) as owner:
        result(owner, key, "hello")
        revoked = post(owner, "revoke", key.key_id)
        assert outcome(revoked) == "revoked"
        assert refusal(owner, body_of(key, "hello", {})) == "unauthenticated"
        shown = [row["key"] for row in table(revoked, "keys", KEY_COLUMNS)]
        assert key.key_id not in shown
        assert other.key_id in shown
        assert key.key_id in [row["key"] for row in table(revoked, "read", READ_COLUMNS)], "what it read is still told"


def test_with_the_last_key_the_plugin_goes(make_site: MakeSite, host: str) -> None:
    site = make_site("single")
    key = site.new_key()
    with site.login(host) as owner:
        warning = "deletes its tables, deactivates itself and deletes its folder"
        assert warning in owner.get(PAGE).text
        goodbye = post(owner, "revoke", key.key_id)
        assert goodbye.status_code == 200
        assert "has removed itself" in goodbye.text
        assert "could not be deleted" not in goodbye.text
        assert site.traces() == []
        assert owner.get("/wp-admin/plugins.php").status_code == 200
        assert owner.get(PAGE).status_code == 403


def test_a_key_of_a_service_is_registered(site: WordPress, host: str) -> None:
    key = f"cm_{'3' * 15}{host[0].encode().hex()[0]}_{'4' * 64}"
    with site.login(host) as owner:
        done = post(owner, "register", more={"custom_migrator_key": f" {key} "})
        assert outcome(done) == f"registered-{key[3:19]}"
        (shown,) = (row for row in table(done, "keys", KEY_COLUMNS) if row["key"] == key[3:19])
        assert shown["purpose"] == "one copy"
        assert "4" * 64 not in done.text
        for wrong in ("", "cm_1_2", key.upper(), f"{key}0", "<script>"):
            assert outcome(post(owner, "register", more={"custom_migrator_key": wrong})) == "bad_request"
        taken = post(owner, "register", more={"custom_migrator_key": key[:-1] + "5"})
        assert outcome(taken) == "key_taken"


def test_no_form_does_anything_without_its_own_nonce(site: WordPress, host: str) -> None:
    key = site.new_key()
    before = site.query("SELECT id FROM wp_custom_migrator_keys ORDER BY id")
    with site.login(host) as owner:
        page = owner.get(PAGE)
        nonces = {work: form_of(page, work).values["_wpnonce"] for work in ("make", "register")}
        revoke = form_of(page, "revoke", key.key_id).values
        other = "0123456789abcdef"
        forged: list[dict[str, str]] = [
            {"custom_migrator_work": "make"},
            {"custom_migrator_work": "make", "_wpnonce": "0123456789"},
            {"custom_migrator_work": "make", "_wpnonce": nonces["register"]},
            {**revoke, "_wpnonce": nonces["make"]},
            {**revoke, "custom_migrator_id": other},
            {"custom_migrator_work": "register", "_wpnonce": nonces["make"], "custom_migrator_key": "x"},
        ]
        for data in forged:
            assert owner.post(PAGE, data=data).status_code == 403, data
        assert owner.get(f"{PAGE}&custom_migrator_work=make&_wpnonce={nonces['make']}").status_code == 200
        array = {"custom_migrator_work[]": "make", "_wpnonce": nonces["make"]}
        assert outcome(owner.post(PAGE, data=array)) == ""
    assert site.query("SELECT id FROM wp_custom_migrator_keys ORDER BY id") == before


def test_others_see_nothing(site: WordPress, host: str) -> None:
    site.new_key()
    with site.client(host) as visitor:
        assert visitor.get(PAGE).status_code == 302
        assert visitor.post(PAGE, data={"custom_migrator_work": "make"}).status_code == 302
    with site.login(host, "editor") as editor:
        assert editor.get(PAGE).status_code == 403
        assert editor.post(PAGE, data={"custom_migrator_work": "make"}).status_code == 403
        assert "custom-migrator" not in editor.get("/wp-admin/index.php").text
    with site.login(host) as owner:
        assert "tools.php?page=custom-migrator" in owner.get("/wp-admin/index.php").text


def test_on_a_multisite_nobody_does(make_site: MakeSite) -> None:
    site = make_site("network")
    site.new_key()
    with site.login("apache") as owner:
        dashboard = owner.get("/wp-admin/index.php")
        assert dashboard.status_code == 200
        assert "page=custom-migrator" not in dashboard.text
        assert owner.get(PAGE).status_code == 403


def test_what_stands_in_the_tables_is_text(site: WordPress) -> None:
    key = site.new_key("<b>x</b>")
    site.query(
        "INSERT INTO wp_custom_migrator_audit VALUES"
        f" ('{key.key_id}', '<i>kind</i>', '<b>x</b>', 1, 1, 1, 1, 1, '\"><script>alert(1)</script>')"
    )
    with site.login("apache") as owner:
        text = owner.get(PAGE).text
    assert "&lt;b&gt;x&lt;/b&gt;" in text
    assert not [tag for tag in ("<b>x", "<i>kind", "<script>alert(1)") if tag in text]
