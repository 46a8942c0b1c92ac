"""Serialized strings inside text: `s:<length>:"…";` where the text around it is not one serialized value.

They stand in JSON (escaped once, or twice where JSON holds JSON), in logs, in the payloads of custom-serialized
objects. The length says where such a string must end; only if it ends there exactly, after undoing as many levels of
JSON escaping as the quote's backslashes show, is it one. It is then rewritten with its length and escaped again in
the very style it had; a style that does not round-trip is left alone, and so is text with custom-serialized objects
(`C:`), whose outer length we could not keep right.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Protocol

_HEAD = re.compile(rb's:(\d{1,10}):(\\*)"')
_DEPTH_OF_BACKSLASHES = {0: 0, 1: 1, 3: 2, 7: 3}
_WINDOW_FACTOR = 12  # bytes that one byte of the payload takes at most, three levels deep
_WORK_LIMIT = 16_777_216  # bytes unescaped in search of one string's end; only a hostile text needs more
_CUSTOM = re.compile(rb'C:\d{1,10}:\\*"')


class Style(Protocol):
    """Escapes one level of JSON."""

    def __call__(self, text: str) -> str:
        """Return the inside of a JSON string that holds `text`."""
        ...


@dataclass(frozen=True)
class EmbeddedString:
    """A length-prefixed string found in text: where it stands, its payload, and how it was escaped."""

    start: int
    end: int
    payload: bytes
    quote: bytes
    styles: tuple[Style, ...] | None  # None: escaped in a way that we cannot repeat

    def encode(self, payload: bytes) -> bytes:
        """Write it with another payload, in the style that it had."""
        text = payload
        for style in self.styles or ():
            text = style(text.decode()).encode()
        return b"s:%d:%b%b%b;" % (len(payload), self.quote, text, self.quote)


def has_custom_objects(data: bytes) -> bool:
    """Whether text holds what looks like a custom-serialized object."""
    return _CUSTOM.search(data) is not None


def find_embedded(data: bytes) -> Iterator[EmbeddedString]:
    """Yield the length-prefixed strings of a text that are exact, in order, not overlapping."""
    position = 0
    while match := _HEAD.search(data, position):
        found = _read(data, match)
        position = found.end if found else match.end()
        if found:
            yield found


def _read(data: bytes, match: re.Match[bytes]) -> EmbeddedString | None:
    depth = _DEPTH_OF_BACKSLASHES.get(len(match[2]))
    length = int(match[1])
    quote = match[2] + b'"'
    if depth is None or length > len(data) - match.end():
        return None
    if depth == 0:
        end = match.end() + length
        exact = data.startswith(b'";', end)
        return EmbeddedString(match.start(), end + 2, data[match.end() : end], quote, ()) if exact else None
    return _read_escaped(data, match, length, quote, depth)


def _read_escaped(data: bytes, match: re.Match[bytes], length: int, quote: bytes, depth: int) -> EmbeddedString | None:
    limit = match.end() + (length + 1) * _WINDOW_FACTOR
    end = data.find(quote + b";", match.end() + length, limit)
    work = 0
    while end >= 0 and work < _WORK_LIMIT:
        raw = data[match.end() : end]
        payload = _unescape(raw, depth)
        if payload is not None and len(payload) == length:
            stop = end + len(quote) + 1
            return EmbeddedString(match.start(), stop, payload, quote, _styles_of(raw, payload, depth))
        if payload is not None and len(payload) > length:
            return None
        work += len(raw)
        end = data.find(quote + b";", end + 1, limit)
    return None


def _unescape(raw: bytes, depth: int) -> bytes | None:
    for _ in range(depth):
        try:
            raw = json.loads('"' + raw.decode() + '"', strict=False).encode()
        except ValueError:  # UnicodeError is one too: a lone surrogate
            return None
    return raw


def _escape(text: str, *, slashes: bool, ascii_only: bool) -> str:
    escaped = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
    return escaped.replace("/", "\\/") if slashes else escaped


_STYLES: tuple[Style, ...] = tuple(
    partial(_escape, slashes=slashes, ascii_only=ascii_only)
    for slashes in (True, False)
    for ascii_only in (True, False)
)


def _styles_of(raw: bytes, payload: bytes, depth: int) -> tuple[Style, ...] | None:
    """The escapers, innermost first, that lead from the payload to exactly the bytes in the text."""
    for styles in product(_STYLES, repeat=depth):
        text = payload
        for style in styles:
            text = style(text.decode()).encode()
        if text == raw:
            return styles
    return None
