"""PHP values as text: literals for wp-config.php, and lists of strings as options store them."""

import re

from migrator.site import Scalar

_ITEM = re.compile(rb'i:\d+;s:(\d+):"')


def literal(value: Scalar) -> str:
    """A PHP literal; strings in single quotes, where PHP interprets nothing but backslash and quote."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def read_string_list(value: bytes) -> list[bytes] | None:
    """Read serialize()'s form of a list of strings; None for anything else."""
    head = re.match(rb"a:(\d+):\{", value)
    if head is None:
        return None
    items, position = list[bytes](), head.end()
    while item := _ITEM.match(value, position):
        end = item.end() + int(item[1])
        if not value.startswith(b'";', end):
            return None
        items.append(value[item.end() : end])
        position = end + 2
    return items if value[position:] == b"}" and len(items) == int(head[1]) else None


def write_string_list(items: list[bytes]) -> bytes:
    """Write a list of strings as serialize() does."""
    body = b"".join(b'i:%d;s:%d:"%b";' % (index, len(item), item) for index, item in enumerate(items))
    return b"a:%d:{%b}" % (len(items), body)
