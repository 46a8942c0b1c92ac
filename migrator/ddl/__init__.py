"""Adapt SHOW CREATE output of one server so that another one takes it: MariaDB to MySQL, MySQL to MariaDB.

Changed are: collations and charsets that the target lacks (`collations`); collations that are only implied, because
servers differ in what a charset implies (`charsets`); MariaDB's types, and defaults that MySQL wants in parentheses
(`columns`); storage engines that the target lacks, MariaDB's table options and comments (`options`). Everything else
stays byte for byte.
"""

from migrator.ddl.adapt import Adapted, Dialect, adapt_table, adapt_view
from migrator.ddl.collations import Collations

__all__ = ["Adapted", "Collations", "Dialect", "adapt_table", "adapt_view"]
