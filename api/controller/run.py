"""The controller as a process: kopf, the sweep beside it, health and metrics.

One replica. Two of them for a moment do no harm: every verb may be repeated, and is by its own design safe against
another at the same work.
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

import kopf
from prometheus_client import start_http_server

from api.cluster.clones import CloneObjects
from api.cluster.connect import POOL_SIZE, connect
from api.cluster.resources import FINALIZER, GROUP, PLURAL, VERSION
from api.cluster.secrets import IntentStore
from api.controller.deletion import REVOKE_SECONDS
from api.controller.handlers import Handlers, tried_again
from api.controller.metrics import ACTIONS, ERRORS, SWEPT_AT
from api.controller.ports import Ports
from api.controller.sweep import INTERVAL_SECONDS, sweep
from api.database.provision import Databases
from api.domain.errors import CloneError
from api.domain.intent import ANNOTATION_PREFIX
from api.settings import Settings
from api.wiring import build_egress_keys, build_progress, build_revoker, build_server

logger = logging.getLogger(__name__)

HEALTH_PORT = 8081
METRICS_PORT = 8082
FOLLOWERS = 4  # threads; a look takes milliseconds as a rule
KIND_PAUSE_SECONDS = 2.0
PREFIX = ANNOTATION_PREFIX.rstrip("/")


def build_ports(settings: Settings) -> Ports:
    """Return the real adapters."""
    api, server = connect(), build_server(settings)
    intents = IntentStore(api, settings.namespace)
    return Ports(
        intents=intents,
        objects=CloneObjects(api, settings.namespace),
        databases=Databases(server, cluster=settings.cluster_name, namespace=settings.namespace),
        progress=build_progress(server, intents),
        revoke=build_revoker(settings, REVOKE_SECONDS),
        egress=build_egress_keys(settings),
    )


def build_registry(handlers: Handlers) -> kopf.OperatorRegistry:
    """Return kopf's table of handlers."""
    registry = kopf.OperatorRegistry()
    kopf.on.startup(registry=registry)(configure)
    kopf.on.login(registry=registry)(kopf.login_via_client)
    kopf.on.create(GROUP, VERSION, PLURAL, registry=registry, id="ensure")(tried_again(handlers.on_seen))
    kopf.on.resume(GROUP, VERSION, PLURAL, registry=registry, id="ensure")(tried_again(handlers.on_seen))
    kopf.on.delete(GROUP, VERSION, PLURAL, registry=registry, id="remove")(tried_again(handlers.on_deleted))
    kopf.daemon(GROUP, VERSION, PLURAL, registry=registry, id="follow")(tried_again(handlers.follow))
    kopf.daemon(GROUP, VERSION, PLURAL, registry=registry, id="expire")(tried_again(handlers.expire))
    return registry


def configure(settings: kopf.OperatorSettings, **_: object) -> None:
    """Set kopf up for an object that it shares with kro: nothing of ours in the status, a finalizer of our own."""
    settings.persistence.finalizer = FINALIZER
    settings.persistence.progress_storage = kopf.AnnotationsProgressStorage(prefix=PREFIX, v1=False)
    settings.persistence.diffbase_storage = kopf.AnnotationsDiffBaseStorage(prefix=PREFIX)
    settings.posting.enabled = False
    settings.scanning.disabled = True  # else kopf asks for all namespaces and definitions: rights outside our namespace
    settings.execution.default_backoff = 10  # seconds until a defect of ours is met again; kopf's own is a minute
    settings.networking.connect_timeout = 5
    settings.networking.request_timeout = 15


async def run(settings: Settings) -> None:
    """Run until the process is told to end."""
    ports = build_ports(settings)
    threads = ThreadPoolExecutor(POOL_SIZE - FOLLOWERS, thread_name_prefix="clone")
    followers = ThreadPoolExecutor(FOLLOWERS, thread_name_prefix="follow")
    start_http_server(METRICS_PORT)
    await wait_for_kind(ports, threads)
    async with asyncio.TaskGroup() as group:
        sweeping = group.create_task(_sweep_forever(ports, threads))
        await kopf.operator(
            registry=build_registry(Handlers(ports, threads, followers)),
            settings=kopf.OperatorSettings(),
            namespaces=[settings.namespace],
            standalone=True,
            liveness_endpoint=f"http://0.0.0.0:{HEALTH_PORT}/healthz",
        )
        sweeping.cancel()
    for pool in (threads, followers):
        pool.shutdown(wait=False, cancel_futures=True)


async def wait_for_kind(ports: Ports, threads: ThreadPoolExecutor, pause: float = KIND_PAUSE_SECONDS) -> None:
    """Wait until kro has defined the kind, asking every `pause` seconds: kopf looks for it once, when it starts."""
    while True:
        try:
            await asyncio.get_running_loop().run_in_executor(threads, ports.objects.list)
        except CloneError as error:
            logger.warning("waiting for the kind to be defined", extra={"code": error.code, "detail": error.detail})
            await asyncio.sleep(pause)
        else:
            return


async def _sweep_forever(ports: Ports, threads: ThreadPoolExecutor) -> None:
    """Sweep at the start and then every minute; a defect ends the process, and so gets noticed."""
    while True:
        try:
            found = await asyncio.get_running_loop().run_in_executor(threads, sweep, ports)
        except CloneError as error:
            ERRORS.labels("sweep", error.code).inc()
            logger.warning("could not sweep", extra={"code": error.code, "detail": error.detail})
        else:
            SWEPT_AT.set_to_current_time()
            for finding in found:
                ACTIONS.labels(f"swept {finding.kind}").inc()
        await asyncio.sleep(INTERVAL_SECONDS)
