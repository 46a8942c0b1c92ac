"""The shortcut for most serialized values: every URL in them is written as the same literal.

Then the strings become what replacing the literal gives, and only their lengths have to be put right, by how often the
literal stands in each. What is not met every day (enums, custom-serialized objects, strings that may hold lengths
themselves) and what is not one complete value is left to `serialized`.
"""

import re

from migrator.rewrite.grammar import BLANKS, LENGTH_PREFIX, SCALAR, head_of_string, pairs_of_array

_LARGEST = 1_048_576  # bytes; the pieces of a large value could take much memory
_OTHER = re.compile(SCALAR + rb'|a:(\d{1,10}):\{|O:(\d{1,10}):"([^"]*)":(\d{1,10}):\{').match
_String = tuple[int, int, int]  # where its length is written, where its payload begins and ends
_OBJECT = 4  # the last group of `_OTHER`


def replace_uniformly(data: bytes, old: bytes, new: bytes) -> bytes | None:
    """A serialized value with one literal replaced by another in all strings; None if this shortcut cannot tell.

    Args:
        data: The value. Everything that is to be replaced in it is written as `old`.
        old: A URL, so it begins with a letter that stands nowhere in serialized values but in names and strings.
        new: What it becomes.
    """
    if len(data) > _LARGEST or b'"' in old:
        return None
    strings = _strings_with(old, data)
    if strings is None:
        return None
    pieces, copied, growth = list[bytes](), 0, len(new) - len(old)
    for length, begin, end in strings:
        pieces += data[copied:length], b"%d" % (end - begin + growth * data.count(old, begin, end))
        copied = begin - 2
    return b"".join([*pieces, data[copied:]]).replace(old, new)


def _strings_with(literal: bytes, data: bytes) -> list[_String] | None:  # noqa: C901
    """The strings that hold a literal; None if the value is not complete or holds what is left to others.

    One loop with local names and few calls: most of what serialized values cost is spent here.
    """
    position, hit = 0, data.find(literal)
    values = 1  # keys and values still expected in the container we are in; an even number: a key comes next
    outer = list[int]()  # those in the containers around it
    strings = list[_String]()
    while values or outer:
        if not values:
            if not data.startswith(b"}", position):
                return None
            position, values = position + 1, outer.pop()
            continue
        if outer and not values & 1 and (pairs := pairs_of_array(data, position)):
            end = pairs.end()
            values -= data.count(b";", position, end)
            while -1 < hit < end:  # in a string of 10 to 99 bytes or less, without quotes
                begin, end_of_string = data.rfind(b'"', position, hit) + 1, data.find(b'"', hit)
                strings.append((begin - (4 if end_of_string - begin > 9 else 3), begin, end_of_string))
                hit = data.find(literal, end_of_string)
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
        if string := head_of_string(data, position):
            begin = string.end()
            end = begin + int(string[1])
            if not data.startswith(b'";', end):
                return None
            if -1 < hit < end:
                if LENGTH_PREFIX.search(data, begin, end):
                    return None
                strings.append((string.start(1), begin, end))
                hit = data.find(literal, end)
            position = end + 2
            continue
        other = _OTHER(data, position)
        if other is None or (outer and values & 1):  # a key is an integer or a string
            return None
        position = other.end()
        if group := other.lastindex:
            if group == _OBJECT and (len(other[3]) != int(other[2]) or -1 < hit < position):
                return None
            outer.append(values)
            values = 2 * int(other[group])
    return None if data[position:].strip(BLANKS) else strings
