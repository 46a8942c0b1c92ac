"""Puts the facade together: the only place that knows which adapter stands behind which interface."""

from collections.abc import Callable

import httpcore

from api.cloning.change import CloneChanger
from api.cloning.create import CloneCreator
from api.cloning.describe import CloneDescriber
from api.cloning.jobs import JobPool
from api.cloning.login_link import LoginLinkMaker
from api.cloning.placement import Placement
from api.cloning.ports import Clock, Ports
from api.cloning.remove import CloneRemover
from api.cluster.clones import CloneObjects
from api.cluster.connect import connect
from api.cluster.screenshots import ScreenshotStore
from api.cluster.secrets import IntentStore
from api.database.connect import DatabaseServer
from api.database.login_links import LoginLinks
from api.database.progress import ProgressReader
from api.database.provision import Databases
from api.domain.egress import CONTROLLER, FACADE, NO_KEYS, EgressKeys
from api.domain.keys import AgentKey
from api.routes.metrics import Metrics
from api.routes.readiness import ReadinessCheck
from api.routes.services import Services
from api.routes.tokens import Authenticator, TokenFile
from api.settings import Settings
from api.source.browser import BrowserEndpoint, RemoteBrowser
from api.source.guard import GuardedBackend
from api.source.package import build_package
from api.source.prepare import SourcePreparer
from api.source.probe import UrlProbe
from api.source.revoke import KeyRevoker
from api.source.transport import GuardedTransport, tls_context
from api.source.tunnel import TunnelBackend


def build_ports(settings: Settings) -> Ports:
    """Return the real adapters."""
    api = connect()
    server = build_server(settings)
    intents = IntentStore(api, settings.namespace)
    return Ports(
        intents=intents,
        screenshots=ScreenshotStore(api, settings.namespace),
        objects=CloneObjects(api, settings.namespace),
        databases=Databases(server, cluster=settings.cluster_name, namespace=settings.namespace),
        progress=build_progress(server, intents),
        logins=LoginLinks(server),
        source=build_preparer(settings),
        probe=build_probe(settings),
        egress=build_egress_keys(settings),
    )


def build_egress_keys(settings: Settings) -> EgressKeys:
    """Return the keys of the proxy's passwords, none where there is no proxy; ValueError if they are unsound."""
    if not settings.egress_proxy:
        return NO_KEYS
    if settings.egress_key_file is None:
        raise ValueError("CLONE_EGRESS_KEY_FILE is not set")
    return EgressKeys.parse(settings.egress_key_file.read_text())


def build_way_out(settings: Settings, user: str) -> httpcore.NetworkBackend:
    """Return what opens connections to sites: the egress proxy as `user`, or, without one, this process's own check."""
    if not settings.egress_proxy:
        return GuardedBackend(settings.allowed_private_hosts)
    host, _, port = settings.egress_proxy.rpartition(":")
    return TunnelBackend(host, int(port), user, build_egress_keys(settings).password_of(user))


def build_probe(settings: Settings) -> UrlProbe:
    """Return the visitor of clones."""
    if not settings.egress_proxy:
        return UrlProbe()
    backend = build_way_out(settings, FACADE)
    return UrlProbe(lambda: GuardedTransport(backend))


def build_server(settings: Settings) -> DatabaseServer:
    """Return the way to the database server; nothing is connected yet."""
    return DatabaseServer(
        host=settings.db_host,
        port=settings.db_port,
        user=settings.db_user,
        password_file=settings.db_password_file,
        ca_file=settings.db_ca_file,
        address=settings.db_address,
    )


def build_progress(server: DatabaseServer, intents: IntentStore) -> ProgressReader:
    """Return what reads imports' progress, each as its clone's own account, with the password from its Secret."""

    def password_of(name: str) -> str:
        found = intents.read_secrets(name)
        return found.db_password if found else ""

    return ProgressReader(server, password_of)


def build_preparer(settings: Settings) -> SourcePreparer:
    """Return the preparer of source sites, with its way out."""
    backend = build_way_out(settings, FACADE)
    tls = tls_context(settings.source_ca_file)
    return SourcePreparer(
        lambda: GuardedTransport(backend, tls),
        build_package(settings.agent_dir),
        settings.prepare_seconds,
        settings.max_source_bytes,
        plain_hosts=settings.allowed_private_hosts,
        browser=build_browser(settings, backend),
    )


def build_browser(settings: Settings, backend: httpcore.NetworkBackend) -> RemoteBrowser | None:
    """Return the browser whose address the settings have; nothing is connected yet."""
    if not settings.browser_url:
        return None
    endpoint = BrowserEndpoint(
        settings.browser_url,
        settings.browser_token_file,
        settings.browser_proxy_host,
        settings.browser_proxy_port,
    )
    return RemoteBrowser(endpoint, backend)


def build_revoker(settings: Settings, seconds: float) -> Callable[[str, AgentKey, str], None]:
    """Return what revokes a key at a source site within `seconds`."""
    backend = build_way_out(settings, CONTROLLER)
    tls = tls_context(settings.source_ca_file)
    return KeyRevoker(lambda: GuardedTransport(backend, tls), seconds).revoke


def build_services(settings: Settings) -> Services:
    """Return what the application works with; ValueError if a setting that the facade needs is missing or unsound."""
    if settings.tokens_file is None:
        raise ValueError("CLONE_TOKENS_FILE is not set")
    return assemble(build_ports(settings), Clock(), TokenFile(settings.tokens_file), settings)


def assemble(ports: Ports, clock: Clock, tokens: TokenFile, settings: Settings) -> Services:
    """Return the services over any adapters; raises Unavailable if the tokens file cannot be read."""
    tokens.entries()
    jobs = JobPool(settings.max_concurrent)
    metrics = Metrics(lambda: jobs.running)
    checks = {"kubernetes": ports.objects.ping, "database": ports.databases.ping}
    describer = CloneDescriber(ports, clock)
    return Services(
        creator=CloneCreator(ports, clock, metrics.report, Placement(ports, settings.max_clones, settings.shards)),
        describer=describer,
        login_links=LoginLinkMaker(ports, clock, describer),
        changer=CloneChanger(ports),
        remover=CloneRemover(ports, clock),
        jobs=jobs,
        authenticator=Authenticator(tokens),
        readiness=ReadinessCheck(checks),
        metrics=metrics,
        sync_seconds=settings.sync_seconds,
        delete_seconds=settings.delete_seconds,
    )
