"""What the pods would do if anything ran in them: each clone's import says, in the clone's database, that it has ended.

By the engine's own code and with the clone's own account and password, as soon as its Secret is there.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from api.cluster.connect import VendorApi
from api.cluster.resources import MANAGED_BY, MANAGED_BY_LABEL, NAME_LABEL, secrets_path
from api.database.identifiers import account_name
from migrator.errors import MigrationError
from migrator.local.database import Account, Database
from migrator.progress import ProgressStore, State
from tests.bench.scale_objects import Json, following

WRITERS = 2


@dataclass
class Imports:
    """Ends the imports of a namespace's clones.

    Args:
        port: The database's, on the loopback.
        ca_file: The authority of its certificate.
    """

    api: VendorApi
    namespace: str
    port: int
    ca_file: Path

    @contextmanager
    def running(self) -> Iterator[None]:
        """As long as the block does."""
        query = {"labelSelector": f"{MANAGED_BY_LABEL}={MANAGED_BY}"}
        with ThreadPoolExecutor(WRITERS) as pool:

            def hear(kind: str, item: Json) -> None:
                if kind == "ADDED":
                    pool.submit(self._end, item["metadata"]["labels"][NAME_LABEL], item["data"]["db-password"])

            try:
                with following(self.api, secrets_path(self.namespace), query, hear):
                    yield
            finally:
                pool.shutdown(cancel_futures=True)

    def _end(self, name: str, password: str) -> None:
        user = account_name(name)
        ca_file = str(self.ca_file)
        account = Account("localhost", self.port, user, user, base64.b64decode(password).decode(), ca_file)
        try:
            store = ProgressStore(Database(account))
        except MigrationError:
            return  # at its deletion
        store.write(State(state="done", step="done", percent=100, message="The copy is complete.", admin_user="admin"))
        store.close()
