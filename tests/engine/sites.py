"""A WordPress site to copy, on a real server, made anew for a run of tests, and what a copy of it must hold."""

import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pymysql.connections import Connection

from tests.engine.content import Row, Table, Value, core_tables
from tests.engine.pitfalls import ROUTINE, TRIGGER, VIEWS, pitfall_tables
from tests.engine.process import CLONE_URL
from tests.engine.rendering import Address
from tests.engine.servers import Server
from tests.engine.site_files import FileState, SiteFiles
from tests.engine.web import DOMAIN, Web

#: In what a copy must hold this stands for its folder, which each test has of its own.
ANY_ROOT = "/the/folder/of/the/copy"
_SCHEMA = Path(__file__).with_name("wordpress.sql")
_BATCH = 4_000_000  # bytes of one INSERT, at least
_CONFIGURATION = """<?php
define( 'DB_NAME', '{account.database}' );
define( 'DB_USER', '{account.user}' );
define( 'DB_PASSWORD', '{account.password}' );
define( 'DB_HOST', '{host}' );
define( 'DB_CHARSET', '{charset}' );
define( 'DB_COLLATE', '' );
define( 'WP_POST_REVISIONS', 5 );
$table_prefix = 'wp_';
if ( ! defined( 'ABSPATH' ) ) {{
	define( 'ABSPATH', __DIR__ . '/' );
}}
require_once ABSPATH . 'wp-settings.php';
"""


@dataclass(frozen=True)
class Plan:
    """What a site is made of.

    Args:
        name: First label of its host name.
        charset: DB_CHARSET, and that of WordPress's own tables.
        tables: Its tables.
        extra: More files.
        objects: Views, triggers, routines.
    """

    name: str
    charset: str
    tables: Sequence[Table]
    extra: Mapping[bytes, bytes] = field(default_factory=dict)
    objects: Sequence[str] = ()

    @property
    def options(self) -> str:
        """Charset and collation of WordPress's own tables."""
        collation = {"utf8mb4": "utf8mb4_unicode_520_ci", "latin1": "latin1_swedish_ci"}[self.charset]
        return f"DEFAULT CHARACTER SET {self.charset} COLLATE {collation}"


def everything(name: str, kind: str, *, posts: int = 300, bulk: int = 2_000, largest: int = 20_000_000) -> Plan:
    """A site with every pitfall in it."""
    tables = [*core_tables(posts), *pitfall_tables(kind, bulk=bulk, largest=largest)]
    return Plan(name, "utf8mb4", tables, objects=(*VIEWS, TRIGGER, ROUTINE))


def old(name: str) -> Plan:
    """A site from before WordPress 2.2: the server believes latin1, the bytes are UTF-8."""
    return Plan(name, "latin1", core_tables(300))


class Site:
    """A site that is served.

    Args:
        plan: What it is made of.
        server: Of its database.
        web: Where it is served.
        core: A folder with WordPress.
    """

    def __init__(self, plan: Plan, server: Server, web: Web, core: Path) -> None:
        self.plan = plan
        self.server = server
        self.home = f"http://{plan.name}.{DOMAIN}"
        inside = f"/sites/{plan.name}"
        self.root = web.folder / plan.name
        self.address = Address(self.home, inside, self.home)
        self.files = SiteFiles(core, self.root, inside)
        self.account = server.new_account("site", "ALL")  # as hosts have it
        self._fill(self.account.database, self.address)
        settings = {"account": self.account, "host": server.container.name, "charset": plan.charset}
        self.files.write(self.address, _CONFIGURATION.format(**settings), plan.extra)
        self.new_key("standing")  # with its last key the agent would go

    @cached_property
    def reference(self) -> str:
        """A database with what a copy must hold, filled by the tests' own knowledge; see ANY_ROOT."""
        account = self.server.new_account("reference")
        self._fill(account.database, Address(CLONE_URL, ANY_ROOT, self.home))
        return account.database

    @cached_property
    def expected_files(self) -> dict[bytes, FileState]:
        """What a copy's folder must hold, but for its wp-config.php."""
        return self.files.expected(Address(CLONE_URL, ANY_ROOT, self.home), self.plan.extra)

    def new_key(self, purpose: str = "clone") -> str:
        """Register a key, as docs/protocol.md has it for SQL."""
        key_id, secret = secrets.token_hex(8), secrets.token_hex(32)
        now = int(time.time())
        expires = "NULL" if purpose == "standing" else str(now + 900)
        self.server.run(
            "INSERT INTO wp_custom_migrator_keys (id, secret, scope, purpose, created_at, expires_at)"
            f" VALUES ('{key_id}', '{secret}', 'read', '{purpose}', {now}, {expires})",
            database=self.account.database,
        )
        return f"cm_{key_id}_{secret}"

    def _fill(self, database: str, address: Address) -> None:
        connection = self.server.connect(database, self.plan.charset)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET foreign_key_checks = 0")
                for statement in _SCHEMA.read_text(encoding="utf-8").format(options=self.plan.options).split(";\n"):
                    if statement.strip():
                        cursor.execute(statement)
                for table in self.plan.tables:
                    if table.create:
                        cursor.execute(table.create)
            for table in self.plan.tables:
                insert(connection, table.name, table.columns, table.rows(address))
            with connection.cursor() as cursor:
                for statement in self.plan.objects:
                    cursor.execute(statement)
        finally:
            connection.close()


def insert(connection: "Connection[Any]", table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert rows, many in a statement. Bytes go in as they are, whatever charset a column has."""
    names = ", ".join(f"`{column}`" for column in columns)
    head = f"INSERT INTO `{table}` ({names}) VALUES ".encode()
    values: list[bytes] = []
    size = 0
    for row in rows:
        values.append(b"(" + b",".join(_literal(value) for value in row) + b")")
        size += len(values[-1])
        if size > _BATCH:
            connection.query(head + b",".join(values))
            values, size = [], 0
    if values:
        connection.query(head + b",".join(values))


def _literal(value: Value) -> bytes:
    if value is None:
        return b"NULL"
    if isinstance(value, int):
        return b"%d" % value
    if isinstance(value, str):
        return b"'" + _escaped(value.encode()) + b"'"
    return b"_binary'" + _escaped(value) + b"'"


def _escaped(value: bytes) -> bytes:
    return value.replace(b"\\", b"\\\\").replace(b"'", b"\\'").replace(b"\0", b"\\0")
