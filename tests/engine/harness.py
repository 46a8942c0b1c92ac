"""What runs for the tests of the engine: servers, a web server with sites, a proxy; and copies, checked."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path

from tests.engine.compare import differences, file_differences
from tests.engine.containers import network
from tests.engine.process import Clone, Outcome
from tests.engine.proxy import Proxy, running_proxy
from tests.engine.servers import MYSQL_SOURCE_SETTINGS, SOURCE_SETTINGS, Server, running_server
from tests.engine.side import Side
from tests.engine.sites import ANY_ROOT, Plan, Site, everything, old
from tests.engine.web import Web, copy_core, running_web


class Bench:
    """Everything that runs; each part is started when it is first asked for.

    Args:
        stack: Ends them.
        folder: For what they need on this machine.
    """

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self._stack = stack
        self._folder = folder
        self._sites: dict[str, Site] = {}
        folder.chmod(0o755)

    @cached_property
    def network(self) -> str:
        """The containers' network."""
        return self._stack.enter_context(network())

    @cached_property
    def source(self) -> Server:
        """A MySQL of sources."""
        return self.server("mysql", "source", MYSQL_SOURCE_SETTINGS)

    @cached_property
    def target(self) -> Server:
        """A MySQL of clones, as the image has it."""
        return self.server("mysql", "target")

    @cached_property
    def mariadb(self) -> Server:
        """A MariaDB of sources and clones."""
        return self.server("mariadb", "mariadb", SOURCE_SETTINGS)

    def server(self, kind: str, name: str, settings: tuple[str, ...] = (), options: tuple[str, ...] = ()) -> Server:
        """A new server that answers."""
        folder = self._folder / name
        folder.mkdir()
        server = self._stack.enter_context(running_server(kind, folder, self.network, settings, options))
        server.wait()
        return server

    @cached_property
    def web(self) -> Web:
        """The web server of all sites."""
        folder = self._folder / "web"
        folder.mkdir(mode=0o755)
        return self._stack.enter_context(running_web(folder, self.network))

    @cached_property
    def proxy(self) -> Proxy:
        """The way to it."""
        return self._stack.enter_context(running_proxy(self.web.container.port))

    @cached_property
    def core(self) -> Path:
        """WordPress, on the web server's disk so that sites can link it."""
        folder = self.web.folder / "core"
        copy_core(folder)
        return folder

    def site(self, plan: Plan, server: Server) -> Site:
        """A site that is served; the same one when it is asked for again."""
        if plan.name not in self._sites:
            self._sites[plan.name] = Site(plan, server, self.web, self.core)
        return self._sites[plan.name]

    @property
    def mysql_site(self) -> Site:
        """A site with every pitfall, on MySQL."""
        return self.site(everything("shop", "mysql"), self.source)

    @property
    def killed_site(self) -> Site:
        """The same without a row that is a fifth of all it has: a row is the least that is sent again."""
        return self.site(everything("steady", "mysql", bulk=20_000, largest=4_000_000), self.source)

    @property
    def mariadb_site(self) -> Site:
        """A site with every pitfall, on MariaDB."""
        return self.site(everything("garden", "mariadb"), self.mariadb)

    @property
    def old_site(self) -> Site:
        """A site whose latin1 tables hold UTF-8."""
        return self.site(old("old"), self.source)

    @contextmanager
    def clone(self, server: Server) -> Iterator[Clone]:
        """A new database and folder; the proxy counts from nothing."""
        self.proxy.reset()
        account = server.new_account("wp")
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        try:
            yield Clone(server, account, folder)
        finally:
            self.proxy.reset()
            server.drop(account)
            shutil.rmtree(folder)

    def copy(self, site: Site, clone: Clone, key: str = "") -> Outcome:
        """One run of the engine."""
        return clone.start(site.home, key or site.new_key(), self.proxy.url).wait()


def check_copy(site: Site, clone: Clone) -> None:
    """Fail unless the clone is the site, byte for byte, at its own address."""
    reference = Side(site.server, site.reference, site.plan.charset)
    copy = Side(clone.server, clone.account.database, site.plan.charset)
    found = differences(reference, copy, any_root=ANY_ROOT, root=clone.root)
    found += file_differences(site.expected_files, clone.root)
    assert not found, "\n".join(found[:50])
