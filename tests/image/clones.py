"""Real clones: containers of the target image with a WordPress of their own, on a real MySQL, behind a balancer."""

import secrets
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pymysql
import stamina

from api.database.connect import DatabaseServer
from api.database.provision import Databases
from migrator.finalise.wp_config import WpConfig, render
from tests.database.server import HOST_NAME
from tests.engine.containers import Container, container, docker
from tests.image.balancer import Balancer
from tests.image.site import IMAGE

USER = 10001
ADMIN = "admin"


@dataclass(frozen=True)
class Stage:
    """What clones of one test run share."""

    network: str
    server: DatabaseServer
    balancer: Balancer
    ca_file: Path


@dataclass(frozen=True)
class Clone:
    """One clone.

    Args:
        folder: Its document root on the host.
        environment: What its pod's ConfigMap would hold.
        container: The web server's.
    """

    name: str
    url: str
    folder: Path
    password: str
    api_key: str
    db_password: str
    environment: Mapping[str, str]
    stage: Stage = field(repr=False)
    container: Container = field(repr=False)

    def visitor(self) -> httpx.Client:
        """A client that follows no redirect and knows the balancer's authority."""
        return httpx.Client(verify=ssl.create_default_context(cafile=self.stage.ca_file), timeout=120)

    def log_in(self, visitor: httpx.Client, login: str = ADMIN) -> None:
        """Log in as a person does."""
        visitor.get(f"{self.url}/wp-login.php")
        form = {"log": login, "pwd": self.password}
        answer = visitor.post(f"{self.url}/wp-login.php", data=form)
        if answer.status_code == httpx.codes.TEMPORARY_REDIRECT:  # the gate, which sends the form on to WordPress
            assert answer.next_request is not None
            answer = visitor.send(answer.next_request)
        assert answer.headers["Location"].startswith(f"{self.url}/wp-admin/")

    def php(self, code: str, *options: str) -> str:
        """Run PHP code inside WordPress, on the command line of the container."""
        program = f"require getenv('SITE_ROOT') . '/wp-load.php'; {code}"
        return docker("exec", *options, self.container.name, "php", "-r", program)

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Ask the clone's database as its own account; a change is committed."""
        account = self.environment["DB_USER"]
        server = self.stage.server
        connection = pymysql.connect(
            host=server.address, port=server.port, user=account, password=self.db_password, database=account,
            ssl={"ca": str(server.ca_file), "check_hostname": False}, autocommit=True,
        )  # fmt: skip
        with connection, connection.cursor() as cursor:
            cursor.execute(query, values)
            return list(cursor.fetchall())


@contextmanager
def running_clone(stage: Stage, folder: Path, more: Mapping[str, str] | None = None) -> Iterator[Clone]:
    """An empty WordPress, installed as a pod's init container does it, then served.

    Args:
        folder: Does not exist yet.
        more: Environment beside what every clone has.
    """
    name = f"clone-20260101-120000-{secrets.token_hex(3)}a"
    empty = environment_of(stage, name)
    environment = empty | dict(more or {})
    db_password, password, api_key = secrets.token_hex(16), secrets.token_hex(16), new_key()
    databases = Databases(stage.server, cluster="test", namespace="test")
    databases.create(name, db_password)
    prepare(folder, environment["CLONE_URL"])
    install(stage, folder, empty | {"DB_PASSWORD": db_password, "ADMIN_PASSWORD": password, "API_KEY": api_key})
    try:
        with web_server(stage, folder, environment | {"DB_PASSWORD": db_password}) as served:
            stage.balancer.routes[name] = served.port
            yield Clone(
                name, environment["CLONE_URL"], folder, password, api_key, db_password, environment, stage, served
            )
    finally:
        databases.drop(name)


def environment_of(stage: Stage, name: str) -> dict[str, str]:
    """What the ConfigMap of a clone's pod holds."""
    account = f"wp_{name.replace('-', '_')}"
    return {
        "CLONE_NAME": name,
        "CLONE_URL": f"{stage.balancer.origin}/{name}",
        "CLONE_PATH": f"/{name}",
        "SITE_ROOT": f"/var/www/html/{name}",
        "SOURCE_URL": "",
        "DB_HOST": HOST_NAME,
        "DB_PORT": "3306",
        "DB_NAME": account,
        "DB_USER": account,
        "DB_CA_FILE": "/etc/database-ca/ca.crt",
    }


def new_key() -> str:
    """A key for the agent."""
    return f"cm_{secrets.token_hex(8)}_{secrets.token_hex(32)}"


def prepare(folder: Path, clone_url: str) -> None:
    """Make a document root with what the import writes for an empty site."""
    folder.mkdir()
    folder.chmod(0o777)
    (folder / "wp-config.php").write_text(render(WpConfig(clone_url)), encoding="utf-8")
    own(folder)


def own(folder: Path) -> None:
    """Give files that were written on the host to the container's user."""
    docker("run", "--rm", "--user=0", f"--volume={folder}:/site", "--entrypoint=chown", IMAGE, "-R", f"{USER}", "/site")


def install(stage: Stage, folder: Path, environment: Mapping[str, str]) -> None:
    """Run the image's installer."""
    network = f"--network={stage.network}"
    docker("run", "--rm", network, "--entrypoint=install-wordpress", *confined(stage, folder, environment), IMAGE)


@contextmanager
def web_server(
    stage: Stage, folder: Path, environment: Mapping[str, str], options: Sequence[str] = ()
) -> Iterator[Container]:
    """Serve a document root as a clone's pod does; yields it when it answers."""
    with container(IMAGE, stage.network, 8080, [*confined(stage, folder, environment), *options]) as served:
        for attempt in stamina.retry_context(on=httpx.TransportError, attempts=None, timeout=60, wait_max=0.2):
            with attempt:
                httpx.get(f"http://127.0.0.1:{served.port}/healthz")
        yield served


def confined(stage: Stage, folder: Path, environment: Mapping[str, str]) -> list[str]:
    """Docker's options that come near to a pod's restrictions, volumes and environment."""
    options = ["--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges"]
    options += [f"--volume={folder}:{environment['SITE_ROOT']}"]
    options += [f"--volume={stage.server.ca_file}:/etc/database-ca/ca.crt:ro"]
    options += [f"--tmpfs={path}:uid={USER},gid={USER}" for path in ("/tmp", "/run", "/var/lib/php/sessions")]
    return options + [f"--env={name}={value}" for name, value in environment.items()]
