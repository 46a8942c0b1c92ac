"""The tables' side of a run against a real MySQL: every kind of value and key, kills at every page, moving rows."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
import stamina

from api.database.connect import DatabaseServer
from api.database.provision import Databases
from migrator.comparing import TableDifference, compare_tables
from migrator.errors import RowTooLarge, VerificationFailed
from migrator.local.database import Account, Database
from migrator.local.volume import Volume
from migrator.plan import make_plan
from migrator.progress import ProgressStore
from migrator.schema import read_target
from migrator.table_side import TableSide
from migrator.tables import TableResult
from migrator.workers import run_lanes
from tests.database.server import HOST_NAME
from tests.database.wordpress_site import serialized, site
from tests.unit.migrator.fake_agent import HOME, FakeAgent, FakeTable, Row

pytestmark = pytest.mark.database
CLONE_URL = "http://s1.clone-sites.test:8080/clone-1"
LARGE = 200_000_000  # bytes that a table claims to have, to be cut into ranges


class Killed(BaseException):
    """The engine's process is gone: nothing of ours catches this."""


class Clone:
    """A clone's database, and runs of the tables' side on it."""

    def __init__(self, account: Account, folder: Path) -> None:
        self.database = Database(account)
        self.volume = Volume(folder)
        self.volume.claim()
        self.advanced = 0
        ProgressStore(self.database).close()

    def side(self, agent: FakeAgent, *, workers: int = 2, **changes: Any) -> TableSide:
        source = agent.site()
        connection = self.database.connect()
        target = replace(read_target(connection), **changes)
        connection.close()
        plan = make_plan(source, target, source_url=HOME, clone_url=CLONE_URL, site_root="/srv/site")
        keep = self.volume.kept_value
        return TableSide(source, self.database, plan, target, workers=workers, keep=keep, advance=self._advance)

    def _advance(self, _rows: int, weight: int) -> None:
        self.advanced += weight

    def copy(self, agent: FakeAgent, **changes: Any) -> dict[str, TableResult]:
        side = self.side(agent, **changes)
        side.prepare()
        run_lanes(*side.lanes())
        side.settle()
        return {result.name: result for result in side.results}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        connection = self.database.connect()
        try:
            return connection.rows(query, "a test's question")
        finally:
            connection.close()

    def run(self, statement: str) -> None:
        connection = self.database.connect()
        connection.run(statement, "a test's change")
        connection.commit()
        connection.close()


@pytest.fixture
def clone(server: DatabaseServer, tmp_path: Path) -> Iterator[Clone]:
    """A new database and folder."""
    name, password = f"clone-{secrets.token_hex(4)}", secrets.token_hex(8)
    databases = Databases(server, cluster="test", namespace="test")
    databases.create(name, password)
    account = f"wp_{name.replace('-', '_')}"
    with stamina.set_testing(True, attempts=3):
        of = Account(HOST_NAME, server.port, account, account, password, str(server.ca_file), "127.0.0.1")
        yield Clone(of, tmp_path)
    databases.drop(name)


def numbered(rows: int, size: int = LARGE, page: int = 4) -> FakeAgent:
    """A site with a large table of numbered rows, every third with a URL."""
    agent = site()
    agent.page = page
    content: list[Row] = [
        [b"%d" % (n * 7), (HOME.encode() if n % 3 == 0 else b"text") + b"/%d \\ \t\n'" % n] for n in range(rows)
    ]
    create = (
        "CREATE TABLE `wp_many` (`id` bigint unsigned NOT NULL AUTO_INCREMENT, `t` text, PRIMARY KEY (`id`),"
        " KEY `t` (`t`(20)), FULLTEXT KEY `words` (`t`)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"
    )
    agent.tables["wp_many"] = FakeTable(content, 1, [("id", "bigint unsigned"), ("t", "text")], create, size=size)
    return agent


def expected(agent: FakeAgent) -> list[tuple[Any, ...]]:
    new = CLONE_URL.encode()
    return [(int(row[0] or 0), (row[1] or b"").replace(HOME.encode(), new)) for row in agent.tables["wp_many"].rows]


def many(clone: Clone) -> list[tuple[Any, ...]]:
    return clone.rows("SELECT id, t FROM wp_many ORDER BY id")


@pytest.mark.parametrize("local_infile", [True, False])
def test_a_table_cut_into_ranges(clone: Clone, local_infile: bool) -> None:
    agent = numbered(50)
    results = clone.copy(agent, local_infile=local_infile)
    assert many(clone) == expected(agent)
    result = results["wp_many"]
    assert (result.rows, result.rewritten.values, result.moved, result.still_moving) == (50, 17, 0, False)
    assert {row[2] for row in clone.rows("SHOW INDEX FROM wp_many")} == {b"PRIMARY", b"t", b"words"}
    spans = [arguments["upto"] for op, arguments in agent.calls if op == "db.rows" and arguments["table"] == "wp_many"]
    assert len({str(upto) for upto in spans}) == 4
    assert clone.advanced == sum(table.size for table in agent.tables.values() if table.columns)


def kill_at(agent: FakeAgent, call: int, op: str = "") -> None:
    """Let the engine die at the beginning of a call to the source, counted from 0; all calls or those of one kind."""
    seen = [0]

    def before(name: str, _arguments: dict[str, Any]) -> None:
        if op in ("", name):
            seen[0] += 1
            if seen[0] > call:
                raise Killed

    agent.before = before


def alive(agent: FakeAgent) -> None:
    agent.before = lambda _op, _arguments: None


def rows_sent(agent: FakeAgent) -> int:
    return sum(op == "db.rows" for op, _ in agent.calls)


@pytest.mark.parametrize("local_infile", [True, False])
def test_a_run_that_is_killed_again_and_again_goes_on_behind_the_last_page(clone: Clone, local_infile: bool) -> None:
    whole = numbered(20)
    clone.copy(whole, workers=1, local_infile=local_infile)
    undisturbed = rows_sent(whole)
    for table in ("wp_many", "_migrator_tables", "_migrator_pages"):
        clone.run(f"DROP TABLE {table}")
    agent, kills = numbered(20), 5
    for _ in range(kills):
        kill_at(agent, 2, "db.rows")
        with pytest.raises(Killed):
            clone.copy(agent, workers=1, local_infile=local_infile)
    alive(agent)
    clone.copy(agent, workers=1, local_infile=local_infile)
    assert many(clone) == expected(agent)
    assert rows_sent(agent) <= undisturbed + kills


def undescribed(agent: FakeAgent) -> int:
    """How many calls were made after the site had been described."""
    return sum(op in ("db.rows", "db.digest", "db.measure") for op, _ in agent.calls)


def test_a_kill_at_any_call_loses_and_doubles_nothing(clone: Clone) -> None:
    whole = numbered(20)
    clone.copy(whole, workers=1)
    for call in range(len(whole.calls) - undescribed(whole), len(whole.calls), 4):
        clone.run("DROP TABLE _migrator_tables")
        clone.run("DROP TABLE _migrator_pages")
        agent = numbered(20)
        kill_at(agent, call)
        with pytest.raises(Killed):
            clone.copy(agent, workers=1)
        alive(agent)
        clone.copy(agent)
        assert many(clone) == expected(agent)
        assert clone.rows("SELECT COUNT(*) FROM wp_no_key") == [(7,)]


def test_another_source_begins_anew(clone: Clone) -> None:
    clone.copy(numbered(20))
    clone.run("CREATE TABLE wp_of_no_run (a INT)")
    agent = numbered(10)
    agent.hello["wordpress"]["siteurl"] = f"{HOME}/wp"
    del agent.tables["wp_no_key"]
    clone.copy(agent)
    assert many(clone) == expected(agent)
    assert {b"wp_no_key", b"wp_of_no_run"} & {name for (name,) in clone.rows("SHOW TABLES")} == set()


def test_a_table_with_another_definition_begins_anew_and_others_stay(clone: Clone) -> None:
    agent = numbered(20)
    clone.copy(agent)
    before = rows_sent(agent)
    agent.tables["wp_many"].create = agent.tables["wp_many"].create.replace("AUTO_INCREMENT", "AUTO_INCREMENT", 1)
    agent.tables["wp_many"].create = agent.tables["wp_many"].create.replace("`t` text", "`t` mediumtext")
    clone.copy(agent)
    assert many(clone) == expected(agent)
    again = [arguments["table"] for op, arguments in agent.calls if op == "db.rows"][before:]
    assert set(again) == {"wp_many"}


def test_what_was_changed_after_the_copy_was_complete_is_copied_again(clone: Clone) -> None:
    agent = numbered(20)
    clone.copy(agent)
    clone.run("UPDATE wp_options SET option_value = 'mine'")
    before = rows_sent(agent)
    clone.copy(agent)
    again = [arguments["table"] for op, arguments in agent.calls if op == "db.rows"][before:]
    assert set(again) == {"wp_options"}
    assert clone.rows("SELECT COUNT(*) FROM wp_options WHERE option_value = 'mine'") == [(0,)]


def test_a_lost_session_in_the_middle_is_no_lost_page(clone: Clone) -> None:
    agent = numbered(40)
    kept = [0]
    killing = Lock()

    def lose(op: str, _arguments: dict[str, Any]) -> None:
        # One at a time: no thread kills what another has just killed.
        with killing:
            kept[0] += 1
            if op == "db.rows" and kept[0] % 5 == 0:
                for row in clone.rows("SHOW PROCESSLIST"):
                    if row[4] == b"Sleep" and row[0] != 0:
                        clone.run(f"KILL {row[0]}")

    agent.before = lose
    clone.copy(agent)
    assert many(clone) == expected(agent)


def test_rows_that_change_while_they_are_copied_are_read_again(clone: Clone) -> None:
    agent = numbered(40)
    table = agent.tables["wp_many"]

    def write(op: str, arguments: dict[str, Any]) -> None:
        if op == "db.rows" and arguments["table"] == "wp_many" and arguments["after"]:
            table.rows[0] = [table.rows[0][0], b"changed at %d" % len(agent.calls)]
            table.rows = [*table.rows[:3], *table.rows[4:]] if len(table.rows) > 30 else table.rows
            last = int(table.rows[-1][0] or 0)
            table.rows.append([b"%d" % (last + 1), b"new"])
        if op == "db.digest":
            agent.before = lambda _op, _arguments: None

    agent.before = write
    result = clone.copy(agent)["wp_many"]
    assert many(clone) == expected(agent)
    assert result.moved > 0
    assert not result.still_moving
    assert result.rows == len(table.rows)


def test_what_never_stands_still_is_told(clone: Clone) -> None:
    agent = numbered(12)
    table = agent.tables["wp_many"]

    def write(op: str, arguments: dict[str, Any]) -> None:
        if op == "db.digest" and arguments["table"] == "wp_many":
            table.rows[5] = [table.rows[5][0], b"changed at %d" % len(agent.calls)]

    agent.before = write
    result = clone.copy(agent)["wp_many"]
    assert result.still_moving
    rows = many(clone)
    assert [row for row in rows if row[0] != 35] == [row for row in expected(agent) if row[0] != 35]


def unique(rows: list[Row]) -> FakeTable:
    create = "CREATE TABLE `wp_unique` (`id` int NOT NULL, `u` varchar(20), PRIMARY KEY (`id`), UNIQUE KEY (`u`))"
    return FakeTable(rows, 1, [("id", "int"), ("u", "varchar(20)")], create)


def test_unique_values_that_change_places_are_not_lost(clone: Clone) -> None:
    agent = numbered(4, page=2)
    names = [b"a", b"b", b"c", b"d", b"e", b"f"]
    table = agent.tables["wp_unique"] = unique([[b"%d" % n, name] for n, name in enumerate(names)])

    def swap(op: str, arguments: dict[str, Any]) -> None:
        if op == "db.rows" and arguments["table"] == "wp_unique" and arguments["after"]:
            turned = names[len(agent.calls) % 6 :] + names[: len(agent.calls) % 6]
            table.rows = [[b"%d" % n, name] for n, name in enumerate(turned)]

    def settled(op: str, arguments: dict[str, Any]) -> None:
        if op == "db.digest":
            alive(agent)
        swap(op, arguments)

    agent.before = settled
    result = clone.copy(agent)["wp_unique"]
    assert clone.rows("SELECT id, u FROM wp_unique ORDER BY id") == [(int(i or 0), u) for i, u in table.rows]
    assert not result.still_moving


def test_values_that_only_the_clone_takes_for_equal_are_no_silent_loss(clone: Clone) -> None:
    agent = numbered(4)
    agent.tables["wp_unique"] = unique([[b"1", b"a"], [b"2", b"A"]])
    with pytest.raises(VerificationFailed) as failed:
        clone.copy(agent)
    assert "wp_unique" in failed.value.message


@pytest.mark.parametrize("moment", ["db.rows", "db.digest"])
def test_a_table_that_the_source_drops_meanwhile(clone: Clone, moment: str) -> None:
    agent = numbered(40)

    def drop(op: str, arguments: dict[str, Any]) -> None:
        if op == moment and arguments["table"] == "wp_many" and (arguments.get("after") or op == "db.digest"):
            agent.tables.pop("wp_many", None)

    agent.before = drop
    results = clone.copy(agent)
    assert results["wp_many"].vanished
    assert b"wp_many" not in {name for (name,) in clone.rows("SHOW TABLES")}
    assert not results["wp_posts"].vanished


def wide(values: list[bytes], key: str = "int", page: int = 2) -> FakeAgent:
    agent = site()
    agent.page = page
    name = b"%d" if key == "int" else b"row %d"
    rows: list[Row] = [[name % n, value, b"\xff" * n] for n, value in enumerate(values)]
    create = (
        f"CREATE TABLE `wp_wide` (`k` {key} NOT NULL PRIMARY KEY, `t` longtext, `b` longblob) DEFAULT CHARSET=utf8mb4"
    )
    agent.tables["wp_wide"] = FakeTable(rows, 1, [("k", key), ("t", "longtext"), ("b", "longblob")], create)
    return agent


@pytest.mark.parametrize("key", ["int", "varchar(20)"])
def test_values_that_are_too_long_for_a_page(clone: Clone, key: str) -> None:
    long = serialized(HOME.encode() + b"/" + b"a\t\\\n" * 700_000)
    agent = wide([b"short", long, long + b"x", b""], key)
    result = clone.copy(agent)["wp_wide"]
    new = serialized(CLONE_URL.encode() + b"/" + b"a\t\\\n" * 700_000)
    assert [row[0] for row in clone.rows("SELECT t FROM wp_wide ORDER BY k")] == [b"short", new, long + b"x", b""]
    assert (result.rows, result.rewritten.values) == (4, 1)
    assert any(op == "db.value" for op, _ in agent.calls)


def test_a_long_value_that_changes_while_it_is_fetched(clone: Clone) -> None:
    agent = wide([b"a" * 5_000_000])

    def change(op: str, arguments: dict[str, Any]) -> None:
        if op == "db.value" and arguments["offset"]:
            agent.tables["wp_wide"].rows[0] = [b"0", b"b" * 5_000_000, b""]

    agent.before = change
    clone.copy(agent)
    assert clone.rows("SELECT t = REPEAT('b', 5000000) FROM wp_wide") == [(1,)]


def test_a_row_that_the_clone_cannot_hold_is_refused_before_anything_is_made(clone: Clone) -> None:
    agent = wide([b"a" * 3_000_000])
    agent.tables["wp_wide"].size = 3_000_000
    side = clone.side(agent, max_allowed_packet=1_048_576)
    with pytest.raises(RowTooLarge) as refused:
        side.prepare()
    assert "wp_wide" in refused.value.message
    assert {name for (name,) in clone.rows("SHOW TABLES")} == {b"_migrator_progress", b"_migrator_report"}


def test_a_row_that_grew_too_large_meanwhile_is_refused(clone: Clone) -> None:
    with pytest.raises(RowTooLarge):
        clone.copy(wide([b"a" * 3_000_000]), max_allowed_packet=1_048_576)


def test_keys_of_several_columns_across_pages(clone: Clone) -> None:
    agent = site()
    agent.page = 3
    rows: list[Row] = [[b"%d" % a, b"%d" % b, b"%d" % c] for a in range(3) for b in (-1, 10, 9) for c in range(3)]
    rows.sort(key=lambda row: [int(part or 0) for part in row])
    types = [("a", "int"), ("b", "int"), ("c", "bigint")]
    create = "CREATE TABLE `wp_three` (`a` int, `b` int, `c` bigint, PRIMARY KEY (`a`, `b`, `c`))"
    table = agent.tables["wp_three"] = FakeTable(rows, 3, types, create)

    def write(op: str, arguments: dict[str, Any]) -> None:
        if op == "db.digest" and len(table.rows) == 27:
            table.rows = [row for row in rows if row[1] != b"9"] + [[b"7", b"7", b"7"]]

    agent.before = write
    clone.copy(agent)
    found = clone.rows("SELECT a, b, c FROM wp_three ORDER BY a, b, c")
    assert found == [tuple(int(part or 0) for part in row) for row in table.rows]


def test_rows_without_a_key(clone: Clone) -> None:
    agent = site()
    agent.page = 1  # at most 100 rows of a bucket at once
    rows: list[Row] = [[b"same", None]] * 5 + [[b"%d" % n, b"x"] for n in range(1_000)]
    create = "CREATE TABLE `wp_log` (`a` varchar(20), `b` varchar(20))"
    table = agent.tables["wp_log"] = FakeTable(rows, 0, [("a", "varchar(20)"), ("b", "varchar(20)")], create)
    moved = [False]

    def write(op: str, arguments: dict[str, Any]) -> None:
        if op == "db.digest" and not moved[0]:
            moved[0] = True
            table.rows = [*table.rows[1:], [b"late", None]]

    agent.before = write
    result = clone.copy(agent)["wp_log"]
    assert clone.rows("SELECT COUNT(*), COUNT(DISTINCT a), SUM(a = 'same') + 0e0 FROM wp_log") == [(1_005, 1_002, 4.0)]
    assert result.rows == 1_005
    assert result.moved == 1_005


def test_an_engine_without_transactions(clone: Clone) -> None:
    agent = numbered(12, size=16_384)
    table = agent.tables["wp_many"]
    table.create = table.create.replace("InnoDB", "MyISAM")
    kill_at(agent, 2, "db.rows")
    with pytest.raises(Killed):
        clone.copy(agent, workers=1)
    alive(agent)
    table.rows[3] = [table.rows[3][0], b"changed"]
    clone.copy(agent)
    assert many(clone) == expected(agent)


def test_a_latin1_table_that_holds_utf8(clone: Clone) -> None:
    """WordPress reads and writes such a site through a latin1 connection, and so do we: the bytes stay."""
    agent = numbered(3)
    agent.hello["wordpress"]["charset"] = "latin1"
    create = (
        "CREATE TABLE `wp_old` (`id` int PRIMARY KEY, `l` text, `u` text CHARACTER SET utf8mb4) DEFAULT CHARSET=latin1"
    )
    rows: list[Row] = [[b"0", "ä".encode(), b"\xe4"], [b"1", None, HOME.encode()]]
    agent.tables["wp_old"] = FakeTable(
        rows, 1, [("id", "int"), ("l", "text"), ("u", "text")], create, "latin1_swedish_ci"
    )
    for local_infile in (True, False):
        clone.copy(agent, local_infile=local_infile)
        assert clone.rows("SELECT id, HEX(l), u FROM wp_old ORDER BY id") == [
            (0, b"C3A4", "ä".encode()),
            (1, None, CLONE_URL.encode()),
        ]
        clone.run("DROP TABLE wp_old")


def test_a_charset_whose_characters_may_end_in_a_backslash(clone: Clone) -> None:
    agent = numbered(3)
    agent.hello["wordpress"]["charset"] = "gbk"
    create = "CREATE TABLE `wp_gbk` (`id` int PRIMARY KEY, `t` text, `b` blob) DEFAULT CHARSET=gbk"
    rows: list[Row] = [[b"0", b"\x81\\'\t", b"\x81\\'\n"], [b"1", None, None]]
    agent.tables["wp_gbk"] = FakeTable(rows, 1, [("id", "int"), ("t", "text"), ("b", "blob")], create, "gbk_chinese_ci")
    clone.copy(agent)
    assert clone.rows("SELECT HEX(t), HEX(b) FROM wp_gbk ORDER BY id") == [(b"815C2709", b"815C270A"), (None, None)]


def test_both_ways_of_loading_store_the_same(clone: Clone) -> None:
    digests = []
    for local_infile in (True, False):
        agent = numbered(9)
        results = clone.copy(agent, local_infile=local_infile)
        tables = [name for name, table in agent.tables.items() if table.columns]
        checksums = clone.rows("CHECKSUM TABLE " + ", ".join(tables))
        digests.append((checksums, {name: results[name].digest for name in tables}))
        clone.run("DROP TABLE _migrator_tables")
    assert digests[0] == digests[1]
    assert clone.rows("SELECT id, twice FROM wp_kinds ORDER BY id") == [(0, 0), (1, 2)]
    assert clone.rows("SELECT CAST(post_date AS CHAR) FROM wp_posts LIMIT 1") == [(b"0000-00-00 00:00:00",)]


def test_generated_columns_of_both_kinds(clone: Clone) -> None:
    agent = site()
    create = (
        "CREATE TABLE `wp_generated` (`id` int PRIMARY KEY, `v` int GENERATED ALWAYS AS (`id` + 1) VIRTUAL,"
        " `a` varchar(9), `s` varchar(20) GENERATED ALWAYS AS (CONCAT(`a`, '!')) STORED, KEY (`v`))"
    )
    types = [("id", "int"), ("v", "int GENERATED"), ("a", "varchar(9)"), ("s", "varchar(20) GENERATED")]
    agent.tables["wp_generated"] = FakeTable([[b"0", b"x"], [b"1", None]], 1, types, create)
    clone.copy(agent)
    assert clone.rows("SELECT id, v, a, s FROM wp_generated ORDER BY id") == [(0, 1, b"x", b"x!"), (1, 2, None, None)]


def test_a_finished_clone_can_be_compared_at_any_later_time(clone: Clone) -> None:
    agent = numbered(9)
    side = clone.side(agent)
    side.prepare()
    run_lanes(*side.lanes())
    assert side.settle() == [{"table": "wp_options", "column": "option_value", "rows": 1}]
    clone.run("UPDATE wp_options SET option_value = 'mine' WHERE option_id = 1")
    side.record_final({"wp_options"})
    count = len(side.results)
    assert compare_tables(clone.database, workers=2) == (count, [])
    clone.run("DELETE FROM wp_posts WHERE ID = 0")
    clone.run("DROP TABLE wp_case")
    assert compare_tables(clone.database, workers=2) == (
        count,
        [TableDifference("wp_case", 3, None), TableDifference("wp_posts", 10, 9)],
    )
