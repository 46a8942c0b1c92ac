"""Signed calls to a site's agent, protocol "cm1": requests and answers as bytes, and the frames inside answers.

Pure: no network, no clock. The engine and whoever else has to speak to an agent (to revoke a key, say) share it.
A request is `CMREQ1\\n`, a length, a JSON header and JSON arguments; an answer may stand behind junk that the site
printed, begins with a magic, and its MAC covers the request's nonce, so that cached or forged pages are noticed.
The secret never travels and never appears in the repr of a key.
"""

import hashlib
import hmac
import json
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from migrator.errors import AnswerDamaged, AnswerTruncated, SettingsInvalid, SourceDataInvalid

REQUEST_MAGIC = b"CMREQ1\n"
ANSWER_MAGIC = b"\x00CMRES1\x00"
CONTENT_TYPE = "application/octet-stream"
_TRIES = 8  # at what looks like the beginning of an answer: each may cost a hash of all that follows
_HEADER_LIMIT = 65_536  # bytes; a header holds five short fields
_KEY = re.compile(r"cm_([0-9a-f]{16})_([0-9a-f]{64})")
_LENGTH = struct.Struct(">I")


@dataclass(frozen=True)
class AgentKey:
    """A key of an agent: a public id and a secret, both as lower-case hex."""

    key_id: str
    secret: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "AgentKey":
        """Read a key from `cm_<16 hex>_<64 hex>`; raises SettingsInvalid, which does not repeat the text."""
        match = _KEY.fullmatch(text.strip())
        if match is None:
            raise SettingsInvalid("A key for the source's agent is not of the form cm_<id>_<secret>.")
        return cls(match[1], match[2])


@dataclass(frozen=True)
class Answer:
    """A verified answer: its status (`ok` or `error`) and its payload."""

    status: str
    payload: memoryview


def encode_request(key: AgentKey, op: str, arguments: Mapping[str, Any], *, timestamp: int, nonce: str) -> bytes:
    """Build the body of one call.

    Args:
        key: The key that signs.
        op: The operation's name, e.g. `files.list`.
        arguments: JSON-encodable arguments.
        timestamp: Unix seconds on the source's clock.
        nonce: 32 hex digits, never used before.
    """
    payload = json.dumps(arguments, separators=(",", ":")).encode()
    mac = _mac(key, f"cm1-request\n{op}\n{_sha256(payload)}\n{timestamp}\n{nonce}")
    header = json.dumps(
        {"op": op, "key": key.key_id, "ts": timestamp, "nonce": nonce, "mac": mac}, separators=(",", ":")
    ).encode()
    return REQUEST_MAGIC + _LENGTH.pack(len(header)) + header + payload


def decode_answer(key: AgentKey, op: str, nonce: str, body: bytes | bytearray) -> Answer | None:
    """Find and verify the agent's answer in a response body.

    Returns None if no magic is in the body (the agent did not answer). Raises AnswerDamaged if something that
    looks like an answer is cut short or fails verification. Junk before and after the answer is skipped.
    """
    start = body.find(ANSWER_MAGIC)
    if start < 0:
        return None
    problem: AnswerDamaged | None = None
    for _ in range(_TRIES):
        try:
            return _verify(key, op, nonce, memoryview(body)[start + len(ANSWER_MAGIC) :])
        except AnswerDamaged as damaged:
            problem = problem or damaged
        start = body.find(ANSWER_MAGIC, start + 1)
        if start < 0:
            break
    raise problem or AnswerDamaged("An answer of the source could not be read.")


def _verify(key: AgentKey, op: str, nonce: str, rest: memoryview) -> Answer:
    header, payload = _header(rest)
    length = header.get("length")
    if not isinstance(length, int) or length < 0 or length > len(payload):
        raise AnswerTruncated("An answer of the source was cut short.")
    payload = payload[:length]
    status, mac = header.get("status"), header.get("mac")
    signed = _frame_headers(payload) if (op, status) == ("files.read", "ok") else payload
    expected = _mac(key, f"cm1-response\n{op}\n{status}\n{nonce}\n{_sha256(signed)}")
    if header.get("nonce") != nonce or not hmac.compare_digest(expected.encode(), _bytes(mac)):
        raise AnswerDamaged("An answer of the source is not the one to our call.")
    return Answer(str(status), payload)


def _header(rest: memoryview) -> tuple[dict[str, Any], memoryview]:
    if len(rest) < _LENGTH.size:
        raise AnswerTruncated("An answer of the source was cut short.")
    (size,) = _LENGTH.unpack_from(rest)
    if size > _HEADER_LIMIT or _LENGTH.size + size > len(rest):
        raise AnswerTruncated("An answer of the source was cut short.")
    header = _json_object(rest[_LENGTH.size : _LENGTH.size + size])
    return header, rest[_LENGTH.size + size :]


def _json_object(data: memoryview) -> dict[str, Any]:
    try:
        value = json.loads(bytes(data))
    except (ValueError, RecursionError) as cause:
        raise AnswerDamaged("An answer of the source has a header that cannot be read.") from cause
    if not isinstance(value, dict):
        raise AnswerDamaged("An answer of the source has a header that cannot be read.")
    return value


def _frame_headers(payload: memoryview) -> bytes:
    """What an answer to `files.read` signs: the digests of the files' bytes stand in there, so these are bound too."""
    return b"".join(payload[start:end] for _, start, end, _ in _file_frames(payload))


def split_file_frames(payload: memoryview) -> Iterator[tuple[dict[str, Any], memoryview]]:
    """Yield (header, bytes) of each frame of a `files.read` answer; raises AnswerDamaged on a frame that is cut.

    The bytes are bound to the answer by nothing but the sha256 in the header: compare it.
    """
    for header, _, start, end in _file_frames(payload):
        yield header, payload[start:end]


def _file_frames(payload: memoryview) -> Iterator[tuple[dict[str, Any], int, int, int]]:
    """Yield each frame's header, where that begins, where the file's bytes begin, and where they end."""
    place = 0
    while place < len(payload):
        header, rest = _header(payload[place:])
        begins = len(payload) - len(rest)
        length = header.get("length")
        if not isinstance(length, int) or length < 0 or length > len(rest):
            raise AnswerTruncated("A file of the source was cut short.")
        yield header, place, begins, begins + length
        place = begins + length


def split_lines(payload: memoryview) -> tuple[dict[str, Any], bytes]:
    """Take a `db.rows` answer apart: a JSON header frame, then each row as a line that ends in LF.

    Returns the header and the lines. Raises AnswerTruncated unless there are as many lines as the header says.
    """
    header, rest = _header(payload)
    lines = bytes(rest)
    if lines.count(b"\n") != header.get("rows") or (lines and not lines.endswith(b"\n")):
        raise AnswerTruncated("Rows of the source were cut short.")
    return header, lines


def split_value(payload: memoryview) -> tuple[dict[str, Any], bytes]:
    """Take a `db.value` answer apart: a JSON header frame, then a piece of the value."""
    header, rest = _header(payload)
    return header, bytes(rest)


def error_of(payload: memoryview) -> str:
    """Read the code from the payload of an answer with status `error`."""
    try:
        value = json.loads(bytes(payload))
    except (ValueError, RecursionError) as cause:
        raise SourceDataInvalid("The source's agent reported an error that cannot be read.") from cause
    if not isinstance(value, dict):
        raise SourceDataInvalid("The source's agent reported an error that cannot be read.")
    return str(value.get("code", ""))


def _mac(key: AgentKey, text: str) -> str:
    return hmac.new(key.secret.encode(), _bytes(text), hashlib.sha256).hexdigest()


def _bytes(value: object) -> bytes:
    """Text from a header, which may hold what has no encoding (lone surrogates): then it equals nothing of ours."""
    return str(value).encode(errors="replace")


def _sha256(data: bytes | memoryview) -> str:
    return hashlib.sha256(data).hexdigest()
