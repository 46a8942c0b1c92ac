"""What cannot be read with a valid key: files outside the site, by whatever path, link or name."""

import json
import os
from pathlib import Path
from typing import Any

import httpx
import pytest

from migrator.protocol import AgentKey, split_file_frames
from tests.agent.calls import call, error, result
from tests.agent.wordpress import WordPress
from tests.engine.web import PHP_USER

pytestmark = pytest.mark.engine

OUTSIDE = (
    "../core/index.php",
    "..%2Fcore%2Findex.php",
    "%2e%2e/%2e%2e/etc/passwd",
    "wp-content/../wp-config.php",
    "wp-content/uploads/../../wp-config.php",
    "wp-content%2F..%2Fwp-config.php",
    "./wp-config.php",
    "wp-config.php",
    "WP-CONFIG.PHP/.",
    "/etc/passwd",
    "%2Fetc%2Fpasswd",
    "//etc/passwd",
    "index.php%00.jpg",
    "index.php\0.jpg",
    "",
    "%",
    "php://filter/resource=index.php",
    "file:///etc/passwd",
    "..\\..\\etc\\passwd",
    "wp-content/plugins/custom-migrator/custom-migrator.php",
)
NAMES = (
    b"shell.php.jpg",
    b"a\nb.txt",
    b"<script>alert(1)<.txt",
    b"-rf --no-preserve-root",
    b"$(id) `id` ;id|id&",
    b"%2e%2e%2fwp-config.php",
    b"..php",
    b"' OR 1=1 -- .txt",
    b"\xff\xfe.bin",
)


def read(client: httpx.Client, key: AgentKey, *paths: str, root: str = "core") -> list[tuple[dict[str, Any], bytes]]:
    """The frames of one call for whole files."""
    items = [{"root": root, "path": path} for path in paths]
    status, payload = call(client, key, "files.read", {"items": items})
    assert status == "ok", payload
    return [(header, bytes(data)) for header, data in split_file_frames(memoryview(payload))]


def test_paths_that_lead_out(site: WordPress, host: str) -> None:
    key = site.new_key()
    with site.client(host) as client:
        frames = read(client, key, *OUTSIDE)
        assert len(frames) == len(OUTSIDE)
        for path, (header, data) in zip(OUTSIDE, frames, strict=True):
            assert (header["error"], data) == ("not_found", b""), path
        for path in OUTSIDE[:3]:
            assert error(client, key, "files.list", {"root": "core", "cursor": path}) == "not_found", path
        for root in ("/", "/etc", "../", "core/wp-content", "themes", ""):
            assert read(client, key, "passwd", root=root)[0][0]["error"] == "not_found", root
            assert error(client, key, "files.list", {"root": root}) == "not_found", root


def test_arguments_of_wrong_types(site: WordPress, host: str) -> None:
    key = site.new_key()
    wrong: tuple[dict[str, Any], ...] = (
        {"items": []},
        {"items": "index.php"},
        {"items": [{"root": "core"}]},
        {"items": [{"root": ["core"], "path": "index.php"}]},
        {"items": [{"root": "core", "path": ["index.php"]}]},
        {"items": [{"root": "core", "path": "index.php", "offset": -1}]},
        {"items": [{"root": "core", "path": "index.php", "length": "all"}]},
        {"items": [{"root": "core", "path": "index.php"}] * 10_001},
    )
    with site.client(host) as client:
        for arguments in wrong:
            assert error(client, key, "files.read", arguments) == "bad_request", arguments


def linked(site: WordPress, name: str, target: str) -> Path:
    """A link that the web server's own user has made: what an attacker with an upload can do."""
    link = site.put("wp-content/uploads/links/kept.txt", b"kept").with_name(name)
    link.unlink(missing_ok=True)
    link.symlink_to(target)
    os.chown(link, PHP_USER, PHP_USER, follow_symlinks=False)
    return link


def test_links_to_what_belongs_to_others(site: WordPress, host: str) -> None:
    key = site.new_key()
    linked(site, "passwd.txt", "/etc/passwd")
    linked(site, "etc", "/etc")
    linked(site, "process", "/proc/self")
    linked(site, "settings.txt", f"/sites/{site.name}/wp-config.php")
    paths = [
        f"uploads/links/{name}" for name in ("passwd.txt", "etc/passwd", "process/environ", "settings.txt", "kept.txt")
    ]
    with site.client(host) as client:
        frames = read(client, key, *paths, root="content")
        assert [header["error"] for header, _ in frames] == ["not_found"] * 4 + [None]
        assert [data for _, data in frames] == [b""] * 4 + [b"kept"]


def test_a_file_that_was_replaced_by_a_link_after_it_was_listed(site: WordPress, host: str) -> None:
    key = site.new_key()
    path = "uploads/links/swapped.txt"
    linked(site, "swapped.txt", "kept.txt").unlink()
    site.put(f"wp-content/{path}", b"a file of the site")
    with site.client(host) as client:
        assert read(client, key, path, root="content")[0][1] == b"a file of the site"
        linked(site, "swapped.txt", "/etc/passwd")
        header, data = read(client, key, path, root="content")[0]
        assert (header["error"], data) == ("not_found", b"")


def test_hostile_names_are_only_names(site: WordPress, host: str) -> None:
    key = site.new_key()
    for name in NAMES:
        (site.put("wp-content/uploads/names/x", b"x").parent / os.fsdecode(name)).write_bytes(b"<?php echo 'run';")
    with site.client(host) as client:
        page = result(client, key, "files.list", {"root": "content", "cursor": "uploads/names", "limit": 11})
        found = [path for path, kind, *_ in page["entries"] if kind == "f" and path.startswith("uploads/names/")]
        assert len(found) == len(NAMES) + 1
        frames = read(client, key, *(path for path in found if not path.endswith("/x")), root="content")
        assert {data for _, data in frames} == {b"<?php echo 'run';"}


def test_hostile_names_of_tables_and_columns(site: WordPress, host: str) -> None:
    key = site.new_key()
    table = "wp_o'; DROP TABLE wp_posts; -- \\"
    site.query(f"CREATE TABLE IF NOT EXISTS `{table}` (`i``d` INT PRIMARY KEY, `v'\"` TEXT)")
    site.query(f"REPLACE INTO `{table}` VALUES (1, 'one')")
    rows: dict[str, Any] = {"table": table, "columns": ["i`d", "v'\""], "key": ["i`d"]}
    with site.client(host) as client:
        status, payload = call(client, key, "db.rows", rows)
        assert (status, payload[-6:]) == ("ok", b"1\tone\n")
        for name in (
            "wp_posts; DROP TABLE wp_posts",
            "mysql.user",
            "wp_custom_migrator_keys",
            "information_schema.TABLES",
        ):
            assert error(client, key, "db.rows", rows | {"table": name}) == "not_found", name
        for column in ("(SELECT secret FROM wp_custom_migrator_keys)", "*", "`i``d`", "1"):
            assert error(client, key, "db.rows", rows | {"columns": [column]}) == "bad_request", column
        for after in (["MQ==' OR 1"], ["!"], [None], [["MQ=="]], ["MQ==", "MQ=="]):
            assert error(client, key, "db.rows", rows | {"after": after}) == "bad_request", after
        assert list(json.loads(call(client, key, "db.measure", {"tables": [table]})[1])["tables"]) == [table]
    assert site.query("SELECT COUNT(*) FROM wp_posts")[0][0] != "0"
