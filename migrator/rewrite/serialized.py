"""Walk a value in PHP's serialize() format and change only the payloads of its strings, and their lengths.

Nothing is ever unserialized: no class is looked up, no object made, everything but `s:` payloads is copied byte for
byte, so objects of unknown classes, references, private names with NUL and enums come out as they went in. The walk
is a generator with an explicit stack: it yields each string that may hold a hit and is sent what it becomes, so that
serialized values inside serialized values need no recursion either.

Format: https://www.phpinternalsbook.com/php5/classes_objects/serialization.html and PHP's var_unserializer.re.
"""

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

_HEAD = re.compile(
    rb"(?P<scalar>(?:N|b:[01]|i:[+-]?\d+|d:(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|-?INF|NAN)|[rR]:\d+);)"
    rb'|s:(?P<string>\d{1,10}):"'
    rb"|a:(?P<array>\d{1,10}):\{"
    rb'|(?P<kind>[OCE]):(?P<name>\d{1,10}):"'
)
_COUNT = re.compile(rb'":(\d{1,10}):\{')
_LOOKS_SERIALIZED = re.compile(rb'\s*(?:a:\d+:\{|[OCE]:\d+:"|s:\d+:")')
_BLANKS = b" \t\n\r\0\x0b"  # what PHP's trim() takes away; WordPress trims before it tests


class NotSerialized(ValueError):
    """The bytes are not one complete serialized value."""


class PartKind(Enum):
    """What a part that the walk yields is."""

    STRING = auto()  # a string's payload: any value
    CUSTOM = auto()  # the payload of a `C:` object: a format of its class's own


@dataclass(frozen=True)
class Part:
    """Bytes inside a serialized value that may hold something to rewrite."""

    kind: PartKind
    data: bytes


Walk = Generator[Part, bytes, bytes]


def looks_serialized(value: bytes) -> bool:
    """Whether a value begins like a serialized string, array, object or enum."""
    return _LOOKS_SERIALIZED.match(value) is not None


def walk(data: bytes, hits: Sequence[int]) -> Walk:
    """Walk one serialized value.

    Args:
        data: The value; blanks around it are kept.
        hits: Ascending positions in `data` of what may have to be rewritten. Strings without one are skipped over.

    Yields each part that holds a hit, expects to be sent what it becomes, and returns the new value. Raises
    NotSerialized, possibly after yielding, if `data` is not one complete value.
    """
    state = _State(data, hits)
    while state.open:
        if state.open[-1] == 0:
            state.close()
            continue
        match = _HEAD.match(data, state.position)
        if match is None:
            raise NotSerialized
        state.take(match)
        part = state.enter(match)
        if part is not None:
            state.put((yield part))
    return state.finish()


@dataclass
class _State:
    data: bytes
    hits: Sequence[int]
    position: int = field(init=False)
    open: list[int] = field(default_factory=lambda: [1])  # values still expected in each open container
    pieces: list[bytes] = field(default_factory=list)
    copied: int = 0  # everything before is in `pieces`
    next_hit: int = 0
    start: int = 0  # of the head of the part that was yielded
    span: tuple[int, int] = (0, 0)  # of its payload
    head: bytes = b""

    def __post_init__(self) -> None:
        self.position = len(self.data) - len(self.data.lstrip(_BLANKS))

    def take(self, match: re.Match[bytes]) -> None:
        """Count one value; in a container every second one is a key, which must be an integer or a string."""
        if len(self.open) > 1 and self.open[-1] % 2 == 0 and self.data[match.start()] not in b"is":
            raise NotSerialized
        self.open[-1] -= 1
        self.position = match.end()

    def enter(self, match: re.Match[bytes]) -> Part | None:
        if match["scalar"] is not None:
            return None
        if match["string"] is not None:
            return self._payload(match, int(match["string"]), b'";', PartKind.STRING)
        if match["array"] is not None:
            self.open.append(2 * int(match["array"]))
            return None
        return self._named(match)

    def _named(self, match: re.Match[bytes]) -> Part | None:
        self.position += int(match["name"])
        if match["kind"] == b"E":
            self._expect(b'";')
            return None
        count = _COUNT.match(self.data, self.position)
        if count is None:
            raise NotSerialized
        self.position = count.end()
        if match["kind"] == b"C":
            return self._payload(count, int(count[1]), b"}", PartKind.CUSTOM)
        self.open.append(2 * int(count[1]))
        return None

    def _payload(self, match: re.Match[bytes], length: int, ending: bytes, kind: PartKind) -> Part | None:
        begin, end = self.position, self.position + length
        self.position = end
        self._expect(ending)
        while self.next_hit < len(self.hits) and self.hits[self.next_hit] < begin:
            self.next_hit += 1
        if self.next_hit == len(self.hits) or self.hits[self.next_hit] >= end:
            return None
        self.start, self.span = match.start(), (begin, end)
        self.head = b's:%d:"' if kind is PartKind.STRING else b'":%d:{'
        return Part(kind, self.data[begin:end])

    def put(self, new: bytes) -> None:
        """Write the part that was yielded, as it has become."""
        begin, end = self.span
        if new != self.data[begin:end]:
            self.pieces += (self.data[self.copied : self.start], self.head % len(new), new)
            self.copied = end

    def close(self) -> None:
        self.open.pop()
        if self.open:
            self._expect(b"}")

    def _expect(self, text: bytes) -> None:
        if not self.data.startswith(text, self.position):
            raise NotSerialized
        self.position += len(text)

    def finish(self) -> bytes:
        if self.data[self.position :].strip(_BLANKS):
            raise NotSerialized
        if not self.pieces:
            return self.data
        return b"".join([*self.pieces, self.data[self.copied :]])
