"""A clone as its Kubernetes object and its import tell it: what the adapters' values have to have."""

from datetime import datetime
from typing import Protocol


class CloneState(Protocol):
    """What we read of a WordPressClone: texts are "" and `percent` 0 until they are known, times are aware."""

    @property
    def name(self) -> str:
        """The object's name."""

    @property
    def created(self) -> datetime:
        """When the object was created."""

    @property
    def expires_at(self) -> datetime:
        """When its time to live is over."""

    @property
    def ttl_minutes(self) -> int:
        """Its time to live."""

    @property
    def source_url(self) -> str:
        """The site that it copies; "" for an empty one."""

    @property
    def url(self) -> str:
        """Where it answers."""

    @property
    def phase(self) -> str:
        """Preparing, Importing, Ready, Suspended, Failed, Lost or Deleting."""

    @property
    def percent(self) -> int:
        """How much of the import is done."""

    @property
    def step(self) -> str:
        """The engine's phase, such as `files`."""

    @property
    def message(self) -> str:
        """What the engine says to the user."""

    @property
    def code(self) -> str:
        """The engine's code of a failure."""

    @property
    def admin_user(self) -> str:
        """The login that the engine made."""

    @property
    def database_host(self) -> str:
        """Where its own database server is; "" where it shares one, or while there is none yet."""

    @property
    def shard(self) -> int:
        """Number of the load balancer that leads to it."""

    @property
    def deleting(self) -> bool:
        """Whether its deletion was asked for."""


class ImportState(Protocol):
    """What the engine wrote into the clone's database about the import."""

    @property
    def step(self) -> str:
        """The engine's phase, such as `files`."""

    @property
    def percent(self) -> int:
        """How much is done."""

    @property
    def message(self) -> str:
        """A sentence for the user."""

    @property
    def code(self) -> str:
        """A stable code if it failed, else ""."""

    @property
    def admin_user(self) -> str:
        """The login that the engine made, "" before it has."""
