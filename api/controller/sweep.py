"""Undoing what a crash left behind: everything of a clone that has no object and that nobody is working on.

    what is found, without an object                          what is done
    ────────────────────────────────────────────────────────  ─────────────────────────────────────────────────
    record `Preparing`, no heartbeat for two minutes          key revoked, database dropped, values dropped,
                                                              record `Failed`, PREPARATION_INTERRUPTED
    record `Failed`, an hour old                              database dropped, Secret deleted
    record `Created`, ten minutes old                         database dropped, Secret deleted
    database of ours, ten minutes old, no record or `Failed`  dropped

Whether there is an object is asked live for each before anything is undone, and once more under the lock of its
database's name: whoever made the database before that has posted the object, or written the record, already. What one
clone throws does not keep the others from being looked at; everything is tried again at the next sweep.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.controller.deletion import revoke_source_key
from api.controller.ports import Ports
from api.database.provision import OwnedDatabase
from api.domain.errors import CloneError, PreparationInterrupted
from api.domain.intent import Intent

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 60.0
FAILED_KEPT = timedelta(minutes=60)  # for whoever asks why it failed
ORPHAN_GRACE = timedelta(minutes=10)  # an object may be late, and a cache stale


@dataclass(frozen=True)
class Finding:
    """Something to be undone, by its clone's name and a word for what it is; `undo` tells whether it still was."""

    name: str
    kind: str
    undo: Callable[[], bool]


def sweep(ports: Ports) -> list[Finding]:
    """Undo whatever is found; return what was undone."""
    return [finding for finding in _find(ports) if _undo(ports, finding)]


def _find(ports: Ports) -> Iterator[Finding]:
    now = ports.now()
    with_object = {clone.name for clone in ports.objects.list()}
    records = {intent.name: intent for intent in ports.intents.list()}
    for intent in records.values():
        if intent.name not in with_object:
            yield from _in_record(ports, intent, now)
    for database in ports.databases.owned():
        record = records.get(database.name)
        if database.name not in with_object and (record is None or record.phase == "Failed"):
            yield from _in_database(ports, database, now)


def _in_record(ports: Ports, intent: Intent, now: datetime) -> Iterator[Finding]:
    age = now - intent.heartbeat
    if intent.is_interrupted(now):
        yield Finding(intent.name, "interrupted", lambda: _interrupt(ports, intent))
    elif (intent.phase == "Failed" and age > FAILED_KEPT) or (intent.phase == "Created" and age > ORPHAN_GRACE):
        yield Finding(intent.name, "record", lambda: _remove(ports, intent))


def _in_database(ports: Ports, database: OwnedDatabase, now: datetime) -> Iterator[Finding]:
    if now - database.created > ORPHAN_GRACE:
        yield Finding(database.name, "database", lambda: _drop(ports, database.name))


def _undo(ports: Ports, finding: Finding) -> bool:
    extra = {"clone": finding.name, "kind": finding.kind}
    try:
        if _has_object(ports, finding.name) or not finding.undo():
            return False
    except CloneError as error:
        logger.warning("could not sweep", extra=extra | {"code": error.code, "detail": error.detail})
        return False
    logger.info("swept", extra=extra)
    return True


def _interrupt(ports: Ports, intent: Intent) -> bool:
    """Undo a preparation that has died. The record is claimed first and says `Failed` last, so a crash repeats it."""
    ports.intents.update(intent.name, step=intent.step, if_heartbeat=intent.heartbeat)
    revoke_source_key(ports, intent.name, intent.source_url)
    if not ports.databases.drop_unless(intent.name, lambda: _has_object(ports, intent.name)):
        return False
    ports.intents.drop_values(intent.name)
    said = PreparationInterrupted
    ports.intents.update(intent.name, phase="Failed", message=said.sentence, code=said.code)
    return True


def _remove(ports: Ports, intent: Intent) -> bool:
    if not ports.databases.drop_unless(intent.name, lambda: _has_object(ports, intent.name)):
        return False
    ports.intents.delete(intent.name)
    return True


def _drop(ports: Ports, name: str) -> bool:
    """Drop a database that neither an object nor a Secret claims."""
    return ports.databases.drop_unless(name, lambda: _has_object(ports, name) or _has_record(ports, name))


def _has_object(ports: Ports, name: str) -> bool:
    return ports.objects.get(name) is not None


def _has_record(ports: Ports, name: str) -> bool:
    record = ports.intents.read(name)
    return record is not None and record.phase != "Failed"
