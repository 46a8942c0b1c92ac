"""The engine's whole run against a real MySQL: what a clone is afterwards, and that it can be killed anywhere."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from migrator.errors import (
    DatabaseRefused,
    DatabaseUnavailable,
    FailedEarlier,
    KeyRefused,
    MigrationError,
    SourceUnreachable,
    VerificationFailed,
    VolumeLost,
)
from migrator.finalise.phpass import check_password
from migrator.local.database import Database
from tests.database.clone import API_KEY, CLONE_URL, PASSWORD, Clone
from tests.database.wordpress_site import serialized, site
from tests.unit.migrator.fake_agent import HOME, KEY, FakeAgent, File

pytestmark = pytest.mark.database


class Killed(BaseException):
    """The engine's process is gone: nothing of ours catches this."""


def expected_files(agent: FakeAgent) -> dict[bytes, bytes]:
    files = {path: file.data for path, file in agent.files["core"].items()}
    files |= {b"wp-content/" + path: file.data for path, file in agent.files["content"].items()}
    files[b"wp-content/set-aside-by-clone/object-cache.php"] = files.pop(b"wp-content/object-cache.php")
    return files


def check(clone: Clone, agent: FakeAgent) -> None:
    """What a finished clone is."""
    files = clone.files()
    config = files.pop(b"wp-config.php").decode()
    assert files == expected_files(agent)
    assert f"define( 'WP_HOME', '{CLONE_URL}' );" in config
    assert "define( 'DB_COLLATE', 'utf8mb4_0900_ai_ci' );" in config
    assert clone.option("siteurl") == clone.option("home") == CLONE_URL.encode()
    assert clone.option("blog_public") == b"0"
    assert clone.option("upload_path") == b""
    assert clone.option("active_plugins") == b'a:1:{i:0;s:9:"hello.php";}'
    assert clone.option("custom_migrator_next_check") is None
    assert clone.option("widget_text") == serialized(f"{CLONE_URL}/a".encode())
    assert clone.option("cut_off") == serialized(HOME.encode())[:-3]
    posts = clone.rows("SELECT ID, CAST(post_date AS CHAR), post_content, guid FROM wp_posts ORDER BY ID")
    assert posts == [
        (n, b"0000-00-00 00:00:00", f'<a href="{CLONE_URL}/{n}">it\'s \\ 🌱</a>'.encode(), f"{HOME}/?p={n}".encode())
        for n in range(10)
    ]
    state = clone.state()
    assert state is not None
    assert (state.state, state.step, state.percent) == ("done", "done", 100)
    assert agent.revoked


def test_a_copy_is_the_site(clone: Clone) -> None:
    agent = site()
    clone.start(agent)
    check(clone, agent)
    assert len(agent.calls) >= 28  # as many places to be killed at are tried below
    assert clone.rows("SELECT a, COUNT(*) FROM wp_no_key GROUP BY a ORDER BY a") == [(None, 1), (b"same", 6)]
    assert clone.rows("SELECT k FROM wp_case ORDER BY k COLLATE utf8mb4_bin") == [(b"A",), (b"a",), ("ä".encode(),)]
    assert clone.rows("SELECT k FROM wp_a_view ORDER BY k COLLATE utf8mb4_bin") == [(b"A",), (b"a",), ("ä".encode(),)]
    (first, second) = clone.rows(
        "SELECT id, HEX(bits), data, JSON_UNQUOTE(json->'$.u'), choice, small + 0e0, twice, text"
        " FROM wp_kinds ORDER BY id"
    )
    everything = bytes(range(256)) + b"\\'" + HOME.encode()
    assert first == (0, b"201", everything, f"{CLONE_URL}/a".encode(), b"", 16777216.0, 0, b"")
    assert second == (1, None, None, None, None, None, 2, b"x")


def test_a_clone_has_its_own_login_and_nobody_elses_sessions(clone: Clone) -> None:
    clone.start(site())
    state = clone.state()
    assert state is not None
    ((login, hashed, activation),) = clone.rows(
        "SELECT user_login, user_pass, user_activation_key FROM wp_users ORDER BY ID DESC LIMIT 1"
    )
    assert login.decode() == state.admin_user
    assert login.startswith(b"admin-")  # the site has an `admin`
    assert check_password(PASSWORD, hashed.decode())
    assert activation == b""
    assert clone.rows("SELECT DISTINCT user_activation_key FROM wp_users") == [(b"",)]
    keys = {key for (key,) in clone.rows("SELECT meta_key FROM wp_usermeta")}
    assert keys == {b"wp_capabilities", b"wp_user_level", b"nickname", None}
    ((key_id, scope, purpose, expires),) = clone.rows(
        "SELECT id, scope, purpose, expires_at FROM wp_custom_migrator_keys"
    )
    assert (key_id, scope, purpose, expires) == (API_KEY[3:19].encode(), b"read", b"standing", None)


def test_the_report_says_what_was_not_copied_as_it_is(clone: Clone) -> None:
    clone.start(site())
    report = clone.report()
    tables = {table["name"]: table for table in report["tables"]}
    assert tables["wp_kinds"]["binary_values_with_source_url"] == 1
    assert tables["wp_kinds"]["warnings"][0]["code"] == 1265  # ENUM's empty value
    assert "type" not in " ".join(tables["wp_kinds"]["definition_changes"])
    assert tables["wp_options"]["values_unparsed"] == 1
    assert report["verify"]["leftovers"] == [{"table": "wp_options", "column": "option_value", "rows": 1}]
    assert report["verify"]["files"] == 7
    assert report["verify"]["tables"] == len(tables)
    assert report["schema_objects"]["views_refused"] == [{"name": "wp_c_view", "reason": "MySQL error 1146"}]
    assert report["schema_objects"]["triggers_refused"] == [{"name": "wp_lower", "reason": "MySQL error 1419"}]
    assert report["finalise"]["drop_ins_set_aside"] == ["object-cache.php"]
    assert KEY not in json.dumps(report)


def test_a_finished_clone_is_not_touched_again(clone: Clone) -> None:
    agent = site()
    clone.start(agent)
    clone.change("UPDATE wp_options SET option_value = 'mine' WHERE option_name = 'blog_public'")
    calls = len(agent.calls)
    clone.start(agent)
    assert len(agent.calls) == calls


def test_a_finished_clone_without_its_files_is_lost(clone: Clone) -> None:
    agent = site()
    clone.start(agent)
    (clone.root / "wp-config.php").unlink()
    with pytest.raises(VolumeLost):
        clone.start(agent)
    with pytest.raises(FailedEarlier) as again:
        clone.start(agent)
    assert again.value.code == "VOLUME_LOST"


@pytest.mark.parametrize("call", range(1, 28, 3))
def test_a_run_that_is_killed_at_any_call_is_completed_by_the_next(clone: Clone, call: int) -> None:
    agent = site()
    agent.before = kill_at(agent, call)
    with pytest.raises(Killed):
        clone.start(agent)
    agent.before = lambda _op, _arguments: None
    clone.start(agent)
    check(clone, agent)


def kill_at(agent: FakeAgent, call: int) -> Callable[[str, dict[str, Any]], None]:
    def before(_op: str, _arguments: dict[str, Any]) -> None:
        if len(agent.calls) >= call:
            raise Killed

    return before


@pytest.mark.parametrize("op", ["db.digest", "key.revoke"])
def test_a_run_that_is_killed_when_the_copy_is_there_is_completed_by_the_next(clone: Clone, op: str) -> None:
    agent = site()

    def before(name: str, _arguments: dict[str, Any]) -> None:
        if name == op:
            raise Killed

    agent.before = before
    with pytest.raises(Killed):
        clone.start(agent)
    agent.before = lambda _op, _arguments: None
    rows = [op for op, _ in agent.calls].count("db.rows")
    clone.start(agent)
    check(clone, agent)
    assert [op for op, _ in agent.calls].count("db.rows") == rows


def test_a_key_that_was_given_back_before_the_kill_does_not_fail_the_clone(clone: Clone) -> None:
    agent = site()

    def answer_and_die(op: str, response: Any) -> Any:
        if op == "key.revoke":
            raise Killed
        return response

    agent.spoil = answer_and_die
    with pytest.raises(Killed):
        clone.start(agent)
    agent.spoil = lambda _op, response: response
    clone.start(agent)
    check(clone, agent)


def test_a_refused_key_is_recorded_and_the_source_left_alone(clone: Clone) -> None:
    agent = site()
    agent.revoked = True
    with pytest.raises(KeyRefused):
        clone.start(agent)
    state = clone.state()
    assert state is not None
    assert (state.state, state.step, state.code) == ("failed", "plan", "SOURCE_KEY_REFUSED")
    agent.revoked = False
    with pytest.raises(FailedEarlier) as again:
        clone.start(agent)
    assert again.value.code == "SOURCE_KEY_REFUSED"
    assert agent.calls == []


def test_a_source_that_cannot_be_copied_gets_its_key_back(clone: Clone) -> None:
    agent = site()
    agent.hello["wordpress"]["multisite"] = True
    with pytest.raises(MigrationError) as refused:
        clone.start(agent)
    assert refused.value.code == "MULTISITE_UNSUPPORTED"
    assert agent.revoked


def test_a_key_that_the_owner_made_to_stand_is_never_revoked(clone: Clone) -> None:
    agent = site()
    agent.hello["key"] = {"purpose": "standing", "expires_at": None}
    clone.start(agent)
    assert not agent.revoked
    state = clone.state()
    assert state is not None
    assert state.state == "done"


def test_a_source_that_does_not_answer_is_tried_again_later(clone: Clone) -> None:
    agent = site()
    agent.spoil = lambda op, response: httpx.Response(503) if op == "db.rows" else response
    with pytest.raises(SourceUnreachable):
        clone.start(agent)
    state = clone.state()
    assert state is not None
    assert state.state == "running"
    assert "503" in state.message
    agent.spoil = lambda _op, response: response
    clone.start(agent)
    check(clone, agent)


def test_files_that_changed_meanwhile_are_fetched_again_and_those_that_are_gone_removed(clone: Clone) -> None:
    agent = site()

    def change(op: str, _arguments: dict[str, Any]) -> None:
        if op == "db.rows":
            agent.files["content"][b"uploads/new.jpg"] = File(b"new", mtime=1_700_000_009)
            agent.files["core"][b"index.php"] = File(b"<?php // changed", mtime=1_700_000_009)

    agent.before = change
    clone.start(agent)
    check(clone, agent)


def test_rows_that_do_not_arrive_are_noticed(clone: Clone) -> None:
    agent = site()
    table = agent.tables["wp_no_key"]
    table.create = table.create.replace("DEFAULT NULL", "NOT NULL, UNIQUE KEY (`a`)")
    with pytest.raises((DatabaseRefused, VerificationFailed)):
        clone.start(agent)
    state = clone.state()
    assert state is not None
    assert "wp_no_key" in state.message
    assert "same" not in state.message


def test_a_database_that_is_not_ours_is_left_alone(clone: Clone) -> None:
    clone.change("CREATE TABLE letters (a INT)")
    with pytest.raises(DatabaseRefused) as refused:
        clone.start(site())
    assert refused.value.code == "DATABASE_NOT_EMPTY"
    assert clone.rows("SHOW TABLES") == [(b"letters",)]


def test_an_empty_site_is_its_configuration_and_nothing_else(clone: Clone) -> None:
    agent = site()
    clone.start(agent, source_url="")
    assert list(clone.files()) == [b"wp-config.php"]
    state = clone.state()
    assert state is not None
    assert (state.state, state.step, state.admin_user) == ("done", "done", "admin")
    assert agent.calls == []
    clone.start(agent, source_url="")


def test_a_server_that_cannot_prove_who_it_is_gets_no_password(clone: Clone) -> None:
    for stranger in (replace(clone.account, ca_file=""), replace(clone.account, host="other.test")):
        with pytest.raises(DatabaseUnavailable):
            Database(stranger).connect()
