"""The facade dies before and after each step of `POST /clone`: within a minute the clone is there, or nothing of it."""

from __future__ import annotations

import os
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

from api.domain.keys import parse_key
from api.settings import Settings
from local.credentials import tokens_json
from local.settings import KUBECONFIG, ROOT
from local.throwaway import free_ports
from tests.cluster.conftest import READY_SECONDS, Facade, eventually
from tests.cluster.dying_facade import KILLED
from tests.cluster.inventory import agent, registered_keys
from tests.cluster.world import World, environment

pytestmark = pytest.mark.cluster

STEPS = ("intents.create", "source.prepare", "databases.create", "objects.create", "intents.update Created")
# Within the second: the first of them only where the agent is not there yet, so they come first.
WITHIN = ("intents.update plugin after", "intents.update key after", "intents.update confirm after")
POINTS = [*WITHIN, *(f"{step} {when}" for step in STEPS for when in ("before", "after"))]
# From the posted object on the controller needs nobody: the clone is made whoever died.
THERE = {"objects.create after", "intents.update Created before", "intents.update Created after"}
TOKEN = "token-of-a-facade-that-dies"
MINUTE = 60.0
START_SECONDS = 120.0


@dataclass(frozen=True)
class Killed:
    """What a facade that died had begun: its clone's name and the key that it made for the source, or nothing."""

    point: str
    at: float
    name: str
    key: str


@contextmanager
def dying(point: str, port: int, settings: Settings, log: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A facade that dies at a point, once it answers, and its address."""
    command = [sys.executable, "-m", "tests.cluster.dying_facade", point, str(port)]
    url = f"http://127.0.0.1:{port}"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | environment(settings) | {"KUBECONFIG": str(KUBECONFIG)},
            stdout=output,
            stderr=output,
        )
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
    return not world.left(killed.name) and killed.key not in registered_keys()


@pytest.fixture
def killed(world: World, facade: Facade) -> Iterator[list[Killed]]:
    """What the test kills, in this order; their clones are deleted afterwards, and nothing is left on the source."""
    assert world.settings.tokens_file is not None
    world.settings.tokens_file.write_text(tokens_json(TOKEN))
    found: list[Killed] = []
    yield found
    for one in found:
        if one.name and world.cluster.clones.get(one.name) is not None:
            facade.remove(one.name)
    eventually(lambda: agent() == set(), MINUTE, "nothing of the agent is left on the source")


def test_the_clone_is_there_or_nothing_of_it_is(
    world: World, source: dict[str, str], facade: Facade, killed: list[Killed], tmp_path: Path
) -> None:
    logs = [tmp_path / f"{at}.log" for at in range(len(POINTS))]
    ports = free_ports(len(POINTS))
    contexts = [dying(point, port, world.settings, log) for point, port, log in zip(POINTS, ports, logs, strict=True)]
    with ExitStack() as stack, ThreadPoolExecutor(len(POINTS)) as threads:
        started = list(threads.map(stack.enter_context, contexts))
        pending: list[Future[str]] = []
        for point, (process, url) in zip(POINTS, started, strict=True):
            killed.append(kill(point, process, url, source, world))
            pending.append(threads.submit(outcome, killed[-1], world))
        outcomes = {one.point: future.result() for one, future in zip(killed, pending, strict=True)}
    assert outcomes == {point: "there" if point in THERE else "nothing" for point in POINTS}
    facade.remove(facade.ready(source, ttl_minutes=30)["name"])
