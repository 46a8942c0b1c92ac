"""What the controller wants of the world, as interfaces: the adapters fulfil them, tests put memory in their place.

All methods may raise errors of `api.domain.errors`, and no others.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from api.cluster.clones import CloneObject
from api.cluster.leftovers import Leftover
from api.database.progress import ImportProgress
from api.database.provision import OwnedDatabase
from api.domain.egress import NO_KEYS, EgressKeys
from api.domain.intent import CloneSecrets, Intent, IntentPhase
from api.domain.keys import AgentKey


class Intents(Protocol):
    """The clones' Secrets with the record of intent; see `api.cluster.secrets.IntentStore`."""

    def create(self, intent: Intent, secrets: CloneSecrets) -> None:
        """Write a new record; raises Duplicate if there is a Secret."""

    def complete(self, intent: Intent, spare: CloneSecrets) -> CloneSecrets:
        """Fill what an existing Secret lacks and return the values it then has."""

    def update(
        self,
        name: str,
        *,
        phase: str | None = None,
        step: str | None = None,
        message: str | None = None,
        code: str | None = None,
        if_heartbeat: datetime | None = None,
    ) -> None:
        """Change what is given, if the heartbeat is still the given one; else raises ObjectChanged."""

    def drop_values(self, name: str) -> None:
        """Remove the secret values, keep the record."""

    def read(self, name: str) -> Intent | None:
        """Return the record."""

    def read_secrets(self, name: str) -> CloneSecrets | None:
        """Return the values."""

    def list(self, phase: IntentPhase | None = None) -> Sequence[Intent]:
        """Return all records, or those of one phase."""

    def delete(self, name: str) -> None:
        """Remove record and values; no error if they are gone."""


class Objects(Protocol):
    """The WordPressClone objects; see `api.cluster.clones.CloneObjects`."""

    def get(self, name: str) -> CloneObject | None:
        """Return the object, asked live."""

    def names(self) -> set[str]:
        """Return the names of all objects."""

    def names_with_parts(self) -> set[str]:
        """Return the names of those for which kro has parts to remove."""

    def names_with_pods(self) -> set[str]:
        """Return the names of the clones that have pods, ending ones too."""

    def delete(self, name: str, *, resource_version: str | None = None) -> None:
        """Ask for the deletion of this version of the object; raises ObjectChanged if there is a newer one."""

    def write_progress(self, name: str, data: Mapping[str, str]) -> None:
        """Set keys of the progress ConfigMap; raises NotFound while there is none."""


class Databases(Protocol):
    """The clones' databases and accounts; see `api.database.provision.Databases`."""

    def create(self, name: str, password: str) -> None:
        """Make both, or set the password; raises Duplicate if they are somebody else's."""

    def drop(self, name: str) -> None:
        """Remove both; idempotent."""

    def drop_unless(self, name: str, needed: Callable[[], bool]) -> bool:
        """Do the same unless it is `needed`, asked under the name's lock; return whether it was not."""

    def is_complete(self, name: str) -> bool:
        """Return whether there are both."""

    def owned(self) -> Sequence[OwnedDatabase]:
        """Return those that this cluster and namespace made."""

    def without_account(self) -> Sequence[str]:
        """Return the names of those of which nobody can say who made them."""

    def ping(self) -> None:
        """Raise DatabaseUnavailable if the server does not answer."""


class Leftovers(Protocol):
    """What the cluster holds for clones beside their objects and records; see `api.cluster.leftovers.Leftovers`."""

    def list(self) -> Sequence[Leftover]:
        """Return all of it, whether or not its clone lives."""

    def delete(self, leftover: Leftover) -> None:
        """Delete this very version; raises ObjectChanged if there is a newer one."""


class Events(Protocol):
    """Events about clones; see `api.cluster.events.EventLog`."""

    def post(self, clone: str, reason: str, message: str, *, uid: str = "", warning: bool = False) -> None:
        """Write one."""


class Watch(Protocol):
    """What one import says about itself; see `api.database.progress.ProgressWatch`."""

    def read(self) -> ImportProgress | None:
        """Return it; None before the import has begun, or if the clone's database holds something else."""

    def close(self) -> None:
        """Give back what reading holds; it may be read again."""


class Progress(Protocol):
    """What imports say about themselves; see `api.database.progress.ProgressReader`."""

    def read(self, name: str, own_server: str = "") -> ImportProgress | None:
        """Return what one of them says, once."""

    def watch(self, name: str, own_server: str = "") -> Watch:
        """Return what reads one of them again and again, at the clone's own server where it has one."""


Revoke = Callable[[str, AgentKey, str], None]
"""Revokes a key at a site, given its URL and what a firewall or web server in front of it wants to see.

Raises an error of ours if that does not work within seconds.
"""

Now = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Ports:
    """All of them."""

    intents: Intents
    objects: Objects
    databases: Databases
    leftovers: Leftovers
    events: Events
    progress: Progress
    revoke: Revoke
    egress: EgressKeys = NO_KEYS
    now: Now = utc_now
