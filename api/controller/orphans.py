"""What a crash may have left behind: everything of a clone that has no object and that nobody is working on.

    what is found, without an object                          what is done
    ────────────────────────────────────────────────────────  ─────────────────────────────────────────────────
    record `Preparing`, no heartbeat for 25 seconds           key revoked, database dropped; the Secret deleted, or,
                                                              where its name was told, without values and `Failed`
    record `Failed`, an hour old                              database dropped, Secret deleted
    record `Created`, ten minutes old                         database dropped, Secret deleted
    account of ours, ten minutes old, no record or `Failed`   dropped, with its database where there is one
    kro's part, server of ACK's, Secret without a record,     deleted
    ten minutes old
    database without account                                  told, and left: nobody can say whose it is

Where there is a database, `undo` asks live and under the lock of its name whether the clone has an object: whoever made
the database before that has posted the object, or written the record, already. `api.controller.sweep` undoes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from api.cluster.leftovers import Leftover
from api.controller.deletion import revoke_source_key
from api.controller.ports import Ports
from api.domain.errors import PreparationInterrupted
from api.domain.intent import HEARTBEAT_LOST_SECONDS, Intent

FAILED_KEPT = timedelta(minutes=60)  # for whoever asks why it failed
ORPHAN_GRACE = timedelta(minutes=10)  # an object may be late, and a cache stale
OBSERVED_SECONDS = 15.0  # for which something has to look the same; three heartbeats
SUSPECT = timedelta(seconds=HEARTBEAT_LOST_SECONDS - OBSERVED_SECONDS)  # then it is lost when that time is over


@dataclass(frozen=True)
class Finding:
    """Something to be undone: its clone's name, a word and a sentence for what it is.

    `state` changes when somebody works on it. `undo` tells whether it still was to be undone; None: it is only told.
    """

    name: str
    kind: str
    what: str
    state: str
    undo: Callable[[], bool] | None


Find = Callable[[Ports], list[Finding]]


def find_interrupted(ports: Ports) -> list[Finding]:
    """Return preparations that may have died. Raises DatabaseUnavailable if they could not be undone now."""
    now = ports.now()
    suspects = [intent for intent in ports.intents.list("Preparing") if now - intent.heartbeat > SUSPECT]
    if suspects:
        ports.databases.ping()
    return [_interrupted(ports, intent) for intent in suspects]


def find_orphans(ports: Ports) -> list[Finding]:
    """Return everything else that has no object."""
    now, with_object = ports.now(), ports.objects.names()
    records = {intent.name: intent for intent in ports.intents.list()}
    found = [*_records(ports, records.values(), now), *_databases(ports, records, now), *_leftovers(ports, now)]
    return [finding for finding in found if finding.name not in with_object]


def has_object(ports: Ports, name: str) -> bool:
    """Return whether the clone has an object, asked live."""
    return ports.objects.get(name) is not None


def _interrupted(ports: Ports, intent: Intent) -> Finding:
    what = "Its preparation was cut off: took back the key at the source, database and Secret."
    return Finding(intent.name, "interrupted", what, intent.heartbeat.isoformat(), partial(_interrupt, ports, intent))


def _records(ports: Ports, records: Iterable[Intent], now: datetime) -> Iterator[Finding]:
    kept = {"Failed": FAILED_KEPT, "Created": ORPHAN_GRACE}
    for intent in records:
        if intent.phase in kept and now - intent.heartbeat > kept[intent.phase]:
            what = f"Its record of intent ({intent.phase}) had no object: dropped its database, deleted its Secret."
            state = f"{intent.phase} {intent.heartbeat.isoformat()}"
            yield Finding(intent.name, "record", what, state, partial(_remove, ports, intent))


def _databases(ports: Ports, records: Mapping[str, Intent], now: datetime) -> Iterator[Finding]:
    for database in ports.databases.owned():
        record = records.get(database.name)
        if (record is None or record.phase == "Failed") and now - database.created > ORPHAN_GRACE:
            what = "Its database account had neither an object nor a Secret: dropped account and database."
            state = database.created.isoformat()
            yield Finding(database.name, "database", what, state, partial(_drop, ports, database.name))
    for name in ports.databases.without_account():
        what = "Its database has no account that says whose it is, and stays: drop it by hand if it is nobody's."
        yield Finding(name, "unowned database", what, "", None)


def _leftovers(ports: Ports, now: datetime) -> Iterator[Finding]:
    for leftover in ports.leftovers.list():
        if now - leftover.created > ORPHAN_GRACE:
            what, undo = f"{leftover} had no object: deleted.", partial(_delete, ports, leftover)
            yield Finding(leftover.clone, "part", what, leftover.uid, undo)


def _delete(ports: Ports, leftover: Leftover) -> bool:
    ports.leftovers.delete(leftover)
    return True


def _interrupt(ports: Ports, intent: Intent) -> bool:
    """Undo a preparation that has died. The record is claimed first and changed or deleted last: a crash repeats it."""
    if not intent.is_interrupted(ports.now()):
        return False
    ports.intents.update(intent.name, step=intent.step, if_heartbeat=intent.heartbeat)
    revoke_source_key(ports, intent.name, intent.source_url)
    if not ports.databases.drop_unless(intent.name, lambda: has_object(ports, intent.name)):
        return False
    if intent.attended:  # its caller was cut off with it and never learnt its name
        ports.intents.delete(intent.name)
        return True
    ports.intents.drop_values(intent.name)
    said = PreparationInterrupted
    ports.intents.update(intent.name, phase="Failed", message=said.sentence, code=said.code)
    return True


def _remove(ports: Ports, intent: Intent) -> bool:
    if not ports.databases.drop_unless(intent.name, lambda: has_object(ports, intent.name)):
        return False
    ports.intents.delete(intent.name)
    return True


def _drop(ports: Ports, name: str) -> bool:
    """Drop a database that neither an object nor a Secret claims."""
    return ports.databases.drop_unless(name, lambda: has_object(ports, name) or _has_record(ports, name))


def _has_record(ports: Ports, name: str) -> bool:
    record = ports.intents.read(name)
    return record is not None and record.phase != "Failed"
