"""Containers of one test run: started on a network of their own, removed with everything in them afterwards."""

import secrets
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass


def docker(*arguments: str) -> str:
    """Run docker and return its output without the last line's end.

    Raises:
        AssertionError: it failed; the text has its error output.
    """
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"docker {arguments[0]}: {done.stderr}"
    return done.stdout.strip()


def free_port() -> int:
    """A port of the loopback that nothing listens on; a container that is started again keeps it."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@dataclass(frozen=True)
class Container:
    """A container that can be killed and started again.

    Args:
        name: Its name, which is also its host name on the network.
        port: Where it is published on the loopback.
    """

    name: str
    port: int

    def kill(self) -> None:
        """End all its processes with SIGKILL."""
        docker("kill", "--signal=KILL", self.name)

    def start(self) -> None:
        """Start it again, with the files it had."""
        docker("start", self.name)

    def run(self, *command: str) -> str:
        """Run a command inside, as root."""
        return docker("exec", "--user=0", self.name, *command)


@contextmanager
def network() -> Iterator[str]:
    """A network of docker's."""
    name = f"engine-test-{secrets.token_hex(4)}"
    docker("network", "create", name)
    try:
        yield name
    finally:
        docker("network", "rm", name)


@contextmanager
def container(
    image: str, network: str, port: int, options: Sequence[str] = (), command: Sequence[str] = ()
) -> Iterator[Container]:
    """A running container; it need not answer yet.

    Args:
        port: The port that it listens on, published at a free one of the loopback.
    """
    made = Container(f"engine-test-{secrets.token_hex(4)}", free_port())
    publish = f"--publish=127.0.0.1:{made.port}:{port}"
    docker("run", "--detach", f"--name={made.name}", f"--network={network}", publish, *options, image, *command)
    try:
        yield made
    finally:
        docker("rm", "--force", "--volumes", made.name)
