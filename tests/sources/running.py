"""A source site while it runs: started from nothing, looked at from inside, removed."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from local.errors import CommandFailed
from local.image_build import ensure_image
from local.kubectl import apply, kubectl
from local.node_images import ensure_loaded
from local.settings import SOURCES_NAMESPACE, WORKER
from tests.sources.manifests import objects
from tests.sources.sites import SourceSite

READY_SECONDS = 300
KINDS = "deployment,service,configmap,secret"


@dataclass(frozen=True)
class RunningSite:
    """A site that answers; its administrator is `siteowner`."""

    site: SourceSite
    password: str

    def run(self, *command: str) -> str:
        """The output of a command in the web server's container."""
        return kubectl("exec", "-n", SOURCES_NAMESPACE, f"deploy/{self.site.name}", "-c", "web", "--", *command)

    def page(self, url: str) -> str:
        """A page as a visitor of the site's host sees it; kept from leaving it."""
        ports = ((80, 8080), (443, 8443))
        leads = [f"{self.site.host}:{port}:127.0.0.1:{inside}" for port, inside in ports]
        options = [word for lead in leads for word in ("--connect-to", lead)]
        return self.run("curl", "--silent", "--show-error", "--fail", "--location", "--insecure", *options, url)

    def counts(self) -> dict[str, int]:
        """Rows of every table, by its name."""
        found: dict[str, int] = json.loads(self.run("php", "/usr/local/share/source-site/counts.php"))
        return found

    def uploads(self) -> str:
        """The folder of uploads."""
        return self._php("echo wp_upload_dir()['basedir'];")

    def plugins(self) -> str:
        """What is in the folder of plugins."""
        return self._php("echo implode(' ', scandir(WP_PLUGIN_DIR));")

    def _php(self, code: str) -> str:
        load = "require '/usr/local/share/source-site/request.php'; require $source_site_files . '/wp-load.php';"
        return self.run("php", "-r", load + code)

    @property
    def source(self) -> dict[str, str]:
        """The site as `POST /clone` wants it: by the address that people type, not by the one it leads to."""
        url = f"http://{self.site.host}{self.site.home}"
        return {"url": url, "username": "siteowner", "password": self.password}


@contextmanager
def running(site: SourceSite) -> Iterator[RunningSite]:
    """Build the site's image if need be, start it, and remove it at the end of the block."""
    ensure_image(site.base)
    ensure_loaded([(ensure_image(site.image), site.image.fixed)], [WORKER])
    _remove(site)
    password = secrets.token_urlsafe(20)
    apply(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects(site, password, secrets.token_hex(16))}))
    try:
        _wait(site)
        yield RunningSite(site, password)
    finally:
        _remove(site)


def _wait(site: SourceSite) -> None:
    wanted = f"deployment/{site.name}"
    try:
        kubectl("rollout", "status", "-n", SOURCES_NAMESPACE, wanted, f"--timeout={READY_SECONDS}s", timeout=330)
    except CommandFailed as error:
        logs = kubectl("logs", "-n", SOURCES_NAMESPACE, wanted, "--all-containers", "--tail=30")
        raise AssertionError(f"{site.name} does not come up:\n{logs}") from error


def _remove(site: SourceSite) -> None:
    kubectl("delete", KINDS, "-n", SOURCES_NAMESPACE, "-l", f"app={site.name}", "--timeout=60s")
    kubectl("wait", "pods", "-n", SOURCES_NAMESPACE, "-l", f"app={site.name}", "--for=delete", "--timeout=60s")
