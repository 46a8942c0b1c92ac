"""Put the parts of a definition through the adapters, and refuse what is no definition: a source is not trusted."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from migrator.ddl.charsets import CharsetAdapter
from migrator.ddl.collations import Collations
from migrator.ddl.columns import ColumnAdapter
from migrator.ddl.options import OptionAdapter, without_mariadb_comments
from migrator.ddl.tokens import closing, definitions, is_blank, split, unquoted
from migrator.errors import SourceDataInvalid
from migrator.site import Table

_ACCOUNT = r"(?:`(?:[^`]|``)*`|'[^']*'|[^\s@]+)"
_DEFINER = re.compile(rf"\bDEFINER\s*=\s*{_ACCOUNT}\s*@\s*{_ACCOUNT}\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Dialect:
    """What the target takes. `mariadb`: it is MariaDB; `engines`: storage engines in upper case."""

    mariadb: bool
    collations: Collations
    engines: Collection[str]


@dataclass
class Adapted:
    """A statement for the target, as latin-1 text (every byte kept), and what was changed in it, in words."""

    statement: str
    changes: list[str] = field(default_factory=list)


def adapt_table(table: Table, dialect: Dialect) -> Adapted:
    """Adapt a CREATE TABLE; raises SourceDataInvalid if the source sent anything else under that name."""
    tokens = split(table.create.decode("latin-1"))
    solid = [word for word in tokens if not is_blank(word)][:3]
    name = table.name.encode().decode("latin-1")
    if [word.upper() for word in solid[:2]] != ["CREATE", "TABLE"] or unquoted(solid[-1]) != name or "(" not in tokens:
        raise SourceDataInvalid(f"The source sent no definition of its table {table.name}.")
    changes: set[str] = set()
    opening = tokens.index("(")
    end = closing(tokens, opening)
    columns = _columns(tokens[opening + 1 : end], table, dialect, changes)
    options = _options(tokens[end + 1 :], table, dialect, changes)
    return Adapted("".join([*tokens[: opening + 1], columns, ")", options]), sorted(changes))


def _columns(tokens: list[str], table: Table, dialect: Dialect, changes: set[str]) -> str:
    charsets = CharsetAdapter(dialect.collations, changes)
    columns = ColumnAdapter(changes)
    implied = {column.name: column.collation for column in table.columns}
    parts = list[str]()
    for part in definitions(tokens):
        adapted = part if dialect.mariadb else columns.adapt(without_mariadb_comments(part, changes))
        name = columns.name(adapted)
        parts.append("".join(charsets.adapt(adapted, implied.get(name)) if name else adapted))
    return ",".join(parts)


def _options(tokens: list[str], table: Table, dialect: Dialect, changes: set[str]) -> str:
    if not dialect.mariadb:
        tokens = without_mariadb_comments(tokens, changes)
    tokens = OptionAdapter(dialect.engines, changes).adapt(tokens)
    return "".join(CharsetAdapter(dialect.collations, changes).adapt(tokens, table.collation))


def adapt_view(create: bytes) -> str:
    """Adapt a CREATE VIEW: without definer, run with the rights of whoever reads it."""
    text = _DEFINER.sub("", create.decode("latin-1"), count=1)
    if not re.match(r"(?i)\s*CREATE\s[^`]*\bVIEW\b", text):
        raise SourceDataInvalid("The source sent no definition of one of its views.")
    return re.sub(r"(?i)\bSQL SECURITY DEFINER\b", "SQL SECURITY INVOKER", text, count=1)
