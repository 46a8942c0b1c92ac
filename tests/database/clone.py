"""A clone's database and directory, and starts of the engine on them."""

import json
import os
from pathlib import Path
from typing import Any

from migrator.importing import Importing
from migrator.local.database import Account, Connection, Database
from migrator.progress import ProgressStore, State
from migrator.settings import ImportSettings
from tests.unit.migrator.fake_agent import HOME, KEY, FakeAgent

CLONE_URL = "http://s1.clone-sites.test:8080/clone-1"
PASSWORD = "a long and random password"
API_KEY = KEY.replace("cm_0", "cm_1")


class Clone:
    """A clone's database and directory, and starts of the engine on them."""

    def __init__(self, account: Account, root: Path) -> None:
        self.account = account
        self.database = Database(account)
        self.root = root

    def start(self, agent: FakeAgent, source_url: str = HOME) -> None:
        settings = ImportSettings.model_validate(
            {
                "clone_url": CLONE_URL,
                "site_root": self.root,
                "source_url": source_url,
                "source_key": KEY,
                "db_host": "unused",
                "db_name": "unused",
                "db_user": "unused",
                "db_password": "unused",
                "admin_password": PASSWORD,
                "api_key": API_KEY,
            }
        )
        store = ProgressStore(self.database)
        try:
            Importing(settings, self.database, store, lambda _settings, _policy: agent.site()).run()
        finally:
            store.close()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        connection: Connection = self.database.connect()
        try:
            return connection.rows(query, "a test's question")
        finally:
            connection.close()

    def change(self, statement: str) -> None:
        connection: Connection = self.database.connect()
        try:
            connection.run(statement, "a test's change")
            connection.commit()
        finally:
            connection.close()

    def option(self, name: str) -> bytes | None:
        rows = self.rows(f"SELECT option_value FROM wp_options WHERE option_name = '{name}'")
        return rows[0][0] if rows else None

    def state(self) -> State | None:
        store = ProgressStore(self.database)
        try:
            return store.read()
        finally:
            store.close()

    def report(self) -> dict[str, Any]:
        return dict(json.loads(self.rows("SELECT report FROM _migrator_report")[0][0]))

    def files(self) -> dict[bytes, bytes]:
        paths = [path for path in self.root.rglob("*") if path.is_file()]
        return {os.fsencode(path.relative_to(self.root)): path.read_bytes() for path in paths}
