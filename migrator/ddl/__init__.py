"""Adapt SHOW CREATE output of one server so that another one takes it: MariaDB to MySQL, MySQL to MariaDB.

Changed are: collations and charsets that the target lacks (`collations`); collations that are only implied, because
servers differ in what a charset implies (`charsets`); MariaDB's types, and defaults that MySQL wants in parentheses
(`columns`); storage engines that the target lacks, table options that it does not know, and comments (`options`).
Everything else stays byte for byte. What is then no definition of that very table, view or trigger is refused
(`statements`). Secondary keys of large tables are taken out and added later (`keys`).
"""

from migrator.ddl.adapt import Adapted, Dialect, adapt_table, adapt_view
from migrator.ddl.collations import Collations
from migrator.ddl.keys import WithoutKeys, additions, without_secondary_keys
from migrator.ddl.statements import require_trigger_body

__all__ = [
    "Adapted",
    "Collations",
    "Dialect",
    "WithoutKeys",
    "adapt_table",
    "adapt_view",
    "additions",
    "require_trigger_body",
    "without_secondary_keys",
]
