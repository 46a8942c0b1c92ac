"""Making a clone whole whose object came by kubectl or Argo CD: its database, its account, its Secret.

Contract. The object is the record of what is wanted. The database comes first and the Secret last: the pod's containers
start the moment the Secret is there, and then find a database that lets them in. A crash in between leaves a database
with a password that nobody knows; the next try sets another one. Two of these at one time agree on the Secret's
password, for only one of them wrote it. For a clone of the facade's, which has all of it already, nothing is done.
"""

from dataclasses import replace

from api.cluster.clones import CloneObject
from api.controller.ports import Ports
from api.controller.telling import tell
from api.domain import keys
from api.domain.egress import IMPORT, SITE
from api.domain.errors import CloneError, Duplicate
from api.domain.intent import CloneSecrets, Intent


def ensure(ports: Ports, clone: CloneObject) -> bool:
    """Make what is missing of `clone`; return whether anything was.

    Raises Duplicate if its database belongs to another cluster, a TemporaryError if it should be tried again.
    """
    found = ports.intents.read_secrets(clone.name)
    draft = _completed(ports, clone, found)
    if draft != found:
        _make(ports, clone, draft)
        tell(ports, "made whole", clone.name, "Made what was missing of Secret and database.", uid=clone.uid)
        return True
    if clone.has_own_server or ports.databases.is_complete(clone.name):
        return False
    ports.databases.create(clone.name, draft.db_password)
    tell(ports, "made whole", clone.name, "Made the database that was missing.", uid=clone.uid)
    return True


def refuse(ports: Ports, clone: CloneObject, error: CloneError) -> None:
    """Say in the clone's status why it can never be made whole; raises NotFound while kro has no place for that."""
    data = {"phase": "Failed", "percent": "0", "step": "object", "message": error.detail, "code": error.code}
    ports.objects.write_progress(clone.name, data)
    tell(ports, "refused", clone.name, f"{error.code}: {error.detail}", uid=clone.uid, warning=True)


def _make(ports: Ports, clone: CloneObject, draft: CloneSecrets) -> None:
    if clone.has_own_server:  # RDS makes account and database, with the Secret's password
        _store(ports, clone, draft)
        return
    ports.databases.create(clone.name, draft.db_password)
    kept = _store(ports, clone, draft)
    if kept.db_password != draft.db_password:
        ports.databases.create(clone.name, kept.db_password)


def _store(ports: Ports, clone: CloneObject, draft: CloneSecrets) -> CloneSecrets:
    intent = _intent(ports, clone)
    try:
        ports.intents.create(intent, draft)
    except Duplicate:
        return ports.intents.complete(intent, draft)
    return draft


def _intent(ports: Ports, clone: CloneObject) -> Intent:
    """Return the record of a clone that nobody asked the facade for: `requested_by` is empty."""
    now = ports.now()
    return Intent(
        name=clone.name,
        phase="Created",
        step="object",
        message="",
        code="",
        source_url=clone.source_url,
        requested_by="",
        heartbeat=now,
        created=now,
        ttl_minutes=clone.ttl_minutes,
    )


def _completed(ports: Ports, clone: CloneObject, found: CloneSecrets | None) -> CloneSecrets:
    """Return what the user's own Secret gives, with new random values for the rest; a source's key is never made up."""
    made = CloneSecrets(
        keys.new_password(),
        keys.new_password(),
        keys.new_key().text,
        egress_import=ports.egress.password_of_clone(clone.name, IMPORT),
        egress_site=ports.egress.password_of_clone(clone.name, SITE),
    )
    if found is None:
        return made
    return replace(made, **{field: value for field, value in vars(found).items() if value})
