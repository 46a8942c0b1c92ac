"""Keys of one or several integers: ranges of a table by number, and conditions for them in the clone's database.

Only integers sort alike on every server and in every collation: a range of any other key is never deleted by range.
"""

import base64
import binascii
import re

from migrator.ends import Key, Span
from migrator.errors import SourceDataInvalid
from migrator.local.database import identifier
from migrator.site import Table
from migrator.tables import kind_of

_INTEGERS = {"tinyint", "smallint", "mediumint", "int", "bigint"}
_NUMBER = re.compile(rb"-?\d{1,20}")


def has_integer_key(table: Table) -> bool:
    """Whether a table has a key, and that of integers only."""
    kinds = {column.name: kind_of(column) for column in table.columns}
    return bool(table.key) and all(kinds.get(name) in _INTEGERS for name in table.key or ())


def encode(*values: int) -> Key:
    """A key of integers as it goes to the source."""
    return [base64.b64encode(str(value).encode()).decode() for value in values]


def decode(key: Key) -> list[int]:
    """The integers of a key; raises SourceDataInvalid if it holds anything else."""
    try:
        texts = [base64.b64decode(value or "", validate=True) for value in key]
    except binascii.Error:
        texts = [b""]
    if not all(map(_NUMBER.fullmatch, texts)):
        raise SourceDataInvalid("The source sent a key that is no number.")
    return [int(text) for text in texts]


def spans(low: int, high: int, count: int) -> list[Span]:
    """Cut [low, high] into at most `count` ranges of equal width; the first and the last are open at their ends."""
    width = max(1, -(-(high - low + 1) // count))
    borders = [encode(border) for border in range(low + width - 1, high, width)]
    return [Span(after, upto) for after, upto in zip([None, *borders], [*borders, None], strict=True)]


def condition(table: Table, span: Span) -> str:
    """The rows of a span, for a WHERE; only for integer keys.

    Written out, because MySQL uses no index for `(a, b) > (1, 2)`.
    """
    names = [identifier(name) for name in table.key or ()]
    parts = [] if span.after is None else [_beyond(names, decode(span.after), ">")]
    if span.upto is not None:
        values = decode(span.upto)
        equal = " AND ".join(f"{name} = {value}" for name, value in zip(names, values, strict=True))
        parts.append(f"({_beyond(names, values, '<')} OR ({equal}))")
    return " AND ".join(parts) or "TRUE"


def _beyond(names: list[str], values: list[int], sign: str) -> str:
    if len(names) != len(values):
        raise SourceDataInvalid("The source sent a key with a wrong number of values.")
    parts, equal = list[str](), ""
    for name, value in zip(names, values, strict=True):
        parts.append(f"({equal}{name} {sign} {value})")
        equal += f"{name} = {value} AND "
    return f"({' OR '.join(parts)})"
