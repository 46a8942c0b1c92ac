"""The clone's database as a whole: is it ours, what does its server take, and views and triggers after the tables.

What no run of ours put there, or an earlier run for another source, is removed before tables are copied. Only from a
database that was empty, or that carries our progress table, anything is ever removed.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial

from migrator.ddl import Collations, Dialect, adapt_view, require_trigger_body
from migrator.errors import DatabaseRefused, SourceDataInvalid
from migrator.ledger import PAGES_TABLE, TABLES_TABLE
from migrator.local.database import Connection, identifier, text_of
from migrator.site import Table, Trigger

PROGRESS_TABLE = "_migrator_progress"
REPORT_TABLE = "_migrator_report"
OWN_TABLES = {PROGRESS_TABLE, REPORT_TABLE, TABLES_TABLE, PAGES_TABLE, "_migrator_files"}


@dataclass(frozen=True)
class Target:
    """What the target's server is and takes; `max_allowed_packet` in bytes. local_infile: It reads lines from us."""

    version: str
    dialect: Dialect
    max_allowed_packet: int
    local_infile: bool = False


def table_names(connection: Connection) -> dict[str, str]:
    """Names of all tables and views with their kind (`BASE TABLE`, `VIEW`)."""
    rows = connection.rows("SHOW FULL TABLES", "listing its tables")
    return {text_of(name): text_of(kind) for name, kind in rows}


def require_ours(connection: Connection) -> None:
    """Raise DatabaseRefused if the database holds tables that no run of ours put there."""
    names = table_names(connection)
    if names and PROGRESS_TABLE not in names:
        raise DatabaseRefused("The clone's database is not empty and was not filled by us.", code="DATABASE_NOT_EMPTY")


def remove_others(connection: Connection, keep: Collection[str]) -> None:
    """Drop all views and triggers, and every table but the given ones and our own."""
    for name, *_ in connection.rows("SHOW TRIGGERS", "listing its triggers"):
        connection.run(f"DROP TRIGGER IF EXISTS {identifier(text_of(name))}", "removing triggers of an earlier run")
    for name, kind in table_names(connection).items():
        if kind.endswith("VIEW"):
            connection.run(f"DROP VIEW IF EXISTS {identifier(name)}", f"removing {name} of an earlier run")
        elif name not in OWN_TABLES and name not in keep:
            connection.run(f"DROP TABLE IF EXISTS {identifier(name)}", f"removing {name} of an earlier run")


def read_target(connection: Connection) -> Target:
    """Ask the server what it takes."""
    query = "SELECT VERSION(), @@max_allowed_packet, @@local_infile"
    ((version, packet, local_infile),) = connection.rows(query, "telling its version")
    collations = {text_of(row[0]) for row in connection.rows("SHOW COLLATION", "listing its collations")}
    # MariaDB lists these once for all of Unicode's charsets; definitions name them with the charset in front.
    collations |= {f"utf8mb{n}_{name}" for name in collations if name.startswith("uca1400_") for n in (3, 4)}
    charsets = {text_of(row[0]) for row in connection.rows("SHOW CHARACTER SET", "listing its charsets")}
    engines = connection.rows("SHOW ENGINES", "listing its engines")
    usable = {text_of(row[0]).upper() for row in engines if text_of(row[1]) in ("YES", "DEFAULT")}
    mariadb = "mariadb" in text_of(version).lower()
    dialect = Dialect(mariadb, Collations(collations, charsets), usable)
    return Target(text_of(version), dialect, int(packet), bool(int(local_infile)))


def create_views(connection: Connection, views: Sequence[Table]) -> list[tuple[str, str]]:
    """Create views, in whatever order they depend on each other; returns those that failed, with reasons."""
    waiting, failed = list(views), list[tuple[str, str]]()
    while waiting:
        failed = []
        left = [view for view in waiting if not _try(connection, partial(adapt_view, view), view.name, failed)]
        if len(left) == len(waiting):
            return failed
        waiting = left
    return []


def create_triggers(
    connection: Connection, triggers: Sequence[Trigger], tables: Collection[str]
) -> list[tuple[str, str]]:
    """Create the triggers of the given tables; returns those that failed, with reasons.

    1419: MySQL with binary log wants more rights.
    """
    failed: list[tuple[str, str]] = []
    for trigger in triggers:
        if trigger.table in tables:
            _try(connection, partial(_trigger, trigger), trigger.name, failed)
        else:
            failed.append((trigger.name, "its table is not copied"))
    return failed


def _trigger(trigger: Trigger) -> str:
    body = trigger.statement.decode("latin-1")
    require_trigger_body(body, trigger.name)
    head = f"CREATE TRIGGER {identifier(trigger.name)} {trigger.timing} {trigger.event}"
    head += f" ON {identifier(trigger.table)} FOR EACH ROW "
    return head.encode().decode("latin-1") + body


def _try(connection: Connection, statement: Callable[[], str], name: str, failed: list[tuple[str, str]]) -> bool:
    try:
        connection.run(statement().encode("latin-1"), f"creating {name}")
    except SourceDataInvalid as refusal:
        failed.append((name, refusal.message))
        return False
    except DatabaseRefused as refusal:
        failed.append((name, f"MySQL error {refusal.number}"))
        return False
    return True
