"""Why a run ended: one tree of errors, each with a stable code, a sentence for the user and an exit status.

    MigrationError
    ├── TemporaryError            may pass by itself: the caller starts the run again
    │   ├── SourceUnreachable     10  no connection, time-out, 5xx, maintenance, or the egress proxy is down
    │   ├── SourceFailed          11  the agent answered with an error that may pass
    │   ├── AnswerDamaged         12  an answer was forged, cached or another call's
    │   │   ├── AnswerTruncated   13  an answer was cut short
    │   │   └── DigestMismatch    14  the bytes of a file are not those that were hashed
    │   └── DatabaseUnavailable   15  our MySQL is not there (yet)
    └── PermanentError            trying again cannot help: recorded, and not tried again
        ├── SettingsInvalid       20  the environment lacks a setting or has a wrong one
        ├── KeyRefused            21  the source does not know the key
        ├── KeyExpired            22  the key's time is over
        ├── AgentMissing          23  no URL of the source is answered by the agent
        ├── SourceRefused         24  the agent refused an operation for good
        │   └── SourceVanished    24  what was asked for is not there any more
        ├── SourceUnsupported     25  multisite, WordPress too old, other protocol
        ├── SourceTlsInvalid      26  the source's certificate cannot be trusted
        ├── SourceDataInvalid     27  paths, names or structures that cannot be a site's
        ├── SourceAddressRefused  28  the egress proxy does not let us to the source's address
        ├── DatabaseRefused       30  MySQL refused a statement
        ├── DatabaseFull          31  no room in the database
        ├── RowTooLarge           32  one row exceeds the target's max_allowed_packet
        ├── VolumeFull            33  no room for files
        ├── VolumeRefused         34  the volume cannot be written
        ├── VolumeLost            35  the database is filled but the files are gone
        ├── VerificationFailed    36  what arrived is not what was sent
        ├── FailedEarlier         37  an earlier run recorded a permanent failure
        └── InternalError         70  a fault of ours (EX_SOFTWARE)

The statuses 10-19 mean "again", 20 and above "not again". A message never holds a secret or a remote body.
"""

from typing import ClassVar


class MigrationError(Exception):
    """Anything that ends a run.

    Args:
        message: A sentence that the user of a clone understands. No secrets, no remote bodies.
        code: Overrides the class's stable code where one class covers several cases.
    """

    code: str = "MIGRATION_FAILED"
    exit_status: ClassVar[int] = 70

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.message = message
        if code:
            self.code = code


class TemporaryError(MigrationError):
    """May pass by itself; a later run can succeed."""


class PermanentError(MigrationError):
    """Trying again cannot help."""


class SourceUnreachable(TemporaryError):
    """The source cannot be reached, or says that it cannot answer now.

    Args:
        message: See MigrationError.
        retry_after: Seconds that the source asked us to wait, 0 if it did not.
    """

    code = "SOURCE_UNREACHABLE"
    exit_status = 10

    def __init__(self, message: str, *, code: str = "", retry_after: float = 0.0) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after


class SourceFailed(TemporaryError):
    """The agent reported an error of the source that may pass (its database, a PHP fault)."""

    code = "SOURCE_FAILED"
    exit_status = 11


class AnswerDamaged(TemporaryError):
    """An answer was forged, cached, or belongs to another call."""

    code = "SOURCE_ANSWER_DAMAGED"
    exit_status = 12


class AnswerTruncated(AnswerDamaged):
    """An answer, or a piece of one, ends before the length that it announced."""

    code = "SOURCE_ANSWER_TRUNCATED"
    exit_status = 13


class DigestMismatch(AnswerDamaged):
    """The bytes of a piece of a file are not those whose hash came with them."""

    code = "SOURCE_DIGEST_MISMATCH"
    exit_status = 14


class DatabaseUnavailable(TemporaryError):
    """The clone's MySQL does not take our connection, or lost it."""

    code = "DATABASE_UNAVAILABLE"
    exit_status = 15


class SettingsInvalid(PermanentError):
    """The environment lacks a setting, or one has a wrong value."""

    code = "SETTINGS_INVALID"
    exit_status = 20


class KeyRefused(PermanentError):
    """The source does not know our key."""

    code = "SOURCE_KEY_REFUSED"
    exit_status = 21


class KeyExpired(PermanentError):
    """Our key's time is over."""

    code = "SOURCE_KEY_EXPIRED"
    exit_status = 22


class AgentMissing(PermanentError):
    """The source's web server answers, the agent does not."""

    code = "SOURCE_AGENT_MISSING"
    exit_status = 23


class SourceRefused(PermanentError):
    """The agent refused an operation for good."""

    code = "SOURCE_REFUSED"
    exit_status = 24


class SourceVanished(SourceRefused):
    """What was asked for is not there (any more)."""

    code = "SOURCE_NOT_FOUND"


class SourceUnsupported(PermanentError):
    """The source is a kind of site that we cannot copy."""

    code = "SOURCE_UNSUPPORTED"
    exit_status = 25


class SourceTlsInvalid(PermanentError):
    """The source's certificate cannot be trusted."""

    code = "SOURCE_TLS_INVALID"
    exit_status = 26


class SourceDataInvalid(PermanentError):
    """The source sent paths, names or structures that cannot be a site's."""

    code = "SOURCE_DATA_INVALID"
    exit_status = 27


class SourceAddressRefused(PermanentError):
    """The egress proxy does not let us to the source: its address is not public, or the object names another host."""

    code = "SOURCE_ADDRESS_REFUSED"
    exit_status = 28


class DatabaseRefused(PermanentError):
    """The clone's MySQL refused a statement.

    Args:
        message: See MigrationError.
        number: MySQL's error number, 0 if there is none.
    """

    code = "DATABASE_REFUSED"
    exit_status = 30

    def __init__(self, message: str, *, code: str = "", number: int = 0) -> None:
        super().__init__(message, code=code)
        self.number = number


class DatabaseFull(PermanentError):
    """There is no room left in the clone's MySQL."""

    code = "DATABASE_FULL"
    exit_status = 31


class RowTooLarge(PermanentError):
    """One row does not fit into a statement that the target accepts."""

    code = "ROW_TOO_LARGE"
    exit_status = 32


class VolumeFull(PermanentError):
    """There is no room left for the clone's files."""

    code = "VOLUME_FULL"
    exit_status = 33


class VolumeRefused(PermanentError):
    """The clone's directory cannot be written."""

    code = "VOLUME_REFUSED"
    exit_status = 34


class VolumeLost(PermanentError):
    """The database holds a finished clone whose files are gone."""

    code = "VOLUME_LOST"
    exit_status = 35


class VerificationFailed(PermanentError):
    """What arrived is not what was sent."""

    code = "VERIFICATION_FAILED"
    exit_status = 36


class FailedEarlier(PermanentError):
    """An earlier run recorded a permanent failure; nothing was tried."""

    code = "FAILED_EARLIER"
    exit_status = 37


class InternalError(PermanentError):
    """A fault of the engine itself."""

    code = "INTERNAL_ERROR"
    exit_status = 70
