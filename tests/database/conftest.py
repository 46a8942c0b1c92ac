"""One MySQL server for all tests in this folder, and a clone of its own for each that wants one."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina

from api.database.connect import DatabaseServer
from api.database.provision import Databases
from migrator.local.database import Account
from tests.database.clone import Clone
from tests.database.server import HOST_NAME, answering_server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DatabaseServer]:
    """A server that answers, as the account that administers clones sees it."""
    folder: Path = tmp_path_factory.mktemp("mysql")
    with answering_server(folder) as server:
        yield server


@pytest.fixture
def clone(server: DatabaseServer, tmp_path: Path) -> Iterator[Clone]:
    """A new database and an empty directory."""
    name, password = f"clone-{secrets.token_hex(4)}", secrets.token_hex(8)
    databases = Databases(server, cluster="test", namespace="test")
    databases.create(name, password)
    account = name.replace("-", "_")
    with stamina.set_testing(True, attempts=3):
        yield Clone(
            Account(
                HOST_NAME, server.port, f"wp_{account}", f"wp_{account}", password, str(server.ca_file), "127.0.0.1"
            ),
            tmp_path / "site",
        )
    databases.drop(name)
