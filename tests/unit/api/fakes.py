"""In-memory adapters behind the interfaces of `api.cloning.ports`, and a world that can break at any call."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from api.cloning.ports import Clock, OnSession, OnStep, Ports
from api.domain.clone import CloneState
from api.domain.errors import DatabaseUnavailable, Duplicate, NotFound, Timeout
from api.domain.intent import CloneSecrets, Intent
from api.domain.keys import AgentKey
from api.domain.models import CloneRequest
from api.domain.prepared import PreparedSource
from api.domain.source_login import SourceLogin, SourceOptions

PASSWORD = "correct horse battery staple"
SITE = "https://example.com"


class Killed(BaseException):
    """The process dies here: nothing of ours runs any more."""


@dataclass
class World:
    """What exists, what was called, and which call breaks with what."""

    intents: dict[str, Intent] = field(default_factory=dict)
    secrets: dict[str, CloneSecrets] = field(default_factory=dict)
    pictures: dict[str, list[bytes]] = field(default_factory=dict)
    databases: dict[str, str] = field(default_factory=dict)
    objects: dict[str, Clone] = field(default_factory=dict)
    logins: dict[str, tuple[str, int]] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    failures: dict[str, BaseException] = field(default_factory=dict)
    hooks: dict[str, Callable[[], object]] = field(default_factory=dict)
    outcome: dict[str, str] = field(default_factory=lambda: {"phase": "Ready", "admin_user": "admin"})
    record: Progress | None = None
    failed: threading.Event = field(default_factory=threading.Event)
    answers: bool = True
    home: str = ""
    php: str = "8.1.27"
    session: str = ""
    options: SourceOptions | None = None
    settles: bool = True
    now: datetime = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
    seconds: float = 0.0

    def call(self, name: str) -> None:
        """Note a call; break it if it is to break."""
        self.calls.append(name)
        self.hooks.get(name, lambda: None)()
        if name in self.failures:
            raise self.failures[name]

    def left(self) -> set[str]:
        """Which kinds of things there are."""
        kinds = ("intents", "secrets", "pictures", "databases", "objects", "keys")
        return {kind for kind in kinds if getattr(self, kind)}

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds
        self.now += timedelta(seconds=seconds)

    def clock(self) -> Clock:
        """Return this world's time."""
        return Clock(now=lambda: self.now, monotonic=lambda: self.seconds, sleep=self.sleep)

    def ports(self) -> Ports:
        """Return this world's adapters."""
        return Ports(
            intents=Intents(self),
            screenshots=Screenshots(self),
            objects=Objects(self),
            databases=DatabaseServer(self),
            progress=Records(self),
            logins=Logins(self),
            source=Sites(self),
            probe=Probe(self),
        )


@dataclass(frozen=True)
class Clone:
    """A `CloneState`."""

    name: str
    source_url: str = SITE
    ttl_minutes: int = 60
    php_version: str = ""
    phase: str = "Preparing"
    percent: int = 0
    step: str = ""
    message: str = ""
    code: str = ""
    admin_user: str = ""
    database_host: str = ""
    deleting: bool = False
    created: datetime = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
    options: Mapping[str, object] = field(default_factory=dict)

    @property
    def shard(self) -> int:
        place = self.options.get("ingress", {})
        assert isinstance(place, dict)
        return int(place.get("shard", 1))

    @property
    def url(self) -> str:
        return f"https://s1.clones.example/{self.name}"

    @property
    def expires_at(self) -> datetime:
        return self.created + timedelta(minutes=self.ttl_minutes)


@dataclass(frozen=True)
class Progress:
    """An `ImportState`."""

    step: str = "files"
    percent: int = 40
    message: str = "The source stopped answering."
    code: str = "SOURCE_KEY_REFUSED"
    admin_user: str = "admin-x1y2"


class Intents:
    def __init__(self, world: World) -> None:
        self._world = world

    def create(self, intent: Intent, secrets: CloneSecrets) -> None:
        self._world.call("intents.create")
        if intent.name in self._world.intents:
            raise Duplicate("The name is taken.")
        self._world.intents[intent.name] = intent
        self._world.secrets[intent.name] = secrets

    def update(
        self,
        name: str,
        *,
        phase: str | None = None,
        step: str | None = None,
        message: str | None = None,
        code: str | None = None,
        screenshots: int | None = None,
        attended: bool | None = None,
    ) -> None:
        self._world.call(f"intents.update {phase or step or 'heartbeat'}")
        found = self._world.intents.get(name)
        if found is None:
            raise NotFound("There is no such object.")
        given: dict[str, object] = {"phase": phase, "step": step, "message": message, "code": code}
        given |= {"screenshots": screenshots, "attended": attended, "heartbeat": self._world.now}
        changes = {key: value for key, value in given.items() if value is not None}
        self._world.intents[name] = replace(found, **changes)  # type: ignore[arg-type] # names and types fit by construction
        if phase == "Failed":
            self._world.failed.set()

    def drop_values(self, name: str) -> None:
        self._world.call("intents.drop_values")
        self._world.secrets.pop(name, None)

    def keep_session(self, name: str, session: str) -> None:
        self._world.call("intents.keep_session")
        self._world.secrets[name] = replace(self._world.secrets[name], source_session=session)

    def read(self, name: str) -> Intent | None:
        return self._world.intents.get(name)

    def read_secrets(self, name: str) -> CloneSecrets | None:
        return self._world.secrets.get(name)

    def list(self) -> Sequence[Intent]:
        self._world.call("intents.list")
        return list(self._world.intents.values())

    def delete(self, name: str) -> None:
        self._world.call("intents.delete")
        self._world.intents.pop(name, None)
        self._world.secrets.pop(name, None)
        self._world.pictures.pop(name, None)


class Screenshots:
    def __init__(self, world: World) -> None:
        self._world = world

    def keep(self, name: str, images: Sequence[bytes]) -> None:
        self._world.call("screenshots.keep")
        self._world.pictures[name] = list(images)

    def read(self, name: str, number: int) -> bytes | None:
        found = self._world.pictures.get(name, [])
        return found[number - 1] if 0 < number <= len(found) else None


class Objects:
    def __init__(self, world: World) -> None:
        self._world = world

    def create(
        self, name: str, *, ttl_minutes: int, source_url: str, php_version: str, options: Mapping[str, object]
    ) -> None:
        self._world.call("objects.create")
        self._world.objects[name] = Clone(name, source_url, ttl_minutes, php_version, options=options)

    def change(self, name: str, spec: Mapping[str, object]) -> None:
        self._world.call("objects.change")
        if name not in self._world.objects:
            raise NotFound("There is no such object.")
        minutes = spec.get("ttlMinutes", self._world.objects[name].ttl_minutes)
        changed = {"ttl_minutes": minutes, "options": {**self._world.objects[name].options, **spec}}
        self._world.objects[name] = replace(self._world.objects[name], **changed)  # type: ignore[arg-type] # as typed there

    def get(self, name: str) -> CloneState | None:
        self._world.call("objects.get")
        return self._world.objects.get(name)

    def list(self) -> Sequence[CloneState]:
        return list(self._world.objects.values())

    def ping(self) -> None:
        self._world.call("objects.ping")

    def delete(self, name: str) -> None:
        """Remove the object, and like the controller's finalizer what belongs to it."""
        self._world.call("objects.delete")
        self._world.objects.pop(name, None)

    def wait(self, name: str, predicate: Callable[[CloneState | None], bool], timeout: float) -> CloneState | None:
        self._world.call("objects.wait")
        predicate(self._world.objects.get(name))
        if self._world.settles and name in self._world.objects:
            self._world.objects[name] = replace(self._world.objects[name], **self._world.outcome)  # type: ignore[arg-type] # texts only
        found = self._world.objects.get(name)
        if predicate(found):
            return found
        self._world.sleep(timeout)
        raise Timeout("It did not get there.")

    def parts_left(self, name: str) -> Sequence[str]:
        return []


class DatabaseServer:
    def __init__(self, world: World) -> None:
        self._world = world

    def create(self, name: str, password: str) -> None:
        self._world.databases[name] = password
        self._world.call("databases.create")

    def drop(self, name: str) -> None:
        self._world.call("databases.drop")
        self._world.databases.pop(name, None)

    def list_owned(self) -> Sequence[str]:
        return list(self._world.databases)

    def ping(self) -> None:
        self._world.call("databases.ping")


class Records:
    def __init__(self, world: World) -> None:
        self._world = world

    def read(self, name: str, own_server: str = "") -> Progress | None:
        self._world.call("progress.read")
        return self._world.record


class Logins:
    def __init__(self, world: World) -> None:
        self._world = world

    def leave(self, name: str, password: str, login: str, token_hash: str, seconds: int, own_server: str = "") -> None:
        self._world.call("logins.leave")
        if self._world.databases[name] != password:
            raise DatabaseUnavailable("Wrong password.")
        self._world.logins[token_hash] = (login, seconds)


class Sites:
    def __init__(self, world: World) -> None:
        self._world = world

    def prepare(
        self, login: SourceLogin, key: AgentKey, on_step: OnStep, options: SourceOptions, on_session: OnSession
    ) -> PreparedSource:
        self._world.options = options
        for step in ("discover", "login", "permission", "key", "confirm"):
            on_step(step)
            self._world.call(f"source.{step}")
            self._world.sleep(0.5)
        self._world.keys.add(key.id)
        if self._world.session:
            on_session(self._world.session)
        return PreparedSource(self._world.home or login.url, self._world.php)

    def revoke(self, site_url: str, key: AgentKey, session: str = "") -> None:
        self._world.call("source.revoke")
        self._world.keys.discard(key.id)


class Probe:
    def __init__(self, world: World) -> None:
        self._world = world

    def wait(self, url: str, timeout: float) -> bool:
        self._world.call("probe.wait")
        return self._world.answers


def order(ttl_minutes: int = 60, password: str = PASSWORD) -> CloneRequest:
    """Return a valid request."""
    source = {"url": SITE, "username": "siteowner", "password": password}
    return CloneRequest.model_validate({"source": source, "ttl_minutes": ttl_minutes})
