"""What stands behind the columns of a table: storage engine and options that a target does not know or must not get."""

import re
from collections.abc import Collection

from migrator.ddl.charsets import value_at
from migrator.ddl.tokens import unquoted

_DROPPED = {
    "CONNECTION",
    "ENCRYPTED",
    "ENCRYPTION",
    "ENCRYPTION_KEY_ID",
    "IETF_QUOTES",
    "PAGE_CHECKSUM",
    "PAGE_COMPRESSED",
    "PAGE_COMPRESSION_LEVEL",
    "SECONDARY_ENGINE",
    "SEQUENCE",
    "TRANSACTIONAL",
}
_INNODB_ROW_FORMATS = {"DEFAULT", "DYNAMIC", "COMPACT", "REDUNDANT", "COMPRESSED"}
# MariaDB's own, and MySQL's form with MariaDB's six-digit versions, of which MySQL reads the first five digits.
_MARIADB_COMMENT = re.compile(r"/\*(?:M!|!1\d{5})")


def without_mariadb_comments(tokens: list[str], changes: set[str]) -> list[str]:
    """Drop comments that MariaDB executes and MySQL misreads."""
    kept = [word for word in tokens if not _MARIADB_COMMENT.match(word)]
    if len(kept) < len(tokens):
        changes.add("MariaDB comment dropped")
    return kept


class OptionAdapter:
    """Adapts table options; what it changes is added to `changes`."""

    def __init__(self, engines: Collection[str], changes: set[str]) -> None:
        self._engines = engines
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
        if word in _DROPPED and following.lstrip().startswith("="):
            return value_at(tokens, index + 1) + 1 - index
        if word in ("DATA", "INDEX") and following.startswith(" DIRECTORY"):
            return value_at(tokens, index + 3) + 1 - index
        if word == "WITH" and following == " SYSTEM VERSIONING":
            return 5
        return 0

    def _engine(self, tokens: list[str]) -> list[str]:
        at = _value_of(tokens, "ENGINE")
        if at < len(tokens) and tokens[at].upper() not in self._engines:
            self._changes.add(f"engine {tokens[at]} → InnoDB")
            tokens[at] = "InnoDB"
        row_format = _value_of(tokens, "ROW_FORMAT")
        foreign = row_format < len(tokens) and tokens[row_format].upper() not in _INNODB_ROW_FORMATS
        if foreign and at < len(tokens) and tokens[at].upper() == "INNODB":
            self._changes.add(f"row format {tokens[row_format]} → DEFAULT")
            tokens[row_format] = "DEFAULT"
        return tokens


def _value_of(tokens: list[str], option: str) -> int:
    """Index of an option's value; len(tokens) if the option is not there."""
    at = next((index for index, word in enumerate(tokens) if word.upper() == option), len(tokens))
    return value_at(tokens, at + 1)
