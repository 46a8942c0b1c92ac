"""What can become of a key that is registered with the agent."""

from dataclasses import dataclass
from enum import Enum

from api.domain.errors import CloneError


class Registration(Enum):
    """What became of a key."""

    DONE = "done"
    BUSY = "busy"  # another registration or removal holds the agent's lock: the same call will do in a moment
    NO_AGENT = "no agent"
    NO_TABLES = "no tables"


@dataclass(frozen=True)
class Attempt:
    """One attempt; `closed` says why the REST API did not answer, where it is not that there is no agent."""

    outcome: Registration
    closed: CloneError | None = None
