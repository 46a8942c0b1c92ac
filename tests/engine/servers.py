"""Real database servers: MySQL 9.7 and MariaDB 11.8, as source and as target."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql
import stamina
from pymysql.connections import Connection
from pymysql.converters import encoders

from local.image_build import ensure_image
from local.images import MARIADB, MARIADB_IMAGE, MYSQL
from tests.engine.certificates import HOST_NAME, write_certificates
from tests.engine.containers import Container, container

MYSQL_IMAGE = "wordpress-clone/mysql:9.7"
TESTER = "tester"
#: What an account of a clone may do; the same as local/mysql/accounts lets it have.
RIGHTS = (
    "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, REFERENCES, LOCK TABLES, CREATE TEMPORARY TABLES,"
    " CREATE VIEW, SHOW VIEW, TRIGGER"
)
#: Sites speak to their server without TLS, and make triggers.
SOURCE_SETTINGS = (
    "require_secure_transport = OFF",
    "skip_log_bin",
    "max_allowed_packet = 64M",
)
MYSQL_SOURCE_SETTINGS = (*SOURCE_SETTINGS, "caching_sha2_password_auto_generate_rsa_keys = ON")
_ENCODERS_ONLY: Any = dict(encoders)  # values are written as PyMySQL writes them, and read as they are


@dataclass(frozen=True)
class Account:
    """A database and who may use it."""

    database: str
    user: str
    password: str


@dataclass(frozen=True)
class Server:
    """One server.

    Args:
        kind: mysql or mariadb.
        password: Of TESTER, who may do everything.
        ca_file: The authority of its certificate.
    """

    kind: str
    container: Container
    password: str
    ca_file: Path

    def connect(self, database: str | None = None, charset: str = "utf8mb4") -> "Connection[Any]":
        """A connection of TESTER's: no checks of dates or lengths, every value read as the server's bytes."""
        return pymysql.connect(
            host=HOST_NAME,
            port=self.container.port,
            user=TESTER,
            password=self.password,
            database=database,
            charset=charset,
            use_unicode=False,
            conv=_ENCODERS_ONLY,
            ssl_ca=str(self.ca_file),
            autocommit=True,
            init_command="SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO', time_zone = '+00:00'",
            max_allowed_packet=512 * 1024 * 1024,
        )

    def wait(self) -> None:
        """Wait until it takes connections."""
        for attempt in stamina.retry_context(on=pymysql.Error, attempts=None, timeout=180, wait_max=0.3):
            with attempt:
                self.connect().close()

    def run(self, *statements: str, database: str | None = None) -> list[tuple[Any, ...]]:
        """Run statements; the rows of the last one, values as bytes."""
        connection = self.connect(database)
        try:
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
                return list(cursor.fetchall())
        finally:
            connection.close()

    def new_account(self, prefix: str, rights: str = RIGHTS) -> Account:
        """An empty database with a user of its own, who has the rights of a clone's or others."""
        name = f"{prefix}_{secrets.token_hex(4)}"
        password = secrets.token_hex(8)
        self.run(
            f"CREATE DATABASE `{name}`",
            f"CREATE USER '{name}'@'%' IDENTIFIED BY '{password}'",
            f"GRANT {rights} ON `{name}`.* TO '{name}'@'%'",
        )
        return Account(name, name, password)

    def drop(self, account: Account) -> None:
        """Drop a database and its user."""
        self.run(f"DROP DATABASE IF EXISTS `{account.database}`", f"DROP USER IF EXISTS '{account.user}'@'%'")


@contextmanager
def running_server(
    kind: str, folder: Path, network: str, settings: Sequence[str] = (), options: Sequence[str] = ()
) -> Iterator[Server]:
    """Start a server; it need not answer yet.

    Args:
        folder: Empty; for its certificate and settings.
        settings: Lines for its configuration, after the image's own.
        options: For `docker run`.
    """
    password = secrets.token_hex(8)
    tls = folder / "tls"
    write_certificates(tls)
    mounts = {tls: "/etc/mysql/tls"}
    mounts[_written(folder / "accounts", _accounts(password), 0o755)] = "/usr/local/bin/accounts"
    base = (MYSQL if kind == "mysql" else MARIADB) / "my.cnf"
    lines = "\n".join(["", f"[{'mysqld' if kind == 'mysql' else 'mariadbd'}]", *settings, ""])
    mounts[_written(folder / "my.cnf", base.read_text(encoding="utf-8") + lines, 0o644)] = "/etc/mysql/my.cnf"
    volumes = [f"--volume={host}:{inside}:ro" for host, inside in mounts.items()]
    if kind == "mariadb":
        ensure_image(MARIADB_IMAGE)
    image = MYSQL_IMAGE if kind == "mysql" else MARIADB_IMAGE.fixed
    with container(image, network, 3306, [*volumes, *options]) as started:
        yield Server(kind, started, password, tls / "ca.crt")


def _written(file: Path, text: str, mode: int) -> Path:
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


def _accounts(password: str) -> str:
    """The script that the images' entry points take the accounts from."""
    lines = [
        f"CREATE USER IF NOT EXISTS '{TESTER}'@'%' IDENTIFIED BY '{password}';",
        f"GRANT ALL ON *.* TO '{TESTER}'@'%' WITH GRANT OPTION;",
    ]
    return "#!/bin/sh\ncat <<'SQL'\n" + "\n".join(lines) + "\nSQL\n"
