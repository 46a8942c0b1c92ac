"""Whether the names of a source's tables are a site's, and can be put into statements. A source is not trusted."""

import re
from collections.abc import Iterable, Iterator

from migrator.ends import Catalogue
from migrator.errors import SourceDataInvalid
from migrator.inserts import BACKSLASH_CHARSETS
from migrator.schema import OWN_TABLES
from migrator.site import Site, Table

_CUT = re.compile(rb"[\x80-\xff][\\`]")


def require_own_names(site: Site, tables: Iterable[Table]) -> None:
    """Raise SourceDataInvalid unless every table has the site's prefix, or is that of its users or their meta data.

    Case does not matter: a server may keep names in lower case (lower_case_table_names).
    """
    constants = site.constants
    users = {str(constants.get(name, "")).lower() for name in ("CUSTOM_USER_TABLE", "CUSTOM_USER_META_TABLE")}
    prefix = site.wordpress.prefix.lower()
    for table in tables:
        name = table.name.lower()
        if name in OWN_TABLES or not (name.startswith(prefix) or name in users):
            raise SourceDataInvalid("The source lists a table that is not its own.")


def require_readable(charset: str, catalogue: Catalogue) -> None:
    """Raise SourceDataInvalid where a quote or backslash may be half of a character, so that quoting does not hold.

    Args:
        charset: Of the connection through which tables are made and filled.
        catalogue: Names and definitions.
    """
    if charset in BACKSLASH_CHARSETS:
        definitions = [*(t.create for t in catalogue.tables), *(t.statement for t in catalogue.triggers)]
        if any(map(_CUT.search, definitions)) or not all(name.isascii() for name in _names(catalogue)):
            raise SourceDataInvalid(f"The source's names and definitions cannot be told apart in charset {charset}.")


def _names(catalogue: Catalogue) -> Iterator[str]:
    for table in catalogue.tables:
        yield table.name
        yield from (column.name for column in table.columns)
    for trigger in catalogue.triggers:
        yield trigger.name
