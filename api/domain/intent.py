"""The record of intent: what a clone's Secret says about the clone before, and if, its object exists.

It is written first and removed last. A crash at any point leaves it behind, so the sweep can see what was begun
and undo it. It lives in the Secret's annotations, the values in the Secret's data; this module holds the mapping.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal, cast

ANNOTATION_PREFIX = "wordpressclones.kro.run/"
HEARTBEAT_SECONDS = 5  # how often a living preparation refreshes its heartbeat
HEARTBEAT_LOST_SECONDS = 25  # a preparation silent for so long has died: undone within a minute, five beats missed

IntentPhase = Literal["Preparing", "Failed", "Created"]
PHASES: tuple[IntentPhase, ...] = ("Preparing", "Failed", "Created")


@dataclass(frozen=True)
class Intent:
    """What somebody asked for, and how far its preparation has come. Times are aware and in UTC.

    `step`, `message` and `code` tell where it is or why it failed. `idempotency_key` is a hash of caller and
    Idempotency-Key, `request_hash` a salted hash of the body (see `api.domain.idempotency`); both "" without one.
    `screenshots` is how many pictures there are of what a browser saw when it failed. `attended` says that its caller
    waits for the answer and does not know the clone's name yet: if the process dies, nobody will ask for the record.
    """

    name: str
    phase: IntentPhase
    step: str
    message: str
    code: str
    source_url: str
    requested_by: str
    heartbeat: datetime
    created: datetime
    ttl_minutes: int
    idempotency_key: str = ""
    request_hash: str = ""
    screenshots: int = 0
    attended: bool = False

    def is_interrupted(self, now: datetime) -> bool:
        """Return whether this preparation has died: not finished, and silent for too long."""
        return self.phase == "Preparing" and now - self.heartbeat > timedelta(seconds=HEARTBEAT_LOST_SECONDS)

    def annotations(self) -> dict[str, str]:
        """Return the record as annotations of the Secret."""
        values = {
            "phase": self.phase,
            "step": self.step,
            "message": self.message,
            "code": self.code,
            "source-url": self.source_url,
            "requested-by": self.requested_by,
            "heartbeat": format_time(self.heartbeat),
            "created": format_time(self.created),
            "ttl-minutes": str(self.ttl_minutes),
            "idempotency-key": self.idempotency_key,
            "request-hash": self.request_hash,
            "screenshots": str(self.screenshots),
            "attended": str(self.attended).lower(),
        }
        return {ANNOTATION_PREFIX + key: value for key, value in values.items()}


@dataclass(frozen=True)
class CloneSecrets:
    """The values of a clone's Secret; none of them shows in `repr`. The source's are "" for an empty site.

    `source_session` is what a firewall or web server in front of the source wants to see (`migrator.source_session`).
    `source_home` is the URL that key and session were given for: no other site gets them, whatever the object says.
    `egress_import` and `egress_site` are the passwords of import and PHP at the egress proxy, "" where there is none.
    """

    admin_password: str = field(repr=False)
    db_password: str = field(repr=False)
    api_key: str = field(repr=False)
    source_key: str = field(default="", repr=False)
    source_session: str = field(default="", repr=False)
    source_home: str = field(default="", repr=False)
    egress_import: str = field(default="", repr=False)
    egress_site: str = field(default="", repr=False)


def intent_from_annotations(name: str, annotations: Mapping[str, str]) -> Intent:
    """Return the record that annotations hold; ValueError if they hold none.

    Unknown phases and lost numbers are errors: a record that cannot be read must not be taken for another one.
    """

    def value(key: str) -> str:
        return annotations.get(ANNOTATION_PREFIX + key, "")

    if value("phase") not in PHASES:
        raise ValueError(f"the annotations of {name} hold no record of intent")
    return Intent(
        name=name,
        phase=cast(IntentPhase, value("phase")),
        step=value("step"),
        message=value("message"),
        code=value("code"),
        source_url=value("source-url"),
        requested_by=value("requested-by"),
        heartbeat=parse_time(value("heartbeat")),
        created=parse_time(value("created")),
        ttl_minutes=int(value("ttl-minutes")),
        idempotency_key=value("idempotency-key"),
        request_hash=value("request-hash"),
        screenshots=int(value("screenshots") or 0),
        attended=value("attended") == "true",
    )


def format_time(moment: datetime) -> str:
    """Return an aware time as RFC 3339 in UTC, with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_time(text: str) -> datetime:
    """Return the aware time of an RFC 3339 text; ValueError if it is none or has no offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without offset")
    return moment.astimezone(UTC)
