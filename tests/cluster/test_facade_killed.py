"""The facade dies before and after each step of `POST /clone`: within a minute the clone is there, or nothing of it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from api.cluster.secrets import IntentStore
from api.database.connect import DatabaseServer
from api.database.provision import Databases
from api.domain.keys import parse_key
from local import rows
from local.credentials import tokens_json
from local.settings import KUBECONFIG, ROOT
from tests.cluster.conftest import Facade, eventually
from tests.cluster.dying_facade import KILLED
from tests.cluster.inventory import NAMESPACE, agent
from tests.cluster.objects import Cluster

pytestmark = pytest.mark.cluster

STEPS = ("intents.create", "source.prepare", "databases.create", "objects.create", "intents.update Created")
WITHIN = ("intents.update plugin after", "intents.update key after", "intents.update confirm after")
POINTS = [f"{step} {when}" for step in STEPS for when in ("before", "after")] + list(WITHIN)
# From the posted object on the controller needs nobody: the clone is made whoever died.
THERE = {"objects.create after", "intents.update Created before", "intents.update Created after"}
TOKEN = "token-of-a-facade-that-dies"
MINUTE = 60.0
READY_SECONDS = 180.0
START_SECONDS = 120.0
SOURCE_KEYS = "SELECT id FROM wp_custom_migrator_keys"


@dataclass(frozen=True)
class World:
    """What a clone may leave anything in."""

    cluster: Cluster
    intents: IntentStore
    databases: Databases

    def left(self, name: str) -> set[str]:
        """What there is of a clone but its object, in the cluster and on the database server."""
        found = {f"database {owned}" for owned in self.databases.list_owned() if owned == name}
        found |= {f"database {owned}" for owned in self.databases.without_account() if owned == name}
        found |= {"Secret"} if self.intents.read(name) or self.intents.read_secrets(name) else set()
        return found | set(self.cluster.clones.parts_left(name))


@dataclass(frozen=True)
class Killed:
    """What a facade that died had begun: its clone's name and the key that it made for the source, or nothing."""

    point: str
    at: float
    name: str
    key: str


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a facade of the local cluster that runs outside of it."""
    folder: Path = tmp_path_factory.mktemp("facade")
    (folder / "ca.crt").write_text(rows.read_secret("database", "mysql-tls")["ca.crt"])
    (folder / "password").write_text(rows.read_secret("database", "mysql-accounts")["clone-admin-password"])
    (folder / "tokens.json").write_text(tokens_json(TOKEN))
    with rows.forwarded("database", "service/mysql", 3306) as port:
        yield {
            "KUBECONFIG": str(KUBECONFIG),
            "CLONE_CLUSTER_NAME": "wordpress-clone-local",
            "CLONE_DB_HOST": "mysql.database.svc",
            "CLONE_DB_ADDRESS": "127.0.0.1",
            "CLONE_DB_PORT": str(port),
            "CLONE_DB_USER": "clone_admin",
            "CLONE_DB_PASSWORD_FILE": str(folder / "password"),
            "CLONE_DB_CA_FILE": str(folder / "ca.crt"),
            "CLONE_TOKENS_FILE": str(folder / "tokens.json"),
            "CLONE_ALLOWED_PRIVATE_HOSTS": "demo-source.test",
            "CLONE_AGENT_DIR": str(ROOT / "wordpress-target-image" / "plugin" / "custom-migrator"),
        }


@pytest.fixture(scope="module")
def world(settings: dict[str, str]) -> World:
    """The same places, as the tests look at them."""
    cluster = Cluster()
    server = DatabaseServer(
        host=settings["CLONE_DB_HOST"],
        port=int(settings["CLONE_DB_PORT"]),
        user=settings["CLONE_DB_USER"],
        password_file=Path(settings["CLONE_DB_PASSWORD_FILE"]),
        ca_file=Path(settings["CLONE_DB_CA_FILE"]),
        address=settings["CLONE_DB_ADDRESS"],
    )
    databases = Databases(server, cluster=settings["CLONE_CLUSTER_NAME"], namespace=NAMESPACE)
    return World(cluster, IntentStore(cluster.api, NAMESPACE), databases)


@contextmanager
def dying(point: str, settings: dict[str, str], log: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A facade that dies at a point, once it answers, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tests.cluster.dying_facade", point, str(port)]
    url = f"http://127.0.0.1:{port}"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | settings, stdout=output, stderr=output)
        try:
            eventually(lambda: _answers(url) or process.poll() is not None, START_SECONDS, "the facade answers")
            assert process.poll() is None, log.read_text()
            yield process, url
        finally:
            process.kill()
            process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=5).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def kill(point: str, process: subprocess.Popen[bytes], url: str, source: dict[str, str], world: World) -> Killed:
    """Order a clone of a facade that dies of it."""
    before = {intent.name for intent in world.intents.list()}
    with pytest.raises(httpx.TransportError):
        httpx.post(f"{url}/clone", json={"source": source}, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=120)
    at = time.monotonic()
    assert process.wait(30) == KILLED
    begun = [intent.name for intent in world.intents.list() if intent.name not in before]
    assert len(begun) <= 1
    secrets = world.intents.read_secrets(begun[0]) if begun else None
    return Killed(point, at, begun[0] if begun else "", parse_key(secrets.source_key).id if secrets else "")


def outcome(killed: Killed, world: World) -> str:
    """What has become of a clone whose facade died, "there" or "nothing"; fails if it is neither after a minute."""
    if killed.name and world.cluster.clones.get(killed.name) is not None:
        eventually(lambda: world.cluster.phase(killed.name) == "Ready", READY_SECONDS, f"{killed.point}: ready")
        return "there"
    if killed.name:
        seconds = MINUTE - (time.monotonic() - killed.at)
        eventually(lambda: is_clean(killed, world), seconds, f"{killed.point}: nothing is left")
        print(f"{killed.point}: nothing is left after {time.monotonic() - killed.at:.0f} s")
    return "nothing"


def is_clean(killed: Killed, world: World) -> bool:
    """Whether nothing of it is in the cluster, on the database server or on the source."""
    return not world.left(killed.name) and killed.key not in source_keys()


def source_keys() -> set[str]:
    """Ids of the keys that are registered at the source."""
    with rows.source_database() as connection, connection.cursor() as cursor:
        cursor.execute("SHOW TABLES LIKE 'wp\\_custom\\_migrator\\_keys'")
        if not cursor.fetchall():
            return set()
        cursor.execute(SOURCE_KEYS)
        return {str(row[0]) for row in cursor.fetchall()}


def test_the_clone_is_there_or_nothing_of_it_is(
    settings: dict[str, str], world: World, source: dict[str, str], facade: Facade, tmp_path: Path
) -> None:
    with ExitStack() as stack, ThreadPoolExecutor(len(POINTS)) as threads:
        logs = [tmp_path / f"{at}.log" for at in range(len(POINTS))]
        contexts = [dying(point, settings, log) for point, log in zip(POINTS, logs, strict=True)]
        with ThreadPoolExecutor(3) as starters:
            started = list(starters.map(stack.enter_context, contexts))
        pending: dict[str, Future[str]] = {}
        killed: list[Killed] = []
        for point, (process, url) in zip(POINTS, started, strict=True):
            killed.append(kill(point, process, url, source, world))
            pending[point] = threads.submit(outcome, killed[-1], world)
        outcomes = {point: future.result() for point, future in pending.items()}
    print(json.dumps(outcomes, indent=1))
    try:
        assert outcomes == {point: "there" if point in THERE else "nothing" for point in POINTS}
        answer = facade.order(source, ttl_minutes=30)
        assert answer.status_code == httpx.codes.OK, "a later call works"
        facade.remove(answer.json()["name"])
    finally:
        for one in killed:
            if one.name and world.cluster.clones.get(one.name) is not None:
                facade.remove(one.name)
    eventually(lambda: agent() == set(), MINUTE, "nothing of the agent is left on the source")
