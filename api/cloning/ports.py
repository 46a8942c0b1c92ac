"""What this package wants of the world, as interfaces: the adapters fulfil them, tests put memory in their place.

All methods may raise errors of `api.domain.errors`, and no others.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from api.domain.clone import CloneState, ImportState
from api.domain.egress import NO_KEYS, EgressKeys
from api.domain.intent import CloneSecrets, Intent
from api.domain.keys import AgentKey
from api.domain.prepared import PreparedSource
from api.domain.source_login import SourceLogin, SourceOptions

OnStep = Callable[[str], None]
OnSession = Callable[[str], None]


class IntentStore(Protocol):
    """The clones' Secrets with the record of intent."""

    def create(self, intent: Intent, secrets: CloneSecrets) -> None:
        """Write a new record; raises Duplicate if there is one."""

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
        """Change what is given, refresh the heartbeat; raises NotFound if the record is gone."""

    def drop_values(self, name: str) -> None:
        """Remove the secret values, keep the record; raises NotFound if it is gone."""

    def keep_session(self, name: str, session: str) -> None:
        """Add what the engine has to show to the source; raises NotFound if the record is gone."""

    def read(self, name: str) -> Intent | None:
        """Return the record."""

    def read_secrets(self, name: str) -> CloneSecrets | None:
        """Return the values."""

    def list(self) -> Sequence[Intent]:
        """Return all records."""

    def delete(self, name: str) -> None:
        """Remove the record; no error if it is gone."""


class Screenshots(Protocol):
    """Pictures of what a browser saw at sources that it did not get into; they go with the record of intent."""

    def keep(self, name: str, images: Sequence[bytes]) -> None:
        """Keep them, in their order; raises NotFound if the record is gone."""

    def read(self, name: str, number: int) -> bytes | None:
        """Return one of them, counted from 1."""


class CloneObjects(Protocol):
    """The WordPressClone objects."""

    def create(
        self, name: str, *, ttl_minutes: int, source_url: str, php_version: str, options: Mapping[str, object]
    ) -> None:
        """Post an object, `options` being further fields of its spec; raises Duplicate."""

    def change(self, name: str, spec: Mapping[str, object]) -> None:
        """Set fields of the object's spec; raises NotFound, or InvalidRequest with the server's sentence."""

    def get(self, name: str) -> CloneState | None:
        """Return the object."""

    def list(self) -> Sequence[CloneState]:
        """Return all objects."""

    def ping(self) -> None:
        """Raise an error of ours if the API server does not answer or does not know the kind."""

    def delete(self, name: str) -> None:
        """Ask for the deletion; no error if it is gone."""

    def wait(self, name: str, predicate: Callable[[CloneState | None], bool], timeout: float) -> CloneState | None:
        """Follow the object until the predicate holds (None: it is gone); raises Timeout after `timeout` seconds."""

    def parts_left(self, name: str) -> Sequence[str]:
        """Return what the cluster still holds of the clone."""


class Databases(Protocol):
    """The clones' databases and their users."""

    def create(self, name: str, password: str) -> None:
        """Make user and database; idempotent."""

    def drop(self, name: str) -> None:
        """Remove both; idempotent."""

    def list_owned(self) -> Sequence[str]:
        """Return the names of the clones that have an account, which is what goes last."""

    def ping(self) -> None:
        """Raise DatabaseUnavailable if the server does not answer."""


class ImportProgress(Protocol):
    """The engine's record in a clone's database."""

    def read(self, name: str, own_server: str = "") -> ImportState | None:
        """Return it; None if there is none yet."""


class LoginLinks(Protocol):
    """The clones' tables of one-time logins."""

    def leave(self, name: str, password: str, login: str, token_hash: str, seconds: int, own_server: str = "") -> None:
        """Let a token log in as `login` once, for so many seconds; `password` is that of the clone's database.

        `own_server` is the host of a server that is the clone's alone.
        """


class SourceSites(Protocol):
    """Live WordPress sites."""

    def prepare(
        self, login: SourceLogin, key: AgentKey, on_step: OnStep, options: SourceOptions, on_session: OnSession
    ) -> PreparedSource:
        """See that `key` works at the site's agent, registering it if need be, and that the site is not too large.

        Tells each step, and what the engine has to show to the site, if it has to. Takes back what it did if it fails.
        """

    def revoke(self, site_url: str, key: AgentKey, session: str = "") -> None:
        """Revoke a key, unless it is a standing one; the agent removes itself with its last one.

        `session` is what `prepare` told that has to be shown to the site.
        """


class SiteProbe(Protocol):
    """A visitor's view of a clone."""

    def wait(self, url: str, timeout: float) -> bool:
        """Return True once the URL answers, False if it has not after `timeout` seconds."""


@dataclass(frozen=True)
class Clock:
    """Time, replaced in tests: the wall's, the stopwatch's, and the pause between two looks."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Ports:
    """All of them."""

    intents: IntentStore
    screenshots: Screenshots
    objects: CloneObjects
    databases: Databases
    progress: ImportProgress
    logins: LoginLinks
    source: SourceSites
    probe: SiteProbe
    egress: EgressKeys = NO_KEYS
