"""A copy is the site: every pitfall, on every pair of servers, held against what the tests themselves know."""

import json
from collections.abc import Callable

import pytest

from tests.engine.harness import Bench, check_copy
from tests.engine.servers import Server
from tests.engine.sites import Site

pytestmark = pytest.mark.engine
MOST_MEMORY = 256  # MiB resident, whatever is copied
TRIGGERS = "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE()"
Pair = Callable[[Bench], tuple[Site, Server]]
PAIRS: dict[str, Pair] = {
    "mysql-to-mysql": lambda bench: (bench.mysql_site, bench.target),
    "mariadb-to-mysql": lambda bench: (bench.mariadb_site, bench.target),
    "mysql-to-mariadb": lambda bench: (bench.mysql_site, bench.mariadb),
    "latin1-to-mysql": lambda bench: (bench.old_site, bench.target),
}


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS.keys())
def test_a_copy_is_the_site(bench: Bench, pair: Pair) -> None:
    site, server = pair(bench)
    with bench.clone(server) as clone:
        outcome = bench.copy(site, clone)
        assert outcome.status == 0, outcome.text
        check_copy(site, clone)


def test_a_target_that_takes_no_files_of_clients_is_filled_by_statements(bench: Bench) -> None:
    site, target = bench.mysql_site, bench.target
    target.run("SET GLOBAL local_infile = OFF")
    try:
        with bench.clone(target) as clone:
            outcome = bench.copy(site, clone)
            assert outcome.status == 0, outcome.text
            check_copy(site, clone)
    finally:
        target.run("SET GLOBAL local_infile = ON")


def test_the_report_names_what_was_not_copied(bench: Bench) -> None:
    with bench.clone(bench.target) as clone:
        assert bench.copy(bench.mysql_site, clone).status == 0
        report = json.dumps(clone.report())
        assert (
            clone.rows("SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE()") == []
        )
        for name in ("wp_lower", "1419", "wp_routine", "unreadable.txt", "passwd.txt", "uploads/loop"):
            assert name in report, name


def test_a_trigger_is_made_after_the_rows_where_the_server_allows_it(bench: Bench) -> None:
    with bench.clone(bench.mariadb) as clone:
        assert bench.copy(bench.mysql_site, clone).status == 0
        assert clone.rows(TRIGGERS) == [(b"wp_lower",)]
        assert clone.rows("SELECT k FROM wp_case WHERE k = 'A' COLLATE utf8mb4_bin") == [(b"A",)]


def test_a_row_of_20_mb_takes_no_more_memory_than_there_is(bench: Bench) -> None:
    with bench.clone(bench.target) as clone:
        outcome = bench.copy(bench.mysql_site, clone)
        assert outcome.status == 0, outcome.text
        assert outcome.peak_mb <= MOST_MEMORY
