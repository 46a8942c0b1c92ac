"""Who is not let in: calls without a valid, fresh signature are refused, on any host, and learn nothing."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from migrator.protocol import REQUEST_MAGIC, AgentKey
from tests.agent.calls import Header, body_of, error, refusal, result, spoilt
from tests.agent.wordpress import WordPress

pytestmark = pytest.mark.engine

FIELDS = ("op", "key", "ts", "nonce", "mac")
WRONG: tuple[object, ...] = (None, "", [], {}, ["x"], True, -1, "0" * 64, "../..", "x\0", 10**30)


def test_signatures(site: WordPress, host: str) -> None:
    key = site.new_key()
    with site.client(host) as client:
        assert result(client, key, "hello")["protocol"] == 1
        stranger = site.new_key()
        site.query(f"DELETE FROM wp_custom_migrator_keys WHERE id = '{stranger.key_id}'")
        assert refusal(client, body_of(stranger, "hello", {})) == "unauthenticated"
        for name in FIELDS:
            for value in WRONG:

                def change(header: Header, name: str = name, value: object = value) -> None:
                    header[name] = value

                assert refusal(client, spoilt(body_of(key, "hello", {}), change)) == "unauthenticated", (name, value)

            def drop(header: Header, name: str = name) -> None:
                del header[name]

            assert refusal(client, spoilt(body_of(key, "hello", {}), drop)) == "unauthenticated", name
        swapped = body_of(key, "hello", {}) + b" "
        assert refusal(client, swapped) == "unauthenticated", "the arguments are signed too"


def test_bodies_of_no_form(site: WordPress, host: str) -> None:
    key = site.new_key()
    bodies = [REQUEST_MAGIC, REQUEST_MAGIC + b"\xff\xff\xff\xff{}", REQUEST_MAGIC + b"\0\0\0\2[]", b"x" * 5000]
    with site.client(host) as client:
        for body in bodies[:3]:
            assert refusal(client, body) == "unauthenticated"
            assert refusal(client, body, "/?custom-migrator[]=1") == "unauthenticated"
        large = body_of(key, "hello", {"x": "y" * 1_048_576})
        assert refusal(client, large) == "unauthenticated"
        assert b"CMRES" not in client.post("/?custom-migrator=1", content=bodies[3]).content
        assert b"CMRES" not in client.post("/?custom-migrator=1", data={"op[]": "hello"}).content
        assert b"CMRES" not in client.request("GET", "/?custom-migrator=1", content=body_of(key, "hello", {})).content


def test_calls_that_were_made_before_or_long_ago(site: WordPress, host: str) -> None:
    key = site.new_key()
    with site.client(host) as client:
        body = body_of(key, "hello", {})
        assert b"\0CMRES1\0" in client.post("/?custom-migrator=1", content=body).content
        assert refusal(client, body) == "unauthenticated", "a replay"
        assert refusal(client, body, "/wp-admin/admin-ajax.php?custom-migrator=1") == "unauthenticated"
        for age in (400, -400):
            assert refusal(client, body_of(key, "hello", {}, age=age)) == "clock"
        late = site.new_key("clone", expires_in=-1)
        assert refusal(client, body_of(late, "hello", {})) == "expired"


def test_operations_that_are_none(site: WordPress, host: str) -> None:
    key = site.new_key()
    with site.client(host) as client:
        assert error(client, key, "files.write", {}) == "bad_request"
        site.query(f"UPDATE wp_custom_migrator_keys SET scope = 'none' WHERE id = '{key.key_id}'")
        assert error(client, key, "files.list", {"root": "core"}) == "forbidden"


def pages(client: httpx.Client, key: AgentKey, op: str) -> Iterator[dict[str, Any]]:
    """All pages about the core root, however many the host's time makes of them."""
    cursor = None
    while True:
        page = result(client, key, op, {"root": "core", "cursor": cursor})
        yield page
        cursor = page["next"]
        if cursor is None:
            return


def test_what_the_host_is_and_how_large_the_site(site: WordPress, host: str) -> None:
    key = site.new_key()
    with site.client(host) as client:
        hello = result(client, key, "hello")
        counted = list(pages(client, key, "files.count"))
        listed = [entry for page in pages(client, key, "files.list") for entry in page["entries"]]
    assert hello["php"]["version"].startswith("8.4.")
    assert {"mysqli", "json", "hash"} <= set(hello["php"]["extensions"])
    assert hello["database"]["bytes"] > 100_000
    assert abs(hello["time"] - time.time()) < 60
    sizes = [entry[2] for entry in listed if entry[1] == "f"]
    assert sum(page["files"] for page in counted) == len(sizes)
    assert sum(page["bytes"] for page in counted) == sum(sizes)
    limits = {"apache": ("128M", 30), "nginx": ("64M", 20)}
    assert (hello["php"]["memory_limit"], hello["php"]["max_execution_time"]) == limits[host]
