"""A site's agent in memory, behind an HTTP transport: the protocol written a second time, from its description.

Files and rows can change between calls, and every answer can be spoilt on its way.
"""

import base64
import hashlib
import hmac
import json
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import httpx

from migrator.channel import Channel, new_http_client
from migrator.lines import fingerprint
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

    columns: (name, type) of each; a type that ends in ` GENERATED` is computed. create: its definition. size: what the
    source's server believes of its bytes.
    """

    rows: list[Row]
    width: int = 1
    columns: list[tuple[str, str]] = field(default_factory=list)
    create: str = ""
    collation: str = "utf8mb4_unicode_520_ci"
    size: int = 16_384

    def order(self, row: Row) -> list[Any]:
        """Where a row stands in the order of its key."""
        return self.place(_key(row, self.width))

    def place(self, key: list[bytes]) -> list[Any]:
        """The same of a key: numbers by their value, texts by their bytes."""
        kinds = [kind for _, kind in self.columns[: self.width]] or [""] * self.width
        return [int(part) if "int" in kind else part for part, kind in zip(key, kinds, strict=True)]

    def within(self, after: list[str] | None, upto: list[str] | None) -> list[Row]:
        """The rows of a range."""
        low, high = _decoded(after), _decoded(upto)
        rows = [row for row in self.rows if low is None or self.order(row) > self.place(low)]
        return [row for row in rows if high is None or self.order(row) <= self.place(high)]

    def line(self, row: Row, longest: int) -> bytes:
        """A row as it travels, without LF."""
        kinds = [kind for _, kind in self.columns if not kind.endswith(" GENERATED")] or [""] * len(row)
        return b"\t".join(_written(value, kind, longest) for value, kind in zip(row, kinds, strict=True))

    def bucket(self, buckets: int, bucket: int) -> list[Row]:
        """The rows whose lines' CRC32 puts them into a bucket."""
        return [row for row in self.rows if fingerprint(self.line(row, 2**40)) % buckets == bucket]

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
            "bytes": self.size,
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
            "db.value": self._value,
            "db.digest": self._digest,
            "db.measure": self._measure,
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
        table, keyed = self.tables[arguments["table"]], arguments["key"] is not None
        longest = arguments["longest"] if keyed else 2**40
        rows = (
            table.within(arguments["after"], arguments["upto"])
            if keyed
            else table.bucket(arguments["buckets"], arguments["bucket"])
        )
        lines = [table.line(row, longest) + b"\n" for row in rows]
        taken = self._taken(lines, arguments)
        last = [base64.b64encode(value).decode() for value in _key(rows[taken - 1], table.width)] if taken else None
        total = sum(fingerprint(line[:-1]) for line in lines[:taken])
        header = {"rows": taken, "sum": total, "done": taken == len(rows), "last": last if keyed else None}
        return frame(header) + b"".join(lines[:taken])

    def _taken(self, lines: list[bytes], arguments: dict[str, Any]) -> int:
        """How many lines one answer holds: `page` of a table with a key, all that the budget allows of one without."""
        most = min(self.page if arguments["key"] is not None else self.page * 100, int(arguments["max_rows"]))
        size = 0
        for number, line in enumerate(lines[:most]):
            size += len(line)
            if number and size > arguments["budget"]:
                return number
        return min(most, len(lines))

    def _value(self, arguments: dict[str, Any]) -> bytes:
        table, at = self.tables[arguments["table"]], _decoded(arguments["at"]) or []
        names = [name for name, kind in table.columns if not kind.endswith(" GENERATED")]
        rows = [row for row in table.rows if table.order(row) == table.place(at)]
        value = rows[0][names.index(arguments["column"])] if rows else None
        if value is None:
            return frame({"length": None, "crc": None})
        piece = value[arguments["offset"] :][: arguments["length"]]
        return frame({"length": len(value), "crc": zlib.crc32(value)}) + piece

    def _digest(self, arguments: dict[str, Any]) -> bytes:
        """Two ranges per call, as a slow host would; buckets all at once."""
        table = self.tables[arguments["table"]]
        if arguments["key"] is None:
            found = [table.bucket(arguments["buckets"], bucket) for bucket in range(arguments["buckets"])]
        else:
            found = [table.within(after, upto) for after, upto in arguments["ranges"][:2]]
        longest = arguments["longest"] if arguments["key"] is not None else 2**40
        sums = [[len(rows), str(sum(fingerprint(table.line(row, longest)) for row in rows))] for rows in found]
        return json.dumps({"digests": sums}).encode()

    def _measure(self, arguments: dict[str, Any]) -> bytes:
        """One table per call, as a slow host would."""
        known = [name for name in arguments["tables"] if name in self.tables]
        return json.dumps({"tables": {name: _measures(self.tables[name]) for name in known[:1]}}).encode()


def sign(op: str, nonce: str, status: str, payload: bytes) -> bytes:
    """An answer as it travels."""
    signed = _headers(payload) if (op, status) == ("files.read", "ok") else payload
    text = f"cm1-response\n{op}\n{status}\n{nonce}\n{hashlib.sha256(signed).hexdigest()}"
    mac = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
    return b"\0CMRES1\0" + frame({"status": status, "nonce": nonce, "length": len(payload), "mac": mac}) + payload


def _headers(frames: bytes) -> bytes:
    """The frames without the files' bytes, as far as they are whole."""
    headers = b""
    while len(frames) >= 4:
        (length,) = struct.unpack_from(">I", frames)
        head = frames[: 4 + length]
        headers += head
        frames = frames[len(head) + int(json.loads(head[4:]).get("length") or 0) :]
    return headers


def frame(header: dict[str, Any]) -> bytes:
    """A header with its length."""
    data = json.dumps(header).encode()
    return struct.pack(">I", len(data)) + data


def _key(row: Row, width: int) -> list[bytes]:
    return [value or b"" for value in row[:width]]


def _decoded(key: list[str] | None) -> list[bytes] | None:
    return None if key is None else [base64.b64decode(value) for value in key]


def _written(value: bytes | None, kind: str, longest: int) -> bytes:
    if value is None:
        return b"\\N"
    if len(value) > longest and kind.startswith(("long", "medium", "json")):
        return b"\\L%d:%d" % (len(value), zlib.crc32(value))
    return value.replace(b"\\", b"\\\\").replace(b"\t", b"\\t").replace(b"\n", b"\\n")


def _measures(table: FakeTable) -> dict[str, Any]:
    whole = table.width == 1 and "int" in (table.columns[0][1] if table.columns else "")
    keys = [int(row[0] or b"0") for row in table.rows] if whole else []
    widest = max((sum(len(value or b"") for value in row) for row in table.rows), default=None)
    low, high = (str(min(keys)), str(max(keys))) if keys else (None, None)
    return {"widest": widest, "low": low, "high": high}
