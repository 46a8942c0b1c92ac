"""A real WordPress with the agent, as its owner has it: installed by WordPress's own functions, looked at by HTTP."""

import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from api.source.html import Document, Form
from migrator.protocol import AgentKey
from tests.agent.hosts import HERE, Hosts, HostTransport
from tests.engine.containers import docker
from tests.engine.web import DOMAIN, PHP_USER

PLUGIN = Path(__file__).resolve().parents[2] / "wordpress-target-image" / "plugin" / "custom-migrator"
PAGE = "/wp-admin/tools.php?page=custom-migrator"
_CONFIGURATION = """<?php
define( 'DB_NAME', '{account.database}' );
define( 'DB_USER', '{account.user}' );
define( 'DB_PASSWORD', '{account.password}' );
define( 'DB_HOST', '{host}' );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'DISABLE_WP_CRON', true );
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
if ( is_file( __DIR__ . '/network.php' ) ) {{
	require __DIR__ . '/network.php';
}}
$table_prefix = 'wp_';
if ( ! defined( 'ABSPATH' ) ) {{
	define( 'ABSPATH', __DIR__ . '/' );
}}
require_once ABSPATH . 'wp-settings.php';
"""


class WordPress:
    """One site.

    Args:
        hosts: Where it is served.
        kind: `single`, `network`, or `bare` for one without the agent.
    """

    def __init__(self, hosts: Hosts, kind: str = "single") -> None:
        self.name = f"s{secrets.token_hex(4)}"
        self.hosts = hosts
        self.home = f"http://{self.name}.{DOMAIN}"
        self.root = hosts.folder / self.name
        self.password = secrets.token_hex(8)
        self.account = hosts.server.new_account("agent", "ALL")
        self._write(kind)
        self._install(kind)

    @property
    def plugin(self) -> Path:
        """The agent's folder."""
        return self.root / "wp-content" / "plugins" / "custom-migrator"

    def client(self, host: str) -> httpx.Client:
        """A visitor of the site on one of KINDS; follows no redirect."""
        return httpx.Client(transport=HostTransport(self.hosts.port(host)), base_url=self.home, timeout=60)

    @contextmanager
    def login(self, host: str, user: str = "owner") -> Iterator[httpx.Client]:
        """The same, logged in."""
        with self.client(host) as client:
            client.get("/wp-login.php")
            given = {"log": user, "pwd": self.password, "testcookie": "1"}
            assert client.post("/wp-login.php", data=given).status_code == 302
            yield client

    def query(self, sql: str) -> list[tuple[str, ...]]:
        """Rows of a statement, as texts."""
        rows = self.hosts.server.run(sql, database=self.account.database)
        return [tuple("" if value is None else value.decode() for value in row) for row in rows]

    def new_key(self, purpose: str = "standing", expires_in: int | None = None) -> AgentKey:
        """Register a key, as docs/protocol.md has it for SQL."""
        key = AgentKey(secrets.token_hex(8), secrets.token_hex(32))
        now = int(time.time())
        expires = "NULL" if expires_in is None else str(now + expires_in)
        self.query(
            "INSERT INTO wp_custom_migrator_keys (id, secret, scope, purpose, created_at, expires_at, confirmed_at)"
            f" VALUES ('{key.key_id}', '{key.secret}', 'read', '{purpose}', {now}, {expires}, {now})"
        )
        return key

    def put(self, path: str, data: bytes) -> Path:
        """Write a file as the web server's user would."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        for made in (file, *file.parents):
            if made == self.root:
                break
            os.chown(made, PHP_USER, PHP_USER)
        return file

    def traces(self) -> list[str]:
        """What of the agent is left in files, tables and options."""
        # Not rglob: that fails when a folder goes while it looks, and going is what is waited for.
        paths = [Path(folder, name) for folder, folders, names in os.walk(self.root) for name in (*folders, *names)]
        found = [str(path.relative_to(self.root)) for path in paths if "custom-migrator" in path.name]
        found += [row[0] for row in self.query("SHOW TABLES LIKE '%custom_migrator%'")]
        like = "option_name LIKE '%custom_migrator%' OR option_value LIKE '%custom-migrator%'"
        return found + [row[0] for row in self.query(f"SELECT option_name FROM wp_options WHERE {like}")]

    def _write(self, kind: str) -> None:
        shutil.copytree(self.hosts.core, self.root, copy_function=os.link)
        shutil.copytree(PLUGIN, self.plugin)
        settings = {"account": self.account, "host": self.hosts.server.container.name}
        self.put("wp-config.php", _CONFIGURATION.format(**settings).encode())
        if kind == "bare":
            shutil.rmtree(self.plugin)
        for folder, _, _ in os.walk(self.root):
            os.chown(folder, PHP_USER, PHP_USER)
        for path in self.plugin.rglob("*"):
            os.chown(path, PHP_USER, PHP_USER)

    def _install(self, kind: str) -> None:
        container = self.hosts.apache.container.name
        docker("cp", str(HERE / "install.php"), f"{container}:/tmp/install.php")
        arguments = (f"/sites/{self.name}", f"{self.name}.{DOMAIN}", self.password, kind)
        docker("exec", container, "php", "/tmp/install.php", *arguments)


def form_of(page: httpx.Response, work: str, key_id: str = "") -> Form:
    """The form on the agent's page that does something, to a key if it is about one."""
    forms = Document(str(page.url), page.text).forms
    wanted = {"custom_migrator_work": work} | ({"custom_migrator_id": key_id} if key_id else {})
    return next(form for form in forms if wanted.items() <= form.values.items())


def outcome(page: httpx.Response) -> str:
    """The code of what a form came to."""
    found = re.search(r'id="custom-migrator-outcome"><p>[^<]*<code class="hidden">([\w-]+)</code>', page.text)
    return found[1] if found else ""
