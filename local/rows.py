"""Row counts of a clone and its source, read in both databases from the host.

The engine never does this: a source is reached only through its web server. The demo and the tests may, to hold the
engine's word against something that does not come from the engine.
"""

from __future__ import annotations

import base64
import json
import ssl
import subprocess
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import IO, Any, cast

import pymysql
from pymysql.connections import Connection
from pymysql.cursors import Cursor

from local import checks
from local.errors import LocalError
from local.kubectl import kubectl
from local.settings import KUBECONFIG, KUBECTL

# What a clone changes on purpose: a fresh administrator more; sessions, keys and the agent's own state fewer.
FRESH_ADMINISTRATOR = {"users": 1}
NOT_COMPARED = {"usermeta", "options"}
TIMEOUT = 60  # seconds


def compare(name: str) -> int:
    """Count the rows of every table of the clone `name` and of the demo source.

    Returns:
        The number of rows in tables that are equal.

    Raises:
        checks.Mismatch: naming each table with both counts.
    """
    with source_database() as source, clone_database(name) as clone:
        original, copy = counts(source), counts(clone)
    compared = {table: number for table, number in original.items() if table not in NOT_COMPARED}
    different = checks.counts_differ(compared, copy, FRESH_ADMINISTRATOR)
    if different:
        raise checks.Mismatch(f"row counts (source, clone) differ: {different}")
    return sum(compared.values())


def counts(connection: Connection[Cursor]) -> dict[str, int]:
    """Exact rows per table, without the prefix; the agent's and the engine's own tables are no part of the site."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'")
        tables = [str(row[0]) for row in cursor.fetchall()]
        result = {}
        for table in tables:
            if table.startswith("_migrator_") or "custom_migrator" in table:
                continue
            cursor.execute(f"SELECT COUNT(*) FROM `{table}`")  # noqa: S608 - a name from SHOW TABLES of our own demo
            row = cursor.fetchone()
            result[table.partition("_")[2]] = int(row[0]) if row else 0
        return result


@contextmanager
def clone_database(name: str) -> Iterator[Connection[Cursor]]:
    """The clone's database, through the clone's own account: what a clone holds is nobody's to trust with more."""
    database = "wp_" + name.replace("-", "_")
    password = read_secret("wordpress-staging", f"{name}-secret")["db-password"]
    with _shared_server(database, password) as connection:
        connection.select_db(database)
        yield connection


def places_of(name: str, text: str) -> list[str]:
    """Columns of a clone's tables, as `table.column`, that hold a text; `guid` keeps its own, as WordPress wants."""
    with clone_database(name) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()"
            " AND DATA_TYPE IN ('char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'json')"
            " AND TABLE_NAME NOT LIKE '\\_migrator%' AND COLUMN_NAME <> 'guid'"
        )
        found = []
        for table, column in cursor.fetchall():
            cursor.execute(f"SELECT COUNT(*) FROM `{table}` WHERE `{column}` LIKE %s", (f"%{text}%",))  # noqa: S608
            if cursor.fetchone() != (0,):
                found.append(f"{table}.{column}")
        return found


@contextmanager
def shared_server() -> Iterator[Connection[Cursor]]:
    """The shared database server, as the controller's account sees it."""
    with _shared_server("clone_admin", read_secret("database", "mysql-accounts")["clone-admin-password"]) as connection:
        yield connection


@contextmanager
def _shared_server(user: str, password: str) -> Iterator[Connection[Cursor]]:
    # The server's name is the Service's; through the forwarded port it is an address.
    tls = ssl.create_default_context(cadata=read_secret("database", "mysql-tls")["ca.crt"])
    tls.check_hostname = False
    with (
        forwarded("database", "service/mysql", 3306) as port,
        closing(_connect(port, user, password, None, tls)) as connection,
    ):
        yield connection


@contextmanager
def source_database() -> Iterator[Connection[Cursor]]:
    """The demo source's own database."""
    secret = read_secret("demo-source", "demo-source-accounts")
    with (
        forwarded("demo-source", "service/db", 3306) as port,
        closing(_connect(port, "wordpress", secret["db-password"], "wordpress", None)) as connection,
    ):
        yield connection


def _connect(
    port: int, user: str, password: str, database: str | None, tls: ssl.SSLContext | None
) -> Connection[Cursor]:
    return pymysql.connect(
        host="127.0.0.1",
        port=port,
        user=user,
        password=password,
        database=database,
        ssl=tls,
        charset="utf8mb4",
        read_timeout=TIMEOUT,
    )


def read_secret(namespace: str, name: str) -> dict[str, str]:
    """Decoded values of a Secret."""
    secret: dict[str, Any] = json.loads(kubectl("get", "secret", "-n", namespace, name, "-o", "json"))
    return {key: base64.b64decode(value).decode() for key, value in secret.get("data", {}).items()}


@contextmanager
def forwarded(namespace: str, target: str, port: int) -> Iterator[int]:
    """A port on the host's loopback that leads to `target` for the duration of the block."""
    command = [str(KUBECTL), "--kubeconfig", str(KUBECONFIG), "port-forward", "--address=127.0.0.1"]
    command += [f"--namespace={namespace}", target, f":{port}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process, ThreadPoolExecutor(1) as reader:
        try:
            # "Forwarding from 127.0.0.1:40123 -> 3306"; nothing at all when it could not.
            output = cast(IO[str], process.stdout)
            line = output.readline()
            if "127.0.0.1:" not in line:
                raise LocalError(f"kubectl port-forward to {target} in {namespace} gave no port")
            # It tells of each connection on the same pipe, and would wait for a reader when that is full.
            reader.submit(deque[str], output, 0)
            yield int(line.partition("127.0.0.1:")[2].split()[0])
        finally:
            process.terminate()
