"""Charsets and collations inside a definition: mapped to what the target has, and spelled out where only implied.

`CHARACTER SET utf8mb4` alone means utf8mb4_general_ci, utf8mb4_0900_ai_ci or utf8mb4_uca1400_ai_ci, depending on the
server: what it meant at the source comes from the source's column list.
"""

from collections.abc import Sequence

from migrator.ddl.collations import Collations
from migrator.ddl.tokens import next_solid


def value_at(tokens: Sequence[str], index: int) -> int:
    """Index of an option's value: behind blanks and an optional `=`."""
    index = next_solid(tokens, index)
    if index < len(tokens) and tokens[index] == "=":
        index = next_solid(tokens, index + 1)
    return index


class CharsetAdapter:
    """Maps charsets and collations; what it changes is added to `changes`."""

    def __init__(self, collations: Collations, changes: set[str]) -> None:
        self._collations = collations
        self._changes = changes

    def adapt(self, tokens: list[str], implied: str | None) -> list[str]:
        """Adapt a column or the table's options; `implied` is the collation in force there."""
        result, explicit, behind_charset = list[str](), False, -1
        index = 0
        while index < len(tokens):
            word, value = tokens[index].upper(), value_at(tokens, index + 1)
            if word == "COLLATE" and value < len(tokens):
                explicit = True
                result += [*tokens[index:value], self._collation(tokens[value])]
                index = value
            elif _names_charset(tokens, index) and value < len(tokens):
                result += [*tokens[index:value], self._charset(tokens[value])]
                index, behind_charset = value, len(result)
            else:
                result.append(tokens[index])
            index += 1
        if behind_charset >= 0 and not explicit and implied:
            result[behind_charset:behind_charset] = [" COLLATE ", self._collation(implied)]
        return result

    def _collation(self, name: str) -> str:
        new = self._collations.collation(name)
        if new != name.lower():
            self._changes.add(f"collation {name} → {new}")
        return new

    def _charset(self, name: str) -> str:
        new = self._collations.charset(name.lower())
        if new != name.lower():
            self._changes.add(f"charset {name} → {new}")
        return new


def _names_charset(tokens: Sequence[str], index: int) -> bool:
    """`CHARSET`, or the second word of `CHARACTER SET`; `SET` alone is a type."""
    word = tokens[index].upper()
    return word == "CHARSET" or (word == "SET" and "".join(tokens[max(0, index - 2) : index]).upper() == "CHARACTER ")
