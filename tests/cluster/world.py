"""The local cluster, its database server and its demo source from the outside, through the project's own adapters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from api.cluster.events import EventLog
from api.cluster.leftovers import Leftovers
from api.cluster.secrets import IntentStore
from api.controller.orphans import OBSERVED_SECONDS, Find, Finding
from api.controller.ports import Ports, utc_now
from api.controller.sweep import Sweeper
from api.database.connect import DatabaseServer
from api.database.provision import Databases
from api.settings import Settings
from api.wiring import build_egress_keys, build_progress, build_revoker
from local import rows
from local.settings import ROOT
from tests.cluster.inventory import NAMESPACE
from tests.cluster.objects import Cluster

REVOKE_SECONDS = 20.0
AHEAD = timedelta(minutes=61)


@contextmanager
def local_settings(folder: Path) -> Iterator[Settings]:
    """Settings of facade and controller for a process outside of the cluster, with files in `folder`."""
    (folder / "ca.crt").write_text(rows.read_secret("database", "mysql-tls")["ca.crt"])
    (folder / "password").write_text(rows.read_secret("database", "mysql-accounts")["clone-admin-password"])
    (folder / "keys").write_text(rows.read_secret("wordpress-clone", "egress-key")["keys"])
    with (
        rows.forwarded("database", "service/mysql", 3306) as port,
        rows.forwarded("wordpress-clone", "service/egress-proxy", 3128) as proxy,
    ):
        yield Settings(
            cluster_name="wordpress-clone-local",
            db_host="mysql.database.svc",
            db_address="127.0.0.1",
            db_port=port,
            db_user="clone_admin",
            db_password_file=folder / "password",
            db_ca_file=folder / "ca.crt",
            tokens_file=folder / "tokens.json",
            egress_proxy=f"127.0.0.1:{proxy}",
            egress_key_file=folder / "keys",
            allowed_private_hosts=frozenset({"demo-source.test"}),
            agent_dir=ROOT / "wordpress-target-image" / "plugin" / "custom-migrator",
        )


def environment(settings: Settings) -> dict[str, str]:
    """The same as environment variables."""
    given = settings.model_dump(include=settings.model_fields_set)
    hosts = ",".join(sorted(settings.allowed_private_hosts))
    text = {key: str(value) for key, value in given.items()} | {"allowed_private_hosts": hosts}
    return {f"CLONE_{key.upper()}": value for key, value in text.items()}


@dataclass(frozen=True)
class World:
    """What a clone may leave anything in."""

    cluster: Cluster
    intents: IntentStore
    databases: Databases
    server: DatabaseServer
    settings: Settings

    def left(self, name: str) -> set[str]:
        """What there is of a clone but its object, in the cluster and on the database server."""
        owned = [*self.databases.list_owned(), *self.databases.without_account()]
        found = {f"database {name}"} if name in owned else set()
        found |= {"Secret"} if self.intents.read(name) or self.intents.read_secrets(name) else set()
        return found | set(self.cluster.clones.parts_left(name))

    def ports(self, ahead: timedelta = timedelta(0)) -> Ports:
        """The controller's ports, by a clock that is `ahead` of the true one."""
        return Ports(
            intents=self.intents,
            objects=self.cluster.clones,
            databases=self.databases,
            leftovers=Leftovers(self.cluster.api, NAMESPACE),
            events=EventLog(self.cluster.api, NAMESPACE),
            progress=build_progress(self.server, self.intents),
            revoke=build_revoker(self.settings, REVOKE_SECONDS),
            egress=build_egress_keys(self.settings),
            now=lambda: utc_now() + ahead,
        )

    def sweep(self, find: Find, *, dry_run: bool = False) -> list[Finding]:
        """What a sweep does for whose clock all that is there is old enough, what lives too, at its second look."""
        times = iter((0.0, OBSERVED_SECONDS))
        sweeper = Sweeper(self.ports(AHEAD), find, dry_run=dry_run, monotonic=partial(next, times))
        assert sweeper.sweep() == []
        return sweeper.sweep()


def build_world(settings: Settings) -> World:
    """Return the world that the settings lead to."""
    cluster = Cluster()
    server = DatabaseServer(
        host=settings.db_host,
        port=settings.db_port,
        user=settings.db_user,
        password_file=settings.db_password_file,
        ca_file=settings.db_ca_file,
        address=settings.db_address,
    )
    databases = Databases(server, cluster=settings.cluster_name, namespace=NAMESPACE)
    return World(cluster, IntentStore(cluster.api, NAMESPACE), databases, server, settings)
