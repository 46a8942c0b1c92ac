"""The proxy's own image between two networks: one whose addresses are public by their numbers, and a private one."""

import base64
import http.client
import json
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import stamina

from api.domain.egress import EgressKeys
from tests.engine.containers import Container, container, docker, network

HERE = Path(__file__).resolve().parent
API = "wordpress-clone/api:local"
PROXY = "wordpress-clone/egress-proxy:local"
PUBLIC_NETWORK = "93.184.215.0/24"
PUBLIC = "93.184.215.10"


@dataclass(frozen=True)
class World:
    """The proxy, what is around it, and the key that passwords are made of."""

    proxy: Container
    outside: Container
    private: str
    keys: EgressKeys

    def url(self, user: str = "facade", password: str | None = None) -> httpx.Proxy:
        """The proxy as a client of it wants it."""
        shown = self.keys.password_of(user) if password is None else password
        return httpx.Proxy(f"http://127.0.0.1:{self.proxy.port}", auth=(user, shown))

    def get(self, url: str, user: str = "facade", password: str | None = None) -> httpx.Response:
        """GET a URL through the proxy."""
        with httpx.Client(proxy=self.url(user, password), timeout=30, trust_env=False) as client:
            return client.get(url)

    def raw(self, url: str) -> int:
        """The status of a GET of what httpx would not take for a URL."""
        credentials = base64.b64encode(f"facade:{self.keys.password_of('facade')}".encode()).decode()
        connection = http.client.HTTPConnection("127.0.0.1", self.proxy.port, timeout=30)
        with closing(connection):
            connection.request("GET", url, headers={"Proxy-Authorization": f"Basic {credentials}"})
            return connection.getresponse().status

    def connections(self) -> list[str]:
        """Addresses that were connected to, one for each connection."""
        lines = docker("logs", self.outside.name).splitlines()
        return [line.removeprefix("connection to ") for line in lines if line.startswith("connection")]

    def log(self) -> list[dict[str, Any]]:
        """The access log."""
        return [json.loads(line) for line in docker("logs", self.proxy.name).splitlines() if line.startswith("{")]


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """All of it, running."""
    folder: Path = tmp_path_factory.mktemp("egress")
    folder.chmod(0o755)
    text = secrets.token_hex(32)
    (folder / "keys").write_text(text + "\n")
    with ExitStack() as stack:
        public, inner = stack.enter_context(public_network()), stack.enter_context(network())
        outside = stack.enter_context(running_outside(public, inner))
        private = address_in(outside.name, inner)
        (folder / "resolv.conf").write_text(f"nameserver {private}\noptions ndots:1\n")
        proxy = stack.enter_context(running_proxy(folder, public, inner))
        yield World(proxy, outside, private, EgressKeys.parse(text))


@contextmanager
def public_network() -> Iterator[str]:
    """A network whose addresses are public by their numbers; it leads nowhere."""
    name = f"egress-test-{secrets.token_hex(4)}"
    docker("network", "create", f"--subnet={PUBLIC_NETWORK}", name)
    try:
        yield name
    finally:
        docker("network", "rm", name)


@contextmanager
def running_outside(public: str, inner: str) -> Iterator[Container]:
    """The outside, in both networks."""
    options = [f"--volume={HERE}/world.py:/world.py:ro", f"--env=PUBLIC={PUBLIC}", f"--ip={PUBLIC}", "--entrypoint=sh"]
    # Its private address is known once it runs.
    waiting = 'until [ -s /tmp/private ]; do sleep 0.1; done; exec python /world.py "$PUBLIC" "$(cat /tmp/private)"'
    with container(API, public, 80, options, ["-c", waiting]) as outside:
        docker("network", "connect", inner, outside.name)
        docker("exec", outside.name, "sh", "-c", f"echo {address_in(outside.name, inner)} >/tmp/private")
        for attempt in stamina.retry_context(on=AssertionError, attempts=None, timeout=60, wait_max=0.2):
            with attempt:
                assert "ready" in docker("logs", outside.name)
        yield outside


@contextmanager
def running_proxy(folder: Path, public: str, inner: str) -> Iterator[Container]:
    """The proxy as its pod has it: not root, nothing to write to but /tmp."""
    options = [
        "--read-only",
        "--tmpfs=/tmp",
        f"--volume={folder}/resolv.conf:/etc/resolv.conf:ro",
        f"--volume={folder}/keys:/keys:ro",
        "--env=CLONE_EGRESS_KEY_FILE=/keys",
    ]
    with container(PROXY, public, 3128, options) as proxy:
        docker("network", "connect", inner, proxy.name)
        for attempt in stamina.retry_context(on=httpx.HTTPError, attempts=None, timeout=60, wait_max=0.2):
            with attempt:
                httpx.get(f"http://127.0.0.1:{proxy.port}/", trust_env=False)
        yield proxy


def address_in(name: str, joined: str) -> str:
    """A container's address in a network."""
    return docker("inspect", "--format", f'{{{{(index .NetworkSettings.Networks "{joined}").IPAddress}}}}', name)
