"""Signed calls to the agent, whole or spoilt on purpose."""

import json
import secrets
import struct
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from migrator.protocol import ANSWER_MAGIC, REQUEST_MAGIC, AgentKey, decode_answer, encode_request

URL = "/?custom-migrator=1"
Header = dict[str, Any]


def body_of(key: AgentKey, op: str, arguments: Mapping[str, Any], nonce: str = "", age: int = 0) -> bytes:
    """The body of a call that was signed `age` seconds ago."""
    return encode_request(key, op, arguments, timestamp=int(time.time()) - age, nonce=nonce or secrets.token_hex(16))


def call(client: httpx.Client, key: AgentKey, op: str, arguments: Mapping[str, Any] | None = None) -> tuple[str, bytes]:
    """One call: (status, payload) of its verified answer."""
    nonce = secrets.token_hex(16)
    response = client.post(URL, content=body_of(key, op, arguments or {}, nonce))
    answer = decode_answer(key, op, nonce, response.content)
    assert answer is not None, (response.status_code, response.text[:500])
    return answer.status, bytes(answer.payload)


def result(client: httpx.Client, key: AgentKey, op: str, arguments: Mapping[str, Any] | None = None) -> Any:
    """One call that succeeds: its payload as JSON."""
    status, payload = call(client, key, op, arguments)
    assert status == "ok", payload
    return json.loads(payload)


def error(client: httpx.Client, key: AgentKey, op: str, arguments: Mapping[str, Any]) -> str:
    """One call that fails: its code."""
    status, payload = call(client, key, op, arguments)
    assert status == "error", payload
    return str(json.loads(payload)["code"])


def spoilt(body: bytes, change: Callable[[Header], object]) -> bytes:
    """The body with another header."""
    rest = body.removeprefix(REQUEST_MAGIC)
    (length,) = struct.unpack(">I", rest[:4])
    header = json.loads(rest[4 : 4 + length])
    change(header)
    encoded = json.dumps(header).encode()
    return REQUEST_MAGIC + struct.pack(">I", len(encoded)) + encoded + rest[4 + length :]


def refusal(client: httpx.Client, body: bytes, url: str = URL) -> str:
    """The code with which a call is refused; nothing of an answer may be in it."""
    response = client.post(url, content=body)
    assert response.status_code == 403, (response.status_code, response.text[:300])
    assert ANSWER_MAGIC not in response.content
    document = response.json()
    assert set(document) == {"code", "time"}
    return str(document["code"])
