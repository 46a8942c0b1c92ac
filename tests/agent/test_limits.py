"""Hosts that give little: queries an hour, time, memory, functions."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import stamina

from migrator.channel import Channel, new_http_client
from migrator.errors import MigrationError, SourceUnreachable
from tests.agent.calls import URL, body_of, call, result
from tests.agent.hosts import HostTransport
from tests.agent.wordpress import WordPress

pytestmark = pytest.mark.engine

#: More queries than the calls here need.
ENOUGH = 120
#: From which on the agent is loaded, and answers itself.
CODES = {"SOURCE_WITHOUT_DATABASE", "SOURCE_QUERY_LIMIT"}


@pytest.fixture(autouse=True)
def unlimited(site: WordPress) -> Iterator[None]:
    """Whatever a test allows, the next one may run any number of queries."""
    yield
    allow(site, 0)


def allow(site: WordPress, queries: int) -> None:
    """Let the site's database account run so many queries in this hour; 0 is any number."""
    user = site.account.user
    site.hosts.server.run(f"ALTER USER '{user}'@'%' WITH MAX_QUERIES_PER_HOUR {queries}", "FLUSH USER_RESOURCES")


def failure(channel: Channel) -> MigrationError | None:
    """What the engine makes of a call."""
    try:
        channel.call("db.tables", {"after": None})
    except MigrationError as error:
        return error
    return None


def test_an_account_that_may_run_few_queries_an_hour(site: WordPress, host: str) -> None:
    key = site.new_key()
    found: set[str] = set()
    with new_http_client(transport=HostTransport(site.hosts.port(host))) as client:
        for queries in range(1, ENOUGH):
            allow(site, queries)
            error = failure(Channel(site.home, key, client))
            if error is None:
                break
            assert isinstance(error, SourceUnreachable), (queries, error.code)
            assert error.retry_after == 60, "the engine is told to wait"
            found.add(error.code)
        assert error is None, "with enough queries it works"
        assert found == CODES
        allow(site, 0)
        assert failure(Channel(site.home, key, client)) is None, "and so it does in the next hour"
    assert site.plugin.is_dir(), "nothing was removed for want of an answer"


def test_the_agents_own_words_for_it(site: WordPress, host: str) -> None:
    key = site.new_key()
    refused, reported = 0, 0
    with site.client(host) as client:
        for queries in range(1, ENOUGH):
            allow(site, queries)
            response = client.post(URL, content=body_of(key, "db.tables", {"after": None}))
            if response.status_code == 503 and response.content.startswith(b'{"code"'):
                assert response.json()["code"] == "query_limit"
                assert response.headers["retry-after"] == "60"
                refused += 1
            elif b"CMRES1" in response.content and b'"status":"error"' in response.content:
                assert b'"code":"query_limit"' in response.content
                reported += 1
    assert refused >= 2, "key and nonce"
    assert reported >= 10


def rows(name: str, **more: Any) -> dict[str, Any]:
    """Arguments for rows of a table of two columns."""
    return {"table": name, "columns": ["id", "v"], "key": ["id"], **more}


def test_a_host_that_gives_little_answers_in_parts(site: WordPress, host: str) -> None:
    """12 MB of rows and a file of 24 MB pass a host of 64 MB, piece by piece; the connection is used on afterwards."""
    key = site.new_key()
    site.query("CREATE TABLE IF NOT EXISTS wp_large (id INT PRIMARY KEY, v LONGTEXT)")
    values = ", ".join(f"({n}, REPEAT('x', 200000))" for n in range(1, 61))
    site.query(f"REPLACE INTO wp_large VALUES {values}")
    site.put("wp-content/uploads/large.bin", bytes(24_000_000))
    with site.client(host) as client:
        budget = result(client, key, "hello")["limits"]["budget"]
        assert 65_536 <= budget <= 16_777_216
        _, payload = call(client, key, "db.rows", rows("wp_large", after=None, budget=1_000_000))
        header = json.loads(payload[4 : 4 + int.from_bytes(payload[:4])])
        assert 0 < header["rows"] < 60
        assert len(payload) <= 1_000_000
        piece = {"root": "content", "path": "uploads/large.bin"}
        _, payload = call(client, key, "files.read", {"items": [piece], "budget": 16_777_216})
        assert 1_000_000 < len(payload) <= budget
    # The agent answers first and writes down then.
    for attempt in stamina.retry_context(on=AssertionError, attempts=None, timeout=60, wait_max=0.3):
        with attempt:
            audit = site.query(f"SELECT kind, items FROM wp_custom_migrator_audit WHERE key_id = '{key.key_id}'")
            assert {row[0]: row[1] for row in audit} == {"site": "0", "rows": str(header["rows"]), "files": "0"}, (
                "also after a connection was given up"
            )
