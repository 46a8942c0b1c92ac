"""A world in memory for the controller's verbs: objects, Secrets, databases, a source. Its time stands still."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from api.cluster.clones import CloneObject
from api.cluster.errors import ObjectChanged
from api.cluster.leftovers import Leftover
from api.controller.ports import Ports
from api.database.progress import ImportProgress
from api.database.provision import OwnedDatabase
from api.domain.errors import CloneError, Duplicate, NotFound
from api.domain.intent import CloneSecrets, Intent, IntentPhase
from api.domain.keys import AgentKey, new_key

NOW = datetime(2026, 5, 17, 9, 30, tzinfo=UTC)
NAME = "shop-1"
SOURCE = "https://example.com"
KEY = new_key()
SECRETS = CloneSecrets("admin-value", "db-value", "api-value", KEY.text)


def clone(phase: str = "Preparing", **changes: object) -> CloneObject:
    """Return an object that was made a minute ago, to live for an hour."""
    created = NOW - timedelta(minutes=1)
    found = CloneObject(
        name=NAME,
        created=created,
        ttl_minutes=60,
        source_url=SOURCE,
        url="https://clones.test/shop-1/",
        phase=phase,
        expires_at=created + timedelta(minutes=60),
        percent=0,
        step="",
        message="",
        code="",
        admin_user="",
        deleted_at=None,
        has_own_server=False,
        shard=1,
        database_host="",
        is_held=True,
        resource_version="1",
        uid="uid-1",
    )
    return replace(found, **changes)  # type: ignore[arg-type]  # names and types are the tests' own


def intent(phase: IntentPhase = "Created", age: timedelta = timedelta(0), name: str = NAME) -> Intent:
    """Return a facade's record whose last sign of life is `age` old."""
    return Intent(
        name=name,
        phase=phase,
        step="key",
        message="",
        code="",
        source_url=SOURCE,
        requested_by="ci",
        heartbeat=NOW - age,
        created=NOW - age,
        ttl_minutes=60,
    )


def progress(state: str, percent: int = 41, *, code: str = "") -> ImportProgress:
    """Return what an import says."""
    return ImportProgress(state, "files", percent, "12 of 30 files", code, "admin")


@dataclass
class FakeWorld:
    """Everything that the controller can see.

    `failures` maps what is done to what it raises, `meanwhile` what is read to what somebody else does directly after.
    `done` is what the controller did.
    """

    now: datetime = NOW
    objects: dict[str, CloneObject] = field(default_factory=dict)
    with_parts: set[str] = field(default_factory=set)
    with_pods: set[str] = field(default_factory=set)
    config_map: dict[str, str] | None = None
    records: dict[str, Intent] = field(default_factory=dict)
    secrets: dict[str, CloneSecrets] = field(default_factory=dict)
    accounts: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    unowned: list[str] = field(default_factory=list)
    leftovers: list[Leftover] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    imports: dict[str, ImportProgress] = field(default_factory=dict)
    failures: dict[str, CloneError] = field(default_factory=dict)
    meanwhile: dict[str, Callable[[], None]] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    watches: list["FakeWatch"] = field(default_factory=list)

    def ports(self) -> Ports:
        """Return the world as the controller's ports."""
        return Ports(
            intents=FakeIntents(self),
            objects=FakeObjects(self),
            databases=FakeDatabases(self),
            leftovers=FakeLeftovers(self),
            events=FakeEvents(self),
            progress=FakeProgress(self),
            revoke=self.revoke,
            now=lambda: self.now,
        )

    def revoke(self, site_url: str, key: AgentKey, session: str) -> None:
        """Revoke a key at the source."""
        self.act("revoke", f"{site_url} {key.id} {session}".rstrip())

    def act(self, method: str, what: str) -> None:
        """Note what is done, or fail."""
        if method in self.failures:
            raise self.failures[method]
        self.done.append(f"{method} {what}")

    def was_read(self, what: str) -> None:
        """Let somebody else act."""
        self.meanwhile.pop(what, lambda: None)()


class FakeIntents:
    """Secrets."""

    def __init__(self, world: FakeWorld) -> None:
        self._world = world

    def create(self, intent: Intent, secrets: CloneSecrets) -> None:
        if intent.name in self._world.secrets or intent.name in self._world.records:
            raise Duplicate("taken")
        self._world.act("create Secret", intent.name)
        self._world.records[intent.name], self._world.secrets[intent.name] = intent, secrets

    def complete(self, intent: Intent, spare: CloneSecrets) -> CloneSecrets:
        self._world.act("complete Secret", intent.name)
        found = self._world.secrets.get(intent.name)
        kept = {key: value for key, value in vars(found).items() if value} if found else {}
        self._world.secrets[intent.name] = replace(spare, **kept)
        self._world.records.setdefault(intent.name, intent)
        return self._world.secrets[intent.name]

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
        record = self._world.records[name]
        if if_heartbeat not in (None, record.heartbeat):
            raise ObjectChanged("changed")
        self._world.act("update record", f"{name} {phase or 'claim'}")
        given = {"phase": phase, "step": step, "message": message, "code": code}
        changes = {key: value for key, value in given.items() if value is not None}
        # The phase is a text here, and one of three words in the record.
        self._world.records[name] = replace(record, heartbeat=self._world.now, **changes)  # type: ignore[arg-type]

    def drop_values(self, name: str) -> None:
        self._world.act("drop values", name)
        self._world.secrets.pop(name, None)

    def read(self, name: str) -> Intent | None:
        return self._world.records.get(name)

    def read_secrets(self, name: str) -> CloneSecrets | None:
        if "read Secret" in self._world.failures:
            raise self._world.failures["read Secret"]
        return self._world.secrets.get(name)

    def list(self, phase: IntentPhase | None = None) -> list[Intent]:
        found = [intent for intent in self._world.records.values() if phase in (None, intent.phase)]
        self._world.was_read("records")
        return found

    def delete(self, name: str) -> None:
        self._world.act("delete Secret", name)
        self._world.records.pop(name, None)
        self._world.secrets.pop(name, None)


class FakeObjects:
    """WordPressClones and their parts."""

    def __init__(self, world: FakeWorld) -> None:
        self._world = world

    def get(self, name: str) -> CloneObject | None:
        return self._world.objects.get(name)

    def names(self) -> set[str]:
        if "list objects" in self._world.failures:
            raise self._world.failures.pop("list objects")
        found = {*self._world.objects}
        self._world.was_read("objects")
        return found

    def delete(self, name: str, *, resource_version: str | None = None) -> None:
        if resource_version not in (None, self._world.objects[name].resource_version):
            raise ObjectChanged("changed")
        self._world.act("delete object", name)

    def write_progress(self, name: str, data: Mapping[str, str]) -> None:
        if self._world.config_map is None:
            raise NotFound("no ConfigMap")
        self._world.act("write progress", f"{data['phase']} {data['percent']}")
        self._world.config_map |= data

    def names_with_parts(self) -> set[str]:
        found = {*self._world.with_parts}
        self._world.was_read("parts")
        return found

    def names_with_pods(self) -> set[str]:
        found = {*self._world.with_pods}
        self._world.was_read("pods")
        return found


class FakeDatabases:
    """Databases with their passwords and ages."""

    def __init__(self, world: FakeWorld) -> None:
        self._world = world

    def create(self, name: str, password: str) -> None:
        self._world.act("create database", name)
        self._world.accounts[name] = (password, self._world.now)

    def drop(self, name: str) -> None:
        self._world.act("drop database", name)
        self._world.accounts.pop(name, None)

    def drop_unless(self, name: str, needed: Callable[[], bool]) -> bool:
        self._world.was_read("lock")
        if needed():
            return False
        self.drop(name)
        return True

    def is_complete(self, name: str) -> bool:
        return name in self._world.accounts

    def owned(self) -> list[OwnedDatabase]:
        found = [OwnedDatabase(name, made) for name, (_, made) in self._world.accounts.items()]
        self._world.was_read("databases")
        return found

    def without_account(self) -> list[str]:
        return [*self._world.unowned]

    def ping(self) -> None:
        if "ping" in self._world.failures:
            raise self._world.failures["ping"]


class FakeLeftovers:
    """What the cluster holds beside objects and records."""

    def __init__(self, world: FakeWorld) -> None:
        self._world = world

    def list(self) -> list[Leftover]:
        return [*self._world.leftovers]

    def delete(self, leftover: Leftover) -> None:
        self._world.act("delete", str(leftover))
        self._world.leftovers.remove(leftover)


class FakeEvents:
    """Events, as `reason name`."""

    def __init__(self, world: FakeWorld) -> None:
        self._world = world

    def post(self, clone: str, reason: str, message: str, *, uid: str = "", warning: bool = False) -> None:
        if "post Event" in self._world.failures:
            raise self._world.failures["post Event"]
        self._world.events.append(f"{reason} {clone}")


class FakeProgress:
    """What imports say."""

    def __init__(self, world: FakeWorld) -> None:
        self._world = world
        self.watches = world.watches

    def read(self, name: str, own_server: str = "") -> ImportProgress | None:
        self._world.was_read("progress")
        if "read progress" in self._world.failures:
            raise self._world.failures["read progress"]
        return self._world.imports.get(name)

    def watch(self, name: str, own_server: str = "") -> "FakeWatch":
        return FakeWatch(self, name, own_server)


class FakeWatch:
    """What one import says; notes in `open` whether something is held."""

    def __init__(self, progress: FakeProgress, name: str, own_server: str) -> None:
        self._progress = progress
        self.own_server = own_server
        self._name = name
        progress.watches.append(self)
        self.open = False

    def read(self) -> ImportProgress | None:
        self.open = True
        return self._progress.read(self._name)

    def close(self) -> None:
        self.open = False
