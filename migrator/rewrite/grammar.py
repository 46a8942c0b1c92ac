"""PHP's serialize() format in patterns, for all that walk it.

Format: https://www.phpinternalsbook.com/php5/classes_objects/serialization.html and PHP's var_unserializer.re.
"""

import re

SCALAR = rb"(?:N|b:[01]|i:[+-]?\d+|d:(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|-?INF|NAN)|[rR]:\d+);"
head_of_string = re.compile(rb's:(\d{1,10}):"').match
BLANKS = b" \t\n\r\0\x0b"  # what PHP's trim() takes away; WordPress trims before it tests
# In every serialized array, string, object and enum, escaped or not.
LENGTH_PREFIX = re.compile(rb':(?<=[0-9]:)(?:\\*"|\{)')
begins_serialized = re.compile(rb'\s*(?:a:\d+:\{|[OCE]:\d+:"|s:\d+:")').match


def _short_string(tens: int) -> bytes:
    """A pattern for a whole string of less than `tens` times ten bytes: the digits say how many follow.

    None of `;`, `"` and `{` in it, so that where it begins and ends can be searched for.
    """
    single = [b'%d:"[^;"{]{%d}' % (one, one) for one in (0, *range(tens, 10))]
    double = [
        b'%d(?::"[^;"{]{%d}|%b)' % (ten, ten, b"|".join(b'%d:"[^;"{]{%d}' % (one, 10 * ten + one) for one in range(10)))
        for ten in range(1, tens)
    ]
    return b's:(?:%b)";' % b"|".join([*single, *double])


# Pairs of key and value as most arrays hold them, up to the head of an array inside or a key with another value. They
# take most of a walk's time, so one match takes as many as there are; each key and value in it has exactly one `;`.
_KEY = rb"(?:i:[+-]?\d+;|" + _short_string(4) + b")"
pairs_of_array = re.compile(
    rb"(?:(?(1)(?!))%b(?:%b|%b|a:(\d{1,10}):\{))*+(?(1)|%b?+)" % (_KEY, _short_string(10), SCALAR, _KEY)
).match


def looks_serialized(value: bytes) -> bool:
    """Whether a value begins like a serialized string, array, object or enum."""
    return begins_serialized(value) is not None
