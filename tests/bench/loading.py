"""How fast rows get into MySQL: LOAD DATA LOCAL and multi-row INSERT, several ranges at once, keys first or last.

    python -m tests.bench.loading [--rows N] [--write-docs]

Starts a server of its own. The rows are those of WordPress's largest kind of table (post meta) with its two keys.
"""

import argparse
import secrets
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import stamina

from api.database.connect import DatabaseServer
from api.database.provision import Databases
from api.domain.errors import DatabaseUnavailable
from migrator.ddl import adapt_table, additions, without_secondary_keys
from migrator.loads import Loader
from migrator.local.database import Account, Database
from migrator.local.digest import cloned_columns
from migrator.schema import Target, read_target
from migrator.site import Table
from migrator.workers import Lane, run_lanes
from tests.database.server import HOST_NAME, running_server
from tests.unit.migrator.sites import table

DOCS = Path(__file__).parents[2] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- loading -->", "<!-- /loading -->"
CREATE = """CREATE TABLE `wp_postmeta` (`meta_id` bigint unsigned NOT NULL AUTO_INCREMENT,
  `post_id` bigint unsigned NOT NULL DEFAULT '0', `meta_key` varchar(255) DEFAULT NULL, `meta_value` longtext,
  PRIMARY KEY (`meta_id`), KEY `post_id` (`post_id`), KEY `meta_key` (`meta_key`(191)))
  ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci"""
PAGE_ROWS = 12_000  # about 4 MB, as the engine's pages


def main() -> None:
    """Measure, print, and write what was asked for."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=240_000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--write-docs", action="store_true")
    chosen = options.parse_args()
    with server_database() as database:
        lines = table_of(chosen.rows, measured(database, chosen.rows, chosen.runs))
    print("\n".join(lines))
    if chosen.write_docs:
        write_docs(lines)


@contextmanager
def server_database() -> Iterator[Database]:
    """A database on a server that was just started."""
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder)) as found:
        server = DatabaseServer(HOST_NAME, found.port, "clone_admin", found.password_file, found.ca_file, "127.0.0.1")
        for attempt in stamina.retry_context(on=DatabaseUnavailable, attempts=None, timeout=120, wait_max=0.5):
            with attempt, server.session() as session:
                session.execute("SELECT 1")
        password = secrets.token_hex(8)
        Databases(server, cluster="bench", namespace="bench").create("clone-bench", password)
        account = "wp_clone_bench"
        yield Database(Account(HOST_NAME, found.port, account, account, password, str(found.ca_file), "127.0.0.1"))


def described() -> Table:
    """The table as a source describes it."""
    columns = [("meta_id", "bigint unsigned"), ("post_id", "bigint unsigned"), ("meta_key", "varchar(255)")]
    return table("wp_postmeta", [*columns, ("meta_value", "longtext")], ["meta_id"], CREATE)


def pages(rows: int, ranges: int) -> list[list[bytes]]:
    """The pages of each range."""
    width = -(-rows // ranges)
    bounds = [(first, min(first + width, rows)) for first in range(0, rows, width)]
    return [[lines(at, min(at + PAGE_ROWS, end)) for at in range(first, end, PAGE_ROWS)] for first, end in bounds]


def lines(first: int, end: int) -> bytes:
    """Rows as they travel, about 330 bytes each."""
    value = b'a:1:{s:5:"width";s:240:"' + b"0123456789abcdef" * 15 + b'";}'
    return b"".join(b"%d\t%d\t_meta_%d\t%b %d\n" % (n + 1, n // 4, n % 40, value, n) for n in range(first, end))


def measured(database: Database, rows: int, runs: int) -> dict[tuple[str, int, str], float]:
    """Median seconds by way, number of ranges, and when keys are made."""
    connection = database.connect()
    target = read_target(connection)
    connection.close()
    found = {}
    for local_infile in (True, False):
        for ranges in (1, 2, 4):
            for later in (False, True):
                key = ("LOAD DATA" if local_infile else "INSERT", ranges, "last" if later else "first")
                there = replace(target, local_infile=local_infile)
                seconds = [once(database, there, pages(rows, ranges), later=later) for _ in range(runs)]
                found[key] = statistics.median(seconds)
    return found


def once(database: Database, target: Target, ranges: list[list[bytes]], *, later: bool) -> float:
    """Make the table, load the pages of each range on a session of its own, add keys; in seconds."""
    of = described()
    statement = adapt_table(of, target.dialect).statement
    cut = without_secondary_keys(statement, of.name)
    connection = database.connect()
    connection.run("DROP TABLE IF EXISTS `wp_postmeta`", "a benchmark")
    started = time.perf_counter()
    connection.run((cut.statement if later else statement).encode("latin-1"), "a benchmark")
    columns = cloned_columns(connection, of.name)

    def load(part: list[bytes]) -> None:
        session = database.connect(loading=target.local_infile)
        for page in part:
            Loader(of, columns, "utf8mb4", target, []).write(session, page)
            session.commit()
        session.close()

    run_lanes(Lane("load", ranges, load, threads=len(ranges)))
    for addition in additions(of.name, cut.keys) if later else ():
        connection.run(addition.encode("latin-1"), "a benchmark")
    connection.close()
    return time.perf_counter() - started


def table_of(rows: int, found: dict[tuple[str, int, str], float]) -> list[str]:
    """The result as a Markdown table."""
    head = f"{rows:,} rows of post meta into MySQL, median seconds; ranges are loaded at once, each on its own session."
    result = [head, "", "| way | ranges | keys first | keys last |", "|---|---|---|---|"]
    for way in ("LOAD DATA", "INSERT"):
        for ranges in (1, 2, 4):
            first, last = found[way, ranges, "first"], found[way, ranges, "last"]
            result.append(f"| {way} | {ranges} | {first:.1f} | {last:.1f} |")
    return result


def write_docs(result: list[str]) -> None:
    """Replace the block in docs/benchmarks.md."""
    before, _, rest = DOCS.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    DOCS.write_text("\n".join([before + BEGIN, *result, END]) + after, encoding="utf-8")


if __name__ == "__main__":
    main()
