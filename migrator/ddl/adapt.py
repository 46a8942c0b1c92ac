"""Put the parts of a definition through the adapters, and refuse what is no definition: a source is not trusted."""

from collections.abc import Collection
from dataclasses import dataclass, field

from migrator.ddl.charsets import CharsetAdapter
from migrator.ddl.collations import Collations
from migrator.ddl.columns import ColumnAdapter
from migrator.ddl.options import OptionAdapter, with_bare_partitions, without_comments
from migrator.ddl.statements import columns_of_table, parts_of_view, require_table
from migrator.ddl.tokens import definitions, split
from migrator.site import Table


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
    changes: set[str] = set()
    opening, end = columns_of_table(tokens, table.name)
    columns = _columns(tokens[opening + 1 : end], table, dialect, changes)
    options = _options(tokens[end + 1 :], table, dialect, changes)
    statement = "".join([*tokens[: opening + 1], columns, ")", options])
    require_table(statement, table.name, mariadb=dialect.mariadb)
    return Adapted(statement, sorted(changes))


def _columns(tokens: list[str], table: Table, dialect: Dialect, changes: set[str]) -> str:
    charsets = CharsetAdapter(dialect.collations, changes)
    columns = ColumnAdapter(changes)
    implied = {column.name: column.collation for column in table.columns}
    parts = list[str]()
    for part in definitions(tokens):
        plain = without_comments(part, changes, mariadb=dialect.mariadb)
        adapted = plain if dialect.mariadb else columns.adapt(plain)
        name = columns.name(adapted)
        parts.append("".join(charsets.adapt(adapted, implied.get(name)) if name else adapted))
    return ",".join(parts)


def _options(tokens: list[str], table: Table, dialect: Dialect, changes: set[str]) -> str:
    tokens = without_comments(with_bare_partitions(tokens), changes, mariadb=dialect.mariadb)
    tokens = OptionAdapter(dialect.engines, changes).adapt(tokens)
    return "".join(CharsetAdapter(dialect.collations, changes).adapt(tokens, table.collation))


def adapt_view(view: Table) -> str:
    """Adapt a CREATE VIEW: without definer, run with the rights of whoever reads it.

    Raises SourceDataInvalid if the source sent anything else under that name.
    """
    head, query = parts_of_view(split(view.create.decode("latin-1")), view.name)
    return f"CREATE SQL SECURITY INVOKER VIEW {''.join(head)} AS {''.join(query).strip()}"
