"""Take the secondary keys out of a table's definition, so that they can be added when its rows are there.

An index that is built from sorted rows at once costs a fraction of one that grows with every row. Left in are keys
that the rows themselves need: primary and unique ones, that of an AUTO_INCREMENT column, and all beside foreign
keys.
"""

from dataclasses import dataclass, field

from migrator.ddl.statements import columns_of_table
from migrator.ddl.tokens import definitions, next_solid, solid, split, unquoted

_ORDINARY = {"KEY", "INDEX"}
_SINGLE = {"FULLTEXT", "SPATIAL"}  # a server builds one of these at a time


@dataclass(frozen=True)
class WithoutKeys:
    """A statement, as latin-1 text, and the definitions of the keys that it lacks by name (as the server tells it)."""

    statement: str
    keys: dict[str, str] = field(default_factory=dict)


def without_secondary_keys(statement: str, table: str) -> WithoutKeys:
    """Split an adapted CREATE TABLE (see adapt.adapt_table)."""
    tokens = split(statement)
    opening, end = columns_of_table(tokens, table)
    parts = list(definitions(tokens[opening + 1 : end]))
    if any(_has(part, "FOREIGN") for part in parts):
        return WithoutKeys(statement)
    needed = {solid(part)[0] for part in parts if _has(part, "AUTO_INCREMENT")}
    later = [part for part in parts if _is_secondary(part) and _first_column(part) not in needed]
    kept = ",".join("".join(part) for part in parts if part not in later)
    keys = {_name(part): "".join(part).strip() for part in later}
    return WithoutKeys("".join([*tokens[: opening + 1], kept, *tokens[end:]]), keys)


def additions(table: str, keys: dict[str, str]) -> list[str]:
    """ALTER TABLE statements that add keys: the ordinary ones at once, the others one by one."""
    ordinary = [key for key in keys.values() if solid(split(key))[0].upper() in _ORDINARY]
    others = [[key] for key in keys.values() if solid(split(key))[0].upper() in _SINGLE]
    quoted = "`" + table.encode().decode("latin-1").replace("`", "``") + "`"
    groups = [ordinary, *others]
    return [f"ALTER TABLE {quoted} " + ", ".join(f"ADD {key}" for key in group) for group in groups if group]


def _has(part: list[str], word: str) -> bool:
    return word in (token.upper() for token in part)


def _is_secondary(part: list[str]) -> bool:
    return solid(part)[0].upper() in _ORDINARY | _SINGLE


def _name(part: list[str]) -> str:
    """The name of a key: the first word in backticks, which servers always print."""
    return unquoted(next(token for token in part if token.startswith("`"))).encode("latin-1").decode("utf-8", "replace")


def _first_column(part: list[str]) -> str:
    """The first word in the parentheses of a key; "" for an expression."""
    opening = part.index("(")
    first = next_solid(part, opening + 1)
    return part[first] if first < len(part) and part[first].startswith("`") else ""
