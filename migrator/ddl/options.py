"""What stands behind the columns of a table: storage engine and options that a target does not know or must not get.

Comments are code to a server (`/*!50100 PARTITION BY … */`). Those that SHOW CREATE TABLE prints for columns and keys
are kept, that of the partitions loses its comment signs so that it is read like everything else, all others go.
"""

import re
from collections.abc import Collection

from migrator.ddl.charsets import value_at
from migrator.ddl.tokens import closing, split, unquoted

# Options of a table that are kept; every other `NAME=value` is dropped.
TABLE_OPTIONS = {
    "AUTO_INCREMENT",
    "AVG_ROW_LENGTH",
    "CHARSET",
    "CHECKSUM",
    "COLLATE",
    "COMMENT",
    "DELAY_KEY_WRITE",
    "ENGINE",
    "KEY_BLOCK_SIZE",
    "MAX_ROWS",
    "MIN_ROWS",
    "PACK_KEYS",
    "ROW_FORMAT",
    "STATS_AUTO_RECALC",
    "STATS_PERSISTENT",
    "STATS_SAMPLE_PAGES",
}
_ENGINES = {"ARIA", "INNODB", "MEMORY", "MYISAM"}  # engines that keep rows here, and nothing else
_INNODB_ROW_FORMATS = {"DEFAULT", "DYNAMIC", "COMPACT", "REDUNDANT", "COMPRESSED"}
_COMMENT = re.compile(r"/\*!\d{5} (?:INVISIBLE|NOT ENFORCED|SRID \d+|WITH PARSER `\w+`) \*/", re.ASCII)
# MariaDB's own, and MySQL's form with MariaDB's six-digit versions, of which MySQL reads the first five digits.
_MARIADB_COMMENT = re.compile(r"/\*M?!\d{6} COMPRESSED\*/", re.ASCII)
_PARTITIONS = re.compile(r"/\*!50[15]00 (PARTITION BY .*?) ?\*/", re.DOTALL)


def is_comment(token: str) -> bool:
    """Whether a token is a comment, be it one that servers execute."""
    return token.startswith("/*")


def is_harmless(comment: str, *, mariadb: bool) -> bool:
    """Whether a comment is one that servers print in the definition of a column or key."""
    return bool(_COMMENT.fullmatch(comment) or (mariadb and _MARIADB_COMMENT.fullmatch(comment)))


def without_comments(tokens: list[str], changes: set[str], *, mariadb: bool) -> list[str]:
    """Drop comments that the target must not execute, or would misread; a blank stays, so that no tokens meet."""
    kept = [" " if is_comment(word) and not is_harmless(word, mariadb=mariadb) else word for word in tokens]
    if kept != tokens:
        changes.add("comment dropped")
    return kept


def with_bare_partitions(tokens: list[str]) -> list[str]:
    """Take the partitions out of the comment in which MySQL prints them."""
    bare = list[str]()
    for word in tokens:
        partitions = _PARTITIONS.fullmatch(word)
        bare += split(partitions[1]) if partitions else [word]
    return bare


class OptionAdapter:
    """Adapts table options; what it changes is added to `changes`."""

    def __init__(self, engines: Collection[str], changes: set[str]) -> None:
        self._engines = _ENGINES & set(engines)
        self._changes = changes

    def adapt(self, tokens: list[str]) -> list[str]:
        """Adapt all options."""
        result, index = list[str](), 0
        while index < len(tokens):
            length = self._dropped(tokens, index)
            if length:
                self._changes.add(f"option {unquoted(tokens[index]).upper()} dropped")
            else:
                result.append(tokens[index])
            index += max(length, 1)
        return self._engine(result)

    def _dropped(self, tokens: list[str], index: int) -> int:
        """How many tokens of an option that is dropped begin at `index`; 0 if none does."""
        word = unquoted(tokens[index]).upper()
        following = "".join(tokens[index + 1 : index + 5]).upper()
        if re.fullmatch(r"\w+", word) and word not in TABLE_OPTIONS | {"SET"} and following.lstrip().startswith("="):
            return _behind(tokens, value_at(tokens, index + 1)) - index
        if word in ("DATA", "INDEX") and following.startswith(" DIRECTORY"):
            return _behind(tokens, value_at(tokens, index + 3)) - index
        if word == "WITH" and following == " SYSTEM VERSIONING":
            return 5
        return 0

    def _engine(self, tokens: list[str]) -> list[str]:
        for at in [value_at(tokens, index + 1) for index, word in enumerate(tokens) if word.upper() == "ENGINE"]:
            if at < len(tokens) and tokens[at].upper() not in self._engines:
                self._changes.add(f"engine {tokens[at]} → InnoDB")
                tokens[at] = "InnoDB"
        at = _value_of(tokens, "ENGINE")
        row_format = _value_of(tokens, "ROW_FORMAT")
        foreign = row_format < len(tokens) and tokens[row_format].upper() not in _INNODB_ROW_FORMATS
        if foreign and at < len(tokens) and tokens[at].upper() == "INNODB":
            self._changes.add(f"row format {tokens[row_format]} → DEFAULT")
            tokens[row_format] = "DEFAULT"
        return tokens


def _behind(tokens: list[str], value: int) -> int:
    """Index behind a value, which may be a list in parentheses."""
    return (closing(tokens, value) if tokens[value : value + 1] == ["("] else value) + 1


def _value_of(tokens: list[str], option: str) -> int:
    """Index of an option's value; len(tokens) if the option is not there."""
    at = next((index for index, word in enumerate(tokens) if word.upper() == option), len(tokens))
    return value_at(tokens, at + 1)
