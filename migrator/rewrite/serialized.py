"""Walk a value in PHP's serialize() format and change only the payloads of its strings, and their lengths.

Nothing is ever unserialized: no class is looked up, no object made, everything but `s:` payloads is copied byte for
byte, so objects of unknown classes, references, private names with NUL and enums come out as they went in. The walk
is a generator with an explicit stack: it yields each string that may hold a hit and is sent what it becomes, so that
serialized values inside serialized values need no recursion either.
"""

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass
from enum import Enum, auto
from io import BytesIO

from migrator.rewrite.grammar import BLANKS, SCALAR, head_of_string, pairs_of_array
from migrator.rewrite.hits import Hits

_OTHER = re.compile(
    rb"(?P<scalar>" + SCALAR + rb')|a:(?P<array>\d{1,10}):\{|(?P<kind>[OCE]):(?P<name>\d{1,10}):"'
).match
_COUNT = re.compile(rb'":(\d{1,10}):\{').match


class NotSerialized(ValueError):
    """The bytes are not one complete serialized value."""


class PartKind(Enum):
    """What a part that the walk yields is."""

    STRING = auto()  # a string's payload: any value
    CUSTOM = auto()  # the payload of a `C:` object: a format of its class's own


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes inside a serialized value that may hold something to rewrite."""

    kind: PartKind
    data: bytes


Walk = Generator[Part, bytes, bytes]
Shortcut = Callable[[bytes], bytes | None]


def walk(data: bytes, hits: Hits, shortcut: Shortcut) -> Walk:
    """Walk one serialized value.

    Args:
        data: The value; blanks around it are kept.
        hits: Where in `data` something may have to be rewritten. Strings without a hit are skipped over.
        shortcut: Gives what the payload of a string becomes, or None: then it is yielded.

    Yields each part that holds a hit, expects to be sent what it becomes, and returns the new value. Raises
    NotSerialized, possibly after yielding, if `data` is not one complete value.
    """
    state = _State(data, hits)
    while part := state.advance():
        payload = data[part[1] : part[2]]
        new = None if state.custom else shortcut(payload)
        if new is None:
            new = yield Part(PartKind.CUSTOM if state.custom else PartKind.STRING, payload)
        changed = new != payload
        del payload  # it may be large, and is held no longer than needed
        if changed:
            state.put(part, new)
    return state.finish()


_Span = tuple[int, int, int]  # where the head of a part begins, where its payload begins and ends


class _State:
    """How far a walk has come, and what it has written.

    Values are the keys and values still expected in the container that the walk is in, `outer` those in the containers
    around it; an even number means that a key comes next.
    """

    __slots__ = ("_after", "_copied", "_data", "_hit", "_out", "_outer", "_position", "_values", "custom", "part")

    def __init__(self, data: bytes, hits: Hits) -> None:
        self._data = data
        self._after = hits.after
        self._position = len(data) - len(data.lstrip(BLANKS))
        self._hit = hits.after(self._position)
        self._values = 1
        self._outer: list[int] = []
        self._out = BytesIO()
        self._copied = 0  # everything before is in `_out`
        self.part: _Span | None = None  # what was passed last, if it is a string or custom payload
        self.custom = False  # whether that is the payload of a `C:` object

    def advance(self) -> _Span | None:
        """Go to the next part that holds a hit; None at the end of the value."""
        data, outer, position, values, hit = self._data, self._outer, self._position, self._values, self._hit
        while values or outer:  # local names and few calls: what serialized values cost is spent here
            if values == 0:
                position, values = _past(data, position, b"}"), outer.pop()
                continue
            if outer and not values & 1 and (run := pairs_of_array(data, position, hit)):
                values -= data.count(b";", position, run.end())
                position = run.end()
                if values < 0:
                    raise NotSerialized
                if run.lastindex:
                    values = self._enter(values, int(run[1]))
                if run.lastindex or values == 0:
                    continue
            string = head_of_string(data, position)
            position, values = self._string(string, values) if string else self._other(position, values)
            if hit < position:
                self._position, self._values, self._hit = position, values, self._after(position)
                if self.part:
                    return self.part
                hit = self._hit
        self._position = position
        return None

    def _string(self, match: re.Match[bytes], values: int) -> tuple[int, int]:
        start, begin = match.span()
        end = begin + int(match[1])
        self.custom, self.part = False, (start, begin, end)
        return _past(self._data, end, b'";'), values - 1

    def _other(self, position: int, values: int) -> tuple[int, int]:
        """Pass a scalar, an enum or a custom-serialized object; enter an array or object."""
        match = _OTHER(self._data, position)
        if match is None or (self._outer and not values & 1 and (match["scalar"] or b"")[:1] != b"i"):
            raise NotSerialized  # a key must be an integer or a string
        self.part = None
        if match["scalar"] is not None:
            return match.end(), values - 1
        if match["array"] is not None:
            return match.end(), self._enter(values, int(match["array"]))
        return self._named(match["kind"], match.end() + int(match["name"]), values)

    def _named(self, kind: bytes, position: int, values: int) -> tuple[int, int]:
        if kind == b"E":
            return _past(self._data, position, b'";'), values - 1
        count = _COUNT(self._data, position)
        if count is None:
            raise NotSerialized
        if kind == b"O":
            return count.end(), self._enter(values, int(count[1]))
        end = count.end() + int(count[1])
        self.custom, self.part = True, (count.start(), count.end(), end)
        return _past(self._data, end, b"}"), values - 1

    def _enter(self, values: int, count: int) -> int:
        """Enter an array or object of `count` elements, which is one value itself."""
        if values <= 0:
            raise NotSerialized
        self._outer.append(values - 1)
        return 2 * count

    def put(self, part: _Span, new: bytes) -> None:
        """Write a part as it has become."""
        start, _, end = part
        self._out.write(self._data[self._copied : start])
        self._out.write((b'":%d:{' if self.custom else b's:%d:"') % len(new))
        self._out.write(new)
        self._copied = end

    def finish(self) -> bytes:
        """The new value; the same object if nothing changed."""
        if self._data[self._position :].strip(BLANKS):
            raise NotSerialized
        if not self._copied:
            return self._data
        self._out.write(self._data[self._copied :])
        return self._out.getvalue()


def _past(data: bytes, position: int, text: bytes) -> int:
    """The position behind `text`, which must stand at `position`."""
    if not data.startswith(text, position):
        raise NotSerialized
    return position + len(text)
