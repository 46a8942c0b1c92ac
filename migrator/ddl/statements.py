"""Say what a statement is: the definition of one table, view or trigger, and nothing else.

A source is not trusted: what it sends as a definition is executed in the clone's database. So a table's definition is
checked as it is about to be sent, after all that was changed in it, and the heads of views and triggers are our own.
"""

import re
from collections.abc import Sequence

from migrator.ddl.options import TABLE_OPTIONS, is_comment, is_harmless
from migrator.ddl.tokens import closing, definitions, next_solid, solid, split, unquoted
from migrator.errors import SourceDataInvalid

_KEYS = {
    "CHECK",
    "CONSTRAINT",
    "FOREIGN",
    "FULLTEXT",
    "INDEX",
    "KEY",
    "PERIOD",
    "PRIMARY",
    "SPATIAL",
    "UNIQUE",
    "VECTOR",
}
_PARTITION_WORDS = {
    *("PARTITION", "BY", "LINEAR", "HASH", "KEY", "RANGE", "LIST", "COLUMNS", "=", "ALGORITHM"),
    *("PARTITIONS", "SUBPARTITION", "SUBPARTITIONS"),
}
_NEVER_IN_PARTITIONS = {"AS", "DIRECTORY", "LIKE", "ROW", "SELECT", "TABLE", "TABLESPACE", "UNION", "WITH"}
_COMPOUND = {"BEGIN", "CASE", "IF", "LOOP", "REPEAT", "WHILE"}


def columns_of_table(tokens: Sequence[str], name: str) -> tuple[int, int]:
    """Indexes of the parentheses round a table's columns; raises SourceDataInvalid if it is no table's definition."""
    head = solid(tokens)[:4]
    if [word.upper() for word in head[:2]] != ["CREATE", "TABLE"] or head[3:] != ["("] or not _is(head[2], name):
        raise _no_definition(name)
    opening = list(tokens).index("(")
    end = closing(tokens, opening)
    if tokens[opening : end + 1].count("(") != tokens[opening : end + 1].count(")"):
        raise _no_definition(name)
    return opening, end


def require_table(statement: str, name: str, *, mariadb: bool) -> None:
    """Raise SourceDataInvalid unless a statement makes exactly one table: columns and keys, options, partitions."""
    tokens = split(statement)
    opening, end = columns_of_table(tokens, name)
    inside, behind = tokens[opening + 1 : end], [word.upper() for word in solid(tokens[end + 1 :])]
    comments = [word for word in inside if is_comment(word)]
    sound = ";" not in inside and "SELECT" not in {word.upper() for word in inside}
    sound = sound and all(is_harmless(word, mariadb=mariadb) for word in comments)
    if not sound or not all(map(_is_definition, definitions(inside))) or not _are_options(behind):
        raise _no_definition(name)


def _is_definition(tokens: list[str]) -> bool:
    """Whether it begins as a column, which servers print in backticks, or as a key."""
    first = solid(tokens)[:1]
    return bool(first) and (first[0].startswith("`") or first[0].upper() in _KEYS)


def _are_options(words: list[str]) -> bool:
    """Whether these are options that we know, each with its value, and then perhaps partitions."""
    while words and words[0] != "PARTITION":
        length = _option(words)
        if not length:
            return False
        words = words[length:]
    return not words or _are_partitions(words)


def _option(words: list[str]) -> int:
    """How many words the option has with which they begin; 0 if we do not know it."""
    at = 1 if words[0] == "DEFAULT" else 0
    name = "CHARSET" if words[at : at + 2] == ["CHARACTER", "SET"] else "".join(words[at : at + 1])
    at += 1 if name == "".join(words[at : at + 1]) else 2
    at += 1 if words[at : at + 1] == ["="] else 0
    value = "".join(words[at : at + 1])
    fits = value.startswith("'") if name == "COMMENT" else re.fullmatch(r"\w+", value)
    return at + 1 if name in TABLE_OPTIONS and fits else 0


def _are_partitions(words: list[str]) -> bool:
    """Whether these are partitions as a server prints them; what is in parentheses cannot begin another clause."""
    depth = 0
    for word in words:
        depth += {"(": 1, ")": -1}.get(word, 0)
        known = word in _PARTITION_WORDS or word in "()" or word.isdigit()
        if depth < 0 or word in _NEVER_IN_PARTITIONS or word == ";" or is_comment(word) or not (depth or known):
            return False
    return depth == 0 and words[:2] == ["PARTITION", "BY"]


def parts_of_view(tokens: Sequence[str], name: str) -> tuple[list[str], list[str]]:
    """(name and columns, query) of a view's definition; raises SourceDataInvalid if it is anything else."""
    words = [word.upper() for word in tokens]
    at = _behind_view(words)
    column = next_solid(tokens, at + 1)
    end = closing(tokens, column) if tokens[column : column + 1] == ["("] else at
    start = next_solid(tokens, end + 1)
    head, query = list(tokens[at : end + 1]), list(tokens[start + 1 :])
    plain = not any(is_comment(word) for word in tokens) and ";" not in tokens and "INTO" not in words
    columns = all(word.startswith("`") or word in "()," for word in solid(head)[1:])
    if not plain or not columns or words[start : start + 1] != ["AS"] or not solid(query) or not _is(tokens[at], name):
        raise _no_definition(name)
    return head, query


def _behind_view(words: Sequence[str]) -> int:
    """Index of the name of a view: behind CREATE, what may stand there, and VIEW; 0 if this makes no view."""
    places = [index for index, word in enumerate(words) if not word.isspace()]
    head = [words[index] for index in places]
    if head[:1] != ["CREATE"]:
        return 0
    at = 3 if head[1:3] == ["OR", "REPLACE"] else 1
    at += 3 if head[at : at + 2] == ["ALGORITHM", "="] else 0
    if head[at : at + 2] == ["DEFINER", "="]:
        at += 5 if head[at + 3 : at + 4] == ["@"] else 3
    at += 3 if head[at : at + 2] == ["SQL", "SECURITY"] else 0
    return places[at + 1] if head[at : at + 1] == ["VIEW"] and at + 1 < len(places) else 0


def require_trigger_body(body: str, name: str) -> None:
    """Raise SourceDataInvalid unless a trigger's body is one statement: several only between BEGIN and END or the like.

    What is in it is the server's to judge; it also refuses to take several statements at once.
    """
    words = [word.upper() for word in solid(split(body)) if not is_comment(word)]
    labelled = words[1:2] == [":"]
    compound = words[2:3] if labelled else words[:1]
    ends = "END" in words[-3:] and words[-1:] != [";"]
    if not words or (";" in words and not (compound and compound[0] in _COMPOUND and ends)):
        raise _no_definition(name)


def _is(token: str, name: str) -> bool:
    return unquoted(token) == name.encode().decode("latin-1")


def _no_definition(name: str) -> SourceDataInvalid:
    return SourceDataInvalid(f"The source sent no definition of {name}.")
