"""Two hosts that serve the same sites from the same folder: Apache, and nginx with php-fpm that gives PHP little."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from local.image_build import Image, ensure_image
from local.settings import REPOSITORY
from tests.engine.containers import container, network
from tests.engine.servers import SOURCE_SETTINGS, Server, running_server
from tests.engine.web import DOMAIN, PHP_USER, Web, copy_core, running_web

HERE = Path(__file__).parent
NGINX = Image(f"{REPOSITORY}/nginx-source", "local", HERE / "nginx" / "Dockerfile", HERE / "nginx")
KINDS = ("apache", "nginx")


@dataclass(frozen=True)
class Hosts:
    """What runs. `folder` holds the sites, `core` a WordPress to link them from."""

    apache: Web
    nginx: Web
    server: Server
    core: Path

    @property
    def folder(self) -> Path:
        """The folder of all sites."""
        return self.apache.folder

    def port(self, kind: str) -> int:
        """Where one of KINDS listens."""
        return {"apache": self.apache, "nginx": self.nginx}[kind].container.port


@contextmanager
def running_hosts(folder: Path) -> Iterator[Hosts]:
    """Start a database server and both web servers."""
    folder.chmod(0o755)
    for name in ("web", "database"):
        (folder / name).mkdir(mode=0o755)
    with ExitStack() as stack:
        net = stack.enter_context(network())
        server = stack.enter_context(running_server("mariadb", folder / "database", net, SOURCE_SETTINGS))
        apache = stack.enter_context(running_web(folder / "web", net))
        volume = f"--volume={apache.folder}:/sites"
        started = stack.enter_context(container(ensure_image(NGINX), net, 8080, [volume]))
        nginx = Web(started, apache.folder)
        nginx.wait()
        server.wait()
        core = apache.folder / "core"
        copy_core(core)
        # Whose files are not those of PHP's user, that host's WordPress asks for FTP credentials.
        apache.container.run("chown", "--recursive", f"{PHP_USER}:{PHP_USER}", "/sites/core")
        yield Hosts(apache, nginx, server, core)


class HostTransport(httpx.BaseTransport):
    """Leads every name below DOMAIN to one port of the loopback, as name servers would."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the Host header stays as it is."""
        assert request.url.host.endswith(DOMAIN), request.url.host
        url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._port)
        sent = httpx.Request(
            request.method, url, headers=request.headers, stream=request.stream, extensions=request.extensions
        )
        return self._inner.handle_request(sent)

    def close(self) -> None:
        """Close its connections."""
        self._inner.close()
