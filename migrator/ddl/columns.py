"""Columns and keys of MariaDB as MySQL takes them.

MySQL wants parentheses round defaults that are expressions, and round every default of a TEXT, BLOB, JSON or spatial
column (https://dev.mysql.com/doc/refman/en/data-type-defaults.html); MariaDB writes neither.
"""

import re

from migrator.ddl.tokens import closing, next_solid, unquoted

_OWN_TYPES = {"UUID": "char(36)", "INET6": "varchar(45)", "INET4": "varchar(15)"}
_NO_LITERAL_DEFAULT = re.compile(r"(?i)(?:tiny|medium|long)?(?:text|blob)|json|geometry|point|linestring|polygon")
_PLAIN_DEFAULTS = {"NULL", "CURRENT_TIMESTAMP", "NOW", "LOCALTIME", "LOCALTIMESTAMP", "TRUE", "FALSE", "B", "X"}


class ColumnAdapter:
    """Adapts one definition inside the parentheses; what it changes is added to `changes`."""

    def __init__(self, changes: set[str]) -> None:
        self._changes = changes

    @staticmethod
    def name(tokens: list[str]) -> str:
        """The column's name; "" for a key or constraint."""
        first = next_solid(tokens, 0)
        if first == len(tokens) or not tokens[first].startswith("`"):
            return ""
        return unquoted(tokens[first]).encode("latin-1").decode("utf-8", "replace")

    def adapt(self, tokens: list[str]) -> list[str]:
        """Adapt one column, key or constraint."""
        if not self.name(tokens):
            return [self._index_word(word) for word in tokens]
        kind = next_solid(tokens, next_solid(tokens, 0) + 1)
        tokens = self._own_type(tokens, kind)
        tokens = self._default(tokens, kind)
        return ["STORED" if word.upper() == "PERSISTENT" else word for word in tokens]

    def _index_word(self, word: str) -> str:
        if word.upper() != "IGNORED":
            return word
        self._changes.add("IGNORED index → INVISIBLE")
        return "INVISIBLE"

    def _own_type(self, tokens: list[str], kind: int) -> list[str]:
        replacement = _OWN_TYPES.get(tokens[kind].upper()) if kind < len(tokens) else None
        if replacement is None:
            return tokens
        self._changes.add(f"type {tokens[kind]} → {replacement}")
        return [*tokens[:kind], replacement, *tokens[kind + 1 :]]

    def _default(self, tokens: list[str], kind: int) -> list[str]:
        at = next((i for i, word in enumerate(tokens) if word.upper() == "DEFAULT"), len(tokens))
        start = next_solid(tokens, at + 1)
        if start >= len(tokens):
            return tokens
        end = _end_of_expression(tokens, start)
        literal = tokens[start][0] in "'\"-+0123456789"
        if not (_NO_LITERAL_DEFAULT.fullmatch(tokens[kind]) if literal else not _is_plain(tokens[start])):
            return tokens
        self._changes.add("default → default in parentheses")
        return [*tokens[:start], "(", *tokens[start:end], ")", *tokens[end:]]


def _end_of_expression(tokens: list[str], start: int) -> int:
    """Behind a literal, or behind a function call."""
    following = next_solid(tokens, start + 1)
    if following < len(tokens) and tokens[following] == "(":
        return closing(tokens, following) + 1
    return start + 1


def _is_plain(word: str) -> bool:
    return word == "(" or word.upper() in _PLAIN_DEFAULTS or word.startswith("_")
