"""A site's agent in memory, behind an HTTP transport: the protocol written a second time, from its description.

Files and rows can change between calls, and every answer can be spoilt on its way.
"""

import base64
import hashlib
import hmac
import json
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import httpx

from migrator.channel import Channel, new_http_client
from migrator.protocol import AgentKey
from migrator.remote import RemoteSite
from migrator.retrying import RetryPolicy

KEY_ID, SECRET = "0123456789abcdef", "ab" * 32
KEY = f"cm_{KEY_ID}_{SECRET}"
HOME = "http://source.test"
NOW = 1_800_000_000
Row = list[bytes | None]


@dataclass
class File:
    """A file of the fake site."""

    data: bytes
    mtime: int = 1_700_000_000


@dataclass
class FakeTable:
    """A table of the fake site: rows in the order of its key; `width` key columns at their front, 0 for no key.

    columns: (name, type) of each; a type that ends in ` GENERATED` is computed. create: its definition.
    """

    rows: list[Row]
    width: int = 1
    columns: list[tuple[str, str]] = field(default_factory=list)
    create: str = ""
    collation: str = "utf8mb4_unicode_520_ci"

    def view(self, name: str) -> dict[str, Any]:
        """What `db.tables` says of it."""
        columns = [
            {"name": column, "type": kind.removesuffix(" GENERATED"), "generated": kind.endswith(" GENERATED")}
            for column, kind in self.columns
        ]
        return {
            "name": name,
            "type": "table" if self.columns else "view",
            "rows_estimate": len(self.rows),
            "bytes": 16_384,
            "create": base64.b64encode(self.create.encode()).decode(),
            "columns": columns,
            "key": [column for column, _ in self.columns[: self.width]] or None,
            "collation": self.collation,
        }


@dataclass
class FakeAgent:
    """The site.

    alter: Gets (operation, status, payload) and returns the status and payload that are signed.
    spoil: Gets (operation, response) and returns what travels.
    before: Called before an operation is done.
    calls: Operations and arguments so far.
    """

    files: dict[str, dict[bytes, File]] = field(default_factory=dict)
    tables: dict[str, FakeTable] = field(default_factory=dict)
    spoil: Callable[[str, httpx.Response], httpx.Response] = lambda _op, response: response
    alter: Callable[[str, str, bytes], tuple[str, bytes]] = lambda _op, status, payload: (status, payload)
    before: Callable[[str, dict[str, Any]], None] = lambda _op, _arguments: None
    hello: dict[str, Any] = field(default_factory=dict)
    triggers: list[dict[str, str]] = field(default_factory=list)
    clock: int = NOW
    answers_at: str = "/?custom-migrator=1"
    page: int = 3
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)
    revoked: bool = False

    def site(self, policy: RetryPolicy | None = None) -> RemoteSite:
        """A client of this agent, whose clock says NOW."""
        client = new_http_client(transport=httpx.MockTransport(self.handle))
        channel = Channel(HOME, AgentKey.parse(KEY), client, now=lambda: NOW)
        return RemoteSite(channel, policy or RetryPolicy(attempts=3, timeout=5, first_pause=0, longest_pause=0))

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer one HTTP request."""
        if not str(request.url).endswith(self.answers_at):
            return httpx.Response(200, text="<html>a page of the site</html>")
        body = request.read()
        assert body.startswith(b"CMREQ1\n")
        (length,) = struct.unpack_from(">I", body, 7)
        header, payload = json.loads(body[11 : 11 + length]), body[11 + length :]
        refusal = self._refusal(header, payload)
        if refusal:
            return self.spoil(header["op"], httpx.Response(403, json={"code": refusal, "time": self.clock}))
        arguments = json.loads(payload)
        self.calls.append((header["op"], arguments))
        self.before(header["op"], arguments)
        try:
            status, answer = "ok", self._answer(header["op"], arguments)
        except KeyError:
            status, answer = "error", json.dumps({"code": "not_found", "message": "There is none."}).encode()
        status, answer = self.alter(header["op"], status, answer)
        return self.spoil(
            header["op"], httpx.Response(200, content=sign(header["op"], header["nonce"], status, answer))
        )

    def _refusal(self, header: dict[str, Any], payload: bytes) -> str:
        digest = hashlib.sha256(payload).hexdigest()
        text = f"cm1-request\n{header['op']}\n{digest}\n{header['ts']}\n{header['nonce']}"
        mac = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
        if self.revoked or header["key"] != KEY_ID or mac != header["mac"] or header["nonce"] in self.nonces:
            return "unauthenticated"
        if abs(header["ts"] - self.clock) > 300:
            return "clock"
        self.nonces.add(header["nonce"])
        return ""

    def _answer(self, op: str, arguments: dict[str, Any]) -> bytes:
        return {
            "hello": lambda _: json.dumps(self.hello).encode(),
            "key.confirm": lambda _: b"{}",
            "key.revoke": self._revoke,
            "files.list": self._list,
            "files.read": self._read,
            "db.tables": self._tables,
            "db.rows": self._rows,
            "db.count": self._count,
        }[op](arguments)

    def _revoke(self, _: dict[str, Any]) -> bytes:
        self.revoked = True
        return b'{"removed":true,"left":[]}'

    def _list(self, arguments: dict[str, Any]) -> bytes:
        files = self.files[arguments["root"]]
        after = unquote_to_bytes(arguments["cursor"] or "")
        paths = [path for path in sorted(files) if path > after][: self.page]
        entries = [[quote(path), "f", len(files[path].data), files[path].mtime] for path in paths]
        more = len(paths) == self.page
        return json.dumps({"entries": entries, "next": quote(paths[-1]) if more else None, "skipped": []}).encode()

    def _read(self, arguments: dict[str, Any]) -> bytes:
        answer, left = b"", arguments["budget"]
        for index, item in enumerate(arguments["items"]):
            if index and left <= 0:
                break
            file = self.files[item["root"]].get(unquote_to_bytes(item["path"]))
            data = file.data[item["offset"] :][: item["length"]][:left] if file else b""
            header: dict[str, Any] = {"index": index, "offset": item["offset"], "length": len(data)}
            if file is None:
                header |= {"size": None, "mtime": None, "sha256": None, "eof": False, "error": "not_found"}
            else:
                eof = item["offset"] + len(data) >= len(file.data)
                header |= {"size": len(file.data), "mtime": file.mtime, "eof": eof, "error": None}
                header["sha256"] = hashlib.sha256(data).hexdigest()
            answer += frame(header) + data
            left -= len(data)
        return answer

    def _tables(self, arguments: dict[str, Any]) -> bytes:
        """Two tables per page, as a slow host would."""
        names = [name for name in sorted(self.tables) if name > arguments.get("after", "")]
        answer: dict[str, Any] = {"tables": [self.tables[name].view(name) for name in names[:2]], "skipped": []}
        more = len(names) > 2
        answer |= {"next": names[1] if more else None, "triggers": [] if more else self.triggers}
        return json.dumps(answer).encode()

    def _rows(self, arguments: dict[str, Any]) -> bytes:
        table = self.tables[arguments["table"]]
        rows, after = table.rows, arguments["after"]
        if arguments["key"] is None:
            rows = rows[arguments["offset"] :]
        elif after is not None:
            last = [base64.b64decode(value) for value in after]
            rows = [row for row in rows if _key(row, table.width) > last]
        page = rows[: self.page]
        last_key = [base64.b64encode(value).decode() for value in _key(page[-1], table.width)] if page else None
        header = {"rows": len(page), "done": len(page) < self.page, "last": last_key if table.width else None}
        return frame(header) + b"".join(_value(value) for row in page for value in row)

    def _count(self, arguments: dict[str, Any]) -> bytes:
        return json.dumps({"counts": {name: len(self.tables[name].rows) for name in arguments["tables"]}}).encode()


def sign(op: str, nonce: str, status: str, payload: bytes) -> bytes:
    """An answer as it travels."""
    text = f"cm1-response\n{op}\n{status}\n{nonce}\n{hashlib.sha256(payload).hexdigest()}"
    mac = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
    return b"\0CMRES1\0" + frame({"status": status, "nonce": nonce, "length": len(payload), "mac": mac}) + payload


def frame(header: dict[str, Any]) -> bytes:
    """A header with its length."""
    data = json.dumps(header).encode()
    return struct.pack(">I", len(data)) + data


def _key(row: Row, width: int) -> list[bytes]:
    return [value or b"" for value in row[:width]]


def _value(value: bytes | None) -> bytes:
    return b"\xff\xff\xff\xff" if value is None else struct.pack(">I", len(value)) + value
