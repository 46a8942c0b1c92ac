"""What came back from a site: an HTTP response read to its end, and what one that is no answer of the agent means."""

import json
import ssl
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpx

from migrator.errors import (
    AgentMissing,
    AnswerDamaged,
    KeyExpired,
    KeyRefused,
    MigrationError,
    RowTooLarge,
    SourceFailed,
    SourceRefused,
    SourceTlsInvalid,
    SourceUnreachable,
    SourceVanished,
)

_BUSY = {408, 425, 429, 500, 502, 503, 504, 507, 509, 520, 521, 522, 523, 524, 525, 527, 529, 530}
_LONGEST_WAIT = 60.0  # seconds; what a source may make us wait between two calls
_MAX_BODY = 83_886_080  # bytes: an answer has 16 MiB, but for a single row of up to 64 MiB, and junk in front of it
_HOURLY_WAIT = 60.0  # seconds; an hour's limit takes longer, and the run is started again until then
_LATEST = 2**40  # Unix seconds; what is later than this is no clock
_PASSING = {"database_error", "internal", "budget", "unreadable"}
_REPORTED = {
    "database_error": "its database failed (database_error).",
    "internal": "PHP failed (internal).",
    "budget": "the memory of the site does not suffice (budget).",
    "unreadable": "a file cannot be read (unreadable).",
    "not_found": "there is no such thing (not_found).",
    "forbidden": "the key does not allow it (forbidden).",
    "bad_request": "it does not understand the call (bad_request).",
}
_MAX_REFUSAL = 65_536  # bytes of a refusal with the notices that a site may print around it


@dataclass(frozen=True)
class Reply:
    """An HTTP response read to its end."""

    status: int
    headers: httpx.Headers
    body: bytearray | bytes


class ClockDiffers(Exception):
    """The site's clock and ours differ too much; holds the site's time."""

    def __init__(self, time_there: int) -> None:
        super().__init__("clock")
        self.time_there = time_there


def read_body(response: httpx.Response) -> bytearray | bytes:
    """Read a body; raises AnswerDamaged for one that is larger than any answer, or compressed.

    We ask for bodies as they are: a compressed one is never unpacked, because a small one can unpack to any size. What
    is no answer (an error page, a redirect) keeps its meaning without its body. A body is held once: its pieces go into
    one buffer as they come.
    """
    if _is_encoded(response):
        if response.status_code != httpx.codes.OK:
            return b""
        raise AnswerDamaged("The source compresses its answers although it was asked not to.")
    body = bytearray()
    for piece in response.iter_bytes():  # nothing to decode: these are the raw bytes
        body += piece
        if len(body) > _MAX_BODY:
            raise AnswerDamaged("An answer of the source is larger than any that was asked for.")
    return body


def _is_encoded(response: httpx.Response) -> bool:
    encodings = response.headers.get_list("content-encoding", split_commas=True)
    return any(encoding.strip().lower() not in ("", "identity") for encoding in encodings)


def not_answered(reply: Reply) -> Exception:
    """What a response without an answer of the agent means: a MigrationError, or ClockDiffers."""
    code, time_there = _refusal(reply)
    if code == "clock" and time_there:
        return ClockDiffers(time_there)
    if code == "expired":
        return KeyExpired("The key for the source has expired.")
    if code in ("unauthenticated", "clock"):
        return KeyRefused("The source refuses the key that was registered for this copy.")
    if code == "query_limit":
        return query_limit()
    if reply.status in _BUSY or code == "unavailable":
        text = f"The source answers with HTTP status {reply.status}."
        return SourceUnreachable(text, code="SOURCE_BUSY", retry_after=_retry_after(reply))
    return AgentMissing(
        f"The source's web server answers (HTTP status {reply.status}), but not its copying agent: "
        "the plugin was removed, or something in front of the site keeps our calls away from it."
    )


def _refusal(reply: Reply) -> tuple[str, int | None]:
    """(code, time) of an authentication failure as the agent words it, ("", None) for anything else.

    Its HTTP status is 403, but 200 where the site had printed something before the agent was asked.
    """
    text = reply.body[-_MAX_REFUSAL:].decode("utf-8", "replace")
    start = text.rfind('{"code"')
    try:
        value, _ = json.JSONDecoder().raw_decode(text[start:] if start >= 0 else "")
    except (ValueError, RecursionError):
        return "", None
    code, there = value.get("code"), value.get("time")
    return (str(code), there) if isinstance(there, int) and 0 <= there < _LATEST else ("", None)


def query_limit() -> SourceUnreachable:
    """The site's database account has run all queries that its host allows in an hour (MySQL's error 1226)."""
    text = "The source's database account may run no more queries in this hour. The copy goes on when it may."
    return SourceUnreachable(text, code="SOURCE_QUERY_LIMIT", retry_after=_HOURLY_WAIT)


def without_tables() -> SourceUnreachable:
    """The site leads to WordPress's installer: it does not find its tables, or may not ask for them any more."""
    text = "The source's WordPress does not reach the tables in its database."
    return SourceUnreachable(text, code="SOURCE_WITHOUT_DATABASE", retry_after=_HOURLY_WAIT)


def reported(op: str, code: str) -> MigrationError:
    """What an error that the agent reports means. A source is not trusted: nothing that it words itself is shown."""
    text = f"The source's agent could not do {op}: " + _REPORTED.get(code, "it refuses to.")
    if code == "too_long":
        return RowTooLarge("A row of the source is longer than its own database server can send.")
    if code == "query_limit":
        return query_limit()
    if code in _PASSING:
        return SourceFailed(text, code=f"SOURCE_{code.upper()}")
    return SourceVanished(text) if code == "not_found" else SourceRefused(text)


def transport_failure(cause: httpx.TransportError) -> MigrationError:
    """What it means that there was no response at all."""
    link: BaseException | None = cause
    while link is not None:
        if isinstance(link, ssl.SSLCertVerificationError):
            return SourceTlsInvalid("The source's certificate cannot be verified.")
        link = link.__cause__ or link.__context__
    if isinstance(cause, httpx.UnsupportedProtocol):
        return SourceRefused("The source redirects to a URL that cannot be used.")
    return SourceUnreachable("The source cannot be reached, or breaks the connection off.")


def _retry_after(reply: Reply) -> float:
    """Seconds that the site asks us to wait: a number, or a time by its own clock (RFC 9110, 10.2.3)."""
    value = reply.headers.get("retry-after", "")
    seconds = float(value) if value.isascii() and value.isdigit() else _until(value, reply.headers.get("date", ""))
    return min(max(seconds, 0.0), _LONGEST_WAIT)


def _until(then: str, now: str) -> float:
    try:
        return (parsedate_to_datetime(then) - parsedate_to_datetime(now)).total_seconds()
    except (ValueError, TypeError, OverflowError):  # TypeError: one has a zone and the other has none
        return 0.0
