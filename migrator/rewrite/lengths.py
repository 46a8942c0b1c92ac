"""The shortcut for most serialized values: URLs are replaced in the bytes as they stand, and lengths put right.

A quote is no part of a URL and ends one, so no URL reaches over the edge of a string, and what is found in the whole
value is what would be found in each string by itself. Left to do is to see which strings hold some, those inside
serialized values inside strings too, and that the value is complete. What is not met every day (enums,
custom-serialized objects, strings that may hold lengths in another format) and what is no complete value is left to
`serialized`.
"""

import re
from collections.abc import Sequence

from migrator.rewrite.grammar import BLANKS, LENGTH_PREFIX, SCALAR, begins_serialized, head_of_string, pairs_of_array

Span = tuple[int, int, bytes]  # where a URL begins and ends, and what it becomes

_LARGEST = 1_048_576  # bytes; the pieces of a large value could take much memory
_DEEPEST = 8  # serialized values inside each other
_OTHER = re.compile(SCALAR + rb'|a:(\d{1,10}):\{|O:(\d{1,10}):"([^"]*)":(\d{1,10}):\{').match
_OBJECT = 4  # the last group of `_OTHER`


def replace_spans(data: bytes, spans: Sequence[Span]) -> bytes | None:
    """A serialized value with parts of its strings replaced; None if this shortcut cannot tell.

    Args:
        data: The value.
        spans: All URLs that are to be replaced in it, ascending.
    """
    return _Rewriting(data, spans).value(0, len(data), _DEEPEST) if len(data) <= _LARGEST else None


class _Rewriting:
    """One value, and how far its spans were used up."""

    __slots__ = ("_data", "_hit", "_next", "_spans")

    def __init__(self, data: bytes, spans: Sequence[Span]) -> None:
        self._data = data
        self._spans = spans
        self._next = 0
        self._hit = spans[0][0] if spans else len(data) + 1

    def value(self, position: int, stop: int, depth: int) -> bytes | None:  # noqa: C901
        """What the value between two positions becomes; None if it is not complete or holds what is left to others.

        One loop with local names and few calls: most of what serialized values cost is spent here.
        """
        data, pieces, copied = self._data, list[bytes](), position
        values = 1  # keys and values still expected in the container we are in; an even number: a key comes next
        outer = list[int]()  # those in the containers around it
        while values or outer:
            if not values:
                if not data.startswith(b"}", position):
                    return None
                position, values = position + 1, outer.pop()
                continue
            if outer and not values & 1 and (pairs := pairs_of_array(data, position, stop)):
                end = pairs.end()
                values -= data.count(b";", position, end)
                while self._hit < end:  # in a string of 10 to 99 bytes or less, without quotes
                    begin, ends = data.rfind(b'"', position, self._hit) + 1, data.find(b'"', self._hit)
                    new = self._text(begin, ends)
                    pieces += data[copied : begin - (4 if ends - begin > 9 else 3)], b'%d:"' % len(new), new
                    copied = ends
                position = end
                if values < 0:
                    return None
                if pairs.lastindex:
                    if not values:
                        return None
                    outer.append(values - 1)
                    values = 2 * int(pairs[1])
                    continue
                if not values:
                    continue
            values -= 1
            if string := head_of_string(data, position, stop):
                begin = string.end()
                ends = begin + int(string[1])
                if not data.startswith(b'";', ends):
                    return None
                if self._hit < ends:
                    payload = self._payload(begin, ends, depth)
                    if payload is None:
                        return None
                    pieces += data[copied : string.start(1)], b'%d:"' % len(payload), payload
                    copied = ends
                position = ends + 2
                continue
            other = _OTHER(data, position, stop)
            if other is None or (outer and values & 1):  # a key is an integer or a string
                return None
            position = other.end()
            if group := other.lastindex:
                if group == _OBJECT and (len(other[3]) != int(other[2]) or self._hit < position):
                    return None
                outer.append(values)
                values = 2 * int(other[group])
        if position > stop or data[position:stop].strip(BLANKS):
            return None
        pieces.append(data[copied:stop])
        return b"".join(pieces)

    def _payload(self, begin: int, end: int, depth: int) -> bytes | None:
        """What the payload of a string becomes that holds a URL."""
        if LENGTH_PREFIX.search(self._data, begin, end) is None:
            return self._text(begin, end)
        if depth == 0 or not begins_serialized(self._data, begin, end):
            return None
        return self.value(begin, end, depth - 1)

    def _text(self, begin: int, end: int) -> bytes:
        """What text without lengths becomes."""
        pieces, copied = list[bytes](), begin
        while self._hit < end:
            start, stop, new = self._spans[self._next]
            pieces += self._data[copied:start], new
            copied = stop
            self._next += 1
            self._hit = self._spans[self._next][0] if self._next < len(self._spans) else len(self._data) + 1
        pieces.append(self._data[copied:end])
        return b"".join(pieces)
