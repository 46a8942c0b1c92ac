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
from api.cluster.events import EventLog
from api.cluster.leftovers import Leftovers
from api.cluster.resources import FINALIZER, GROUP, PLURAL, VERSION
from api.cluster.secrets import IntentStore
from api.controller.deletion import REVOKE_SECONDS
from api.controller.handlers import Handlers, tried_again
from api.controller.metrics import ERRORS, SWEPT_AT
from api.controller.orphans import find_interrupted, find_orphans
from api.controller.ports import Ports
from api.controller.sweep import Sweeper
from api.database.provision import Databases
from api.domain.errors import CloneError
from api.domain.intent import ANNOTATION_PREFIX
from api.settings import Settings
from api.wiring import build_egress_keys, build_progress, build_revoker, build_server

logger = logging.getLogger(__name__)

HEALTH_PORT = 8081
METRICS_PORT = 8082
FOLLOWERS = 4  # threads; a look takes milliseconds as a rule
SLOW_FOLLOWERS = 1  # for clones of which it takes seconds
KIND_PAUSE_SECONDS = 2.0
INTERRUPTED_SECONDS = 4.0  # between two looks for preparations that have died; what is left of them is gone in a minute
ORPHANS_SECONDS = 60.0  # between two looks at everything, by lists of all objects
RETRY_SECONDS = 10.0  # until the next look where one failed: what is back is noticed soon
PREFIX = ANNOTATION_PREFIX.rstrip("/")


def build_ports(settings: Settings) -> Ports:
    """Return the real adapters."""
    api, server = connect(), build_server(settings)
    intents = IntentStore(api, settings.namespace)
    return Ports(
        intents=intents,
        objects=CloneObjects(api, settings.namespace),
        databases=Databases(server, cluster=settings.cluster_name, namespace=settings.namespace),
        leftovers=Leftovers(api, settings.namespace),
        events=EventLog(api, settings.namespace),
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
    # No handler is for changes, so kopf need not remember what it saw last: it would write that down anew, and wake all
    # who watch the object, whenever kro has changed a label.
    settings.persistence.diffbase_storage = kopf.AnnotationsDiffBaseStorage(
        prefix=PREFIX, v1=False, ignored_fields=["metadata", "spec"]
    )
    settings.posting.enabled = False
    settings.scanning.disabled = True  # else kopf asks for all namespaces and definitions: rights outside our namespace
    settings.execution.default_backoff = 10  # seconds until a defect of ours is met again; kopf's own is a minute
    settings.networking.connect_timeout = 5
    settings.networking.request_timeout = 15
    # Of an API server that was away; kopf's own pauses grow to ten minutes, and an object would wait them out.
    settings.queueing.error_delays = (1, 2, 3, 5, 8, 10)


async def run(settings: Settings) -> None:
    """Run until the process is told to end."""
    ports = build_ports(settings)
    threads = ThreadPoolExecutor(POOL_SIZE - FOLLOWERS - SLOW_FOLLOWERS, thread_name_prefix="clone")
    followers = ThreadPoolExecutor(FOLLOWERS, thread_name_prefix="follow")
    slow = ThreadPoolExecutor(SLOW_FOLLOWERS, thread_name_prefix="follow-slow")
    start_http_server(METRICS_PORT)
    await wait_for_kind(ports, threads)
    async with asyncio.TaskGroup() as group:
        sweeping = [
            group.create_task(_sweep_forever(Sweeper(ports, find, dry_run=settings.sweep_dry_run), seconds, threads))
            for find, seconds in ((find_interrupted, INTERRUPTED_SECONDS), (find_orphans, ORPHANS_SECONDS))
        ]
        await kopf.operator(
            registry=build_registry(Handlers(ports, threads, followers, slow)),
            settings=kopf.OperatorSettings(),
            namespaces=[settings.namespace],
            standalone=True,
            liveness_endpoint=f"http://0.0.0.0:{HEALTH_PORT}/healthz",
        )
        for task in sweeping:
            task.cancel()
    for pool in (threads, followers, slow):
        pool.shutdown(wait=False, cancel_futures=True)


async def wait_for_kind(ports: Ports, threads: ThreadPoolExecutor, pause: float = KIND_PAUSE_SECONDS) -> None:
    """Wait until kro has defined the kind, asking every `pause` seconds: kopf looks for it once, when it starts."""
    while True:
        try:
            await asyncio.get_running_loop().run_in_executor(threads, ports.objects.names)
        except CloneError as error:
            logger.warning("waiting for the kind to be defined", extra={"code": error.code, "detail": error.detail})
            await asyncio.sleep(pause)
        else:
            return


async def _sweep_forever(sweeper: Sweeper, seconds: float, threads: ThreadPoolExecutor) -> None:
    """Sweep at the start and then every so many seconds; a defect ends the process, and so gets noticed."""
    failure = ""
    while True:
        pause = seconds
        try:
            await asyncio.get_running_loop().run_in_executor(threads, sweeper.sweep)
        except CloneError as error:
            ERRORS.labels("sweep", error.code).inc()
            if error.code != failure:  # what is down for an hour is said once
                logger.warning("could not sweep", extra={"code": error.code, "detail": error.detail})
            failure, pause = error.code, min(seconds, RETRY_SECONDS)
        else:
            SWEPT_AT.set_to_current_time()
            failure = ""
        await asyncio.sleep(pause)
