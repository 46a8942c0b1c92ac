"""Removing what a clone leaves when its object goes; our finalizer holds the object until it is done.

Contract. kro removes the parts that it made, at the same time and under its own finalizer. We wait for them, pods
included, so that nothing writes to a database that is being dropped. Then, in this order:

1. a key that may still be registered at the source is revoked, if the source answers within seconds;
2. database and account are dropped;
3. the Secret, the last trace of the clone, is deleted.

Each step may be repeated, and after a crash all of them are. While the database does not answer nothing is lost: the
object stays, "Deleting", until it does.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta

from api.cluster.clones import CloneObject
from api.controller.ports import Ports
from api.controller.telling import tell
from api.domain.errors import CloneError, InvalidRequest
from api.domain.keys import AgentKey, parse_key
from api.domain.source_url import may_receive_password

logger = logging.getLogger(__name__)

REVOKE_SECONDS = 10.0  # for which a source that does not answer may hold up a deletion
PODS_PATIENCE = timedelta(seconds=35)  # a pod on a lost node ends when that node comes back, perhaps never


def is_due(ports: Ports, clone: CloneObject) -> bool:
    """Return whether this very object still waits for us, asked live.

    A late event may tell of an object that is gone, whose name a new one has: nothing of that one may be removed. While
    our finalizer is on an object there can be no other one of its name.
    """
    found = ports.objects.get(clone.name)
    return found is not None and found.uid == clone.uid and found.is_held


def find_clear(ports: Ports, clones: Sequence[CloneObject]) -> set[str]:
    """Return the names of those whose parts are gone, or all but pods that have had their time to end.

    Of its own parts kro says so by taking its finalizer off. If somebody took that off by hand, the sweep removes the
    parts when the object is gone.
    """
    held = ports.objects.names_with_parts()
    released = [clone for clone in clones if clone.name not in held]
    patient = {clone.name for clone in released if not _is_impatient(ports, clone)}
    # Asked after kro was done: a pod that is there now is seen.
    waited_for = patient & ports.objects.names_with_pods() if patient else set()
    return {clone.name for clone in released} - waited_for


def _is_impatient(ports: Ports, clone: CloneObject) -> bool:
    return clone.deleted_at is not None and ports.now() - clone.deleted_at > PODS_PATIENCE


def revoke_source_key(ports: Ports, name: str, source_url: str, own_server: str = "") -> bool:
    """Revoke the key that may still be registered at the source; return whether there was one and it is gone.

    The engine revokes a key when its import has ended, well or not. A key that a user put into a Secret of theirs is
    never revoked by us: we did not make it. Raises a TemporaryError if the cluster does not answer; a source that does
    not answer is no error, its key expires by itself. `own_server` is the host of the clone's own database server.
    """
    found = _key_to_revoke(ports, name, source_url, own_server)
    if found is None:
        return False
    try:
        ports.revoke(source_url, *found)
    except CloneError as error:
        logger.warning("could not revoke the key at the source", extra={"clone": name, "code": error.code})
        return False
    return True


def _key_to_revoke(ports: Ports, name: str, source_url: str, own_server: str) -> tuple[AgentKey, str] | None:
    """Return the key, and what has to be shown to the source's firewall or web server.

    Nothing for a source that the key was not given for: an object may have been made anew with another one.
    """
    intent = ports.intents.read(name)
    if intent is None or not intent.requested_by or not may_receive_password(intent.source_url, source_url):
        return None
    if _has_ended(ports, name, own_server):
        return None
    try:
        secrets = ports.intents.read_secrets(name)
        return (parse_key(secrets.source_key), secrets.source_session) if secrets and secrets.source_key else None
    except (InvalidRequest, ValueError):
        return None  # somebody changed the Secret by hand: no reason to keep the object for ever


def _has_ended(ports: Ports, name: str, own_server: str) -> bool:
    """Return whether the import is known to have ended; what a clone's database holds never keeps its object."""
    try:
        progress = ports.progress.read(name, own_server)
    except CloneError as error:
        logger.warning("could not read the import's progress", extra={"clone": name, "code": error.code})
        return False
    return progress is not None and progress.state in ("done", "failed")


def clean(ports: Ports, clone: CloneObject) -> None:
    """Drop database and account, then delete the Secret, if the object still waits for that."""
    if is_due(ports, clone):
        ports.databases.drop(clone.name)
        ports.intents.delete(clone.name)
        tell(ports, "removed", clone.name, "Dropped its database and account, deleted its Secret.", uid=clone.uid)
