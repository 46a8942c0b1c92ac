"""What a visitor can fetch of the agent: nothing, while it works and after it has gone."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from tests.agent.calls import body_of, call, result
from tests.agent.conftest import MakeSite
from tests.agent.wordpress import PAGE, WordPress, form_of

pytestmark = pytest.mark.engine

#: Words that only our files hold.
OURS = (b"Custom Migrator", b"Custom_Migrator", b"custom_migrator", b"CMRES", b"custom-migrator", b"Index of")


def urls(site: WordPress, folder: Path) -> Iterator[str]:
    """Addresses of everything in a folder of the site's."""
    yield "/" + quote(str(folder.relative_to(site.root))) + "/"
    for path in folder.rglob("*"):
        yield "/" + quote(str(path.relative_to(site.root))) + ("/" if path.is_dir() else "")


def files(site: WordPress) -> set[str]:
    """Every path below the site's folder."""
    return {os.path.relpath(path, site.root) for path in site.root.rglob("*")}


def work(site: WordPress, client: httpx.Client) -> None:
    """What a copy and an owner do."""
    key = site.new_key("clone", expires_in=900)
    result(client, key, "key.confirm")
    result(client, key, "files.list", {"root": "core"})
    call(client, key, "files.read", {"items": [{"root": "core", "path": "index.php"}]})
    result(client, key, "db.tables", {"after": None})
    call(client, key, "db.rows", {"table": "wp_options", "columns": ["option_value"], "key": ["option_id"]})


def test_every_file_of_ours_called_directly_says_nothing(site: WordPress, host: str) -> None:
    key = site.new_key()
    body = body_of(key, "hello", {})
    found = list(urls(site, site.plugin))
    assert len(found) > 45
    with site.client(host) as client:
        for url in found:
            for query in ("", "?custom-migrator=1", "?file=../../../wp-config.php&action=x"):
                response = client.get(url + query)
                assert not response.content or response.status_code in (403, 404), (url, response.text[:200])
                assert not any(word in response.content for word in OURS), url
            if url.endswith(".php"):
                response = client.post(url + "?custom-migrator=1", content=body)
                assert response.content == b"", url
        assert b"\0CMRES1\0" in client.post("/?custom-migrator=1", content=body).content, "the call itself was good"


def test_visitors_see_nothing_of_it(site: WordPress, host: str) -> None:
    with site.client(host) as client:
        for url in ("/", "/?rest_route=/", "/wp-login.php", "/wp-admin/admin-ajax.php", "/?custom-migrator=1"):
            response = client.get(url)
            assert not any(word in response.content for word in OURS[:4]), url
        assert b"custom-migrator" not in client.get("/?rest_route=/").content
        assert client.get("/?rest_route=/custom-migrator/v1/keys").status_code == 404
        refused = client.post("/?rest_route=/custom-migrator/v1/keys", json={"key": "x", "purpose": "clone"})
        assert refused.status_code in (400, 401)


def test_a_copy_writes_no_file_and_its_end_leaves_nothing(make_site: MakeSite, host: str) -> None:
    site = make_site("single")
    before = files(site)
    with site.login(host) as owner:
        work(site, owner)
        made = owner.post(PAGE, data=form_of(owner.get(PAGE), "make").values)
        assert made.status_code == 200
        assert files(site) == before, "no file, no archive, no log"
        site.query("DELETE FROM wp_custom_migrator_keys")
        last = site.new_key()
        assert result(owner, last, "key.revoke") == {"removed": True, "left": []}
    assert site.traces() == []
    gone = {path for path in before if path.startswith("wp-content/plugins/custom-migrator")}
    assert files(site) == before - gone
    with site.client(host) as client:
        for path in sorted(gone):
            response = client.get("/" + quote(path))
            assert not any(word in response.content for word in OURS[:4]), path
        assert client.get("/").status_code == 200
