"""Hosts at their limits: full, read-only, with a wrong clock, with little for PHP; rows of any size."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local import packages
from tests.engine.bad_days import LosesATenth
from tests.engine.content import Table
from tests.engine.harness import Bench, check_copy
from tests.engine.process import Clone, Outcome
from tests.engine.side import Side
from tests.engine.sites import Plan, Site, everything, old

pytestmark = pytest.mark.engine
#: A data directory with room for the server's own tables and little else.
SMALL_DISK = ("--tmpfs=/var/lib/mysql:uid=10001,gid=10001,size=125m",)
SMALL_SETTINGS = ("skip_log_bin", "innodb_redo_log_capacity = 8M", "innodb_doublewrite = OFF")
#: The engine as root without root's way around permissions.
UNPRIVILEGED = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all")


def nothing_is_visible(clone: Clone, outcome: Outcome) -> None:
    """Fail where a visitor could see a copy that failed."""
    assert not (clone.root / "wp-config.php").exists()
    state, _, code = clone.progress()
    assert (state, code) == ("failed", outcome.code)


@contextmanager
def small_volume(folder: Path) -> Iterator[None]:
    """A file system of 40 MB in a folder that is not there yet."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_full_disk_is_noticed_before_anything_is_written(bench: Bench) -> None:
    with bench.clone(bench.target) as clone, small_volume(clone.root):
        outcome = bench.copy(bench.mysql_site, clone)
        assert (outcome.status, outcome.code) == (33, "VOLUME_FULL"), outcome.text
        nothing_is_visible(clone, outcome)
        assert not (clone.root / "index.php").exists()


def test_a_full_database_ends_the_run(bench: Bench) -> None:
    server = bench.server("mysql", "small", SMALL_SETTINGS, SMALL_DISK)
    with bench.clone(server) as clone:
        outcome = bench.copy(bench.mysql_site, clone)
        assert (outcome.status, outcome.code) == (31, "DATABASE_FULL"), outcome.text
        nothing_is_visible(clone, outcome)


def test_a_folder_that_may_not_be_written_ends_the_run(bench: Bench) -> None:
    site = bench.mysql_site
    with bench.clone(bench.target) as clone:
        clone.root.mkdir(mode=0o555)
        outcome = clone.start(site.home, site.new_key(), bench.proxy.url, wrapper=UNPRIVILEGED).wait()
        assert (outcome.status, outcome.code) == (34, "VOLUME_REFUSED"), outcome.text
        nothing_is_visible(clone, outcome)


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_clock_that_is_wrong_by_ten_minutes_does_not_matter(bench: Bench, minutes: int) -> None:
    packages.ensure(("faketime",))
    site = bench.old_site
    with bench.clone(bench.target) as clone:
        wrapper = ("faketime", "-f", f"{minutes:+}m")
        outcome = clone.start(site.home, site.new_key(), bench.proxy.url, wrapper=wrapper).wait()
        assert outcome.status == 0, outcome.text
        check_copy(site, clone)


def test_a_host_that_gives_little_and_loses_a_tenth_of_all_calls_is_copied(bench: Bench) -> None:
    site, host = bench.site(everything("limited", "mysql"), bench.source), LosesATenth()
    with bench.clone(bench.target) as clone:
        bench.proxy.answering = host
        outcome = bench.copy(site, clone)
        assert outcome.status == 0, outcome.text
        check_copy(site, clone)
        assert len(host.lost) == 4, f"of every kind some: {host.lost}"


def test_a_row_that_the_target_cannot_take_is_refused_before_anything_is_made(bench: Bench) -> None:
    site = huge_row(bench)
    with bench.clone(bench.target) as clone:
        outcome = bench.copy(site, clone)
        assert (outcome.status, outcome.code) == (32, "ROW_TOO_LARGE"), outcome.text
        nothing_is_visible(clone, outcome)
        assert Side(clone.server, clone.account.database, "utf8mb4").tables() == set()
        assert not (clone.root / "index.php").exists()


def huge_row(bench: Bench) -> Site:
    """A site with a row of 200 MB; its server took it while it was allowed larger ones."""
    create = "CREATE TABLE wp_huge (id int NOT NULL, v longtext, PRIMARY KEY (id)) CHARSET=utf8mb4"
    plan = Plan("huge", "utf8mb4", [*old("huge").tables, Table("wp_huge", ("id", "v"), lambda _: [], create)])
    site = bench.site(plan, bench.source)
    bench.source.run("SET GLOBAL max_allowed_packet = 536870912")
    try:
        insert = "INSERT INTO wp_huge VALUES (1, REPEAT('x', 200000000))"
        bench.source.run(insert, database=site.account.database)
    finally:
        bench.source.run("SET GLOBAL max_allowed_packet = 67108864")
    return site
