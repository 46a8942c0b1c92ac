"""Which PHP a clone runs on: the oldest of those that it may have which runs what its source's PHP runs.

Between two minor versions (7.3 and 7.4, say) plugins go on working; a major one breaks many, and 8.3 deprecates what
8.2 still took.
"""

import re
from typing import Literal

from api.domain.refusals.plugin import PhpTooOld

PhpVersion = Literal["7.4", "8.2", "8.4"]
NEWEST: PhpVersion = "8.4"
_UP_TO: tuple[tuple[tuple[int, int], PhpVersion], ...] = (((7, 4), "7.4"), ((8, 2), "8.2"))
_OLDEST = (7, 2)  # what the plugin asks for (`Requires PHP`)


def php_for(source: str) -> PhpVersion:
    """Return a clone's PHP for that of its source (`8.1.27`), the newest where that is unknown; raises PhpTooOld."""
    found = re.match(r"(\d{1,3})\.(\d{1,3})", source)
    if found is None:
        return NEWEST
    version = (int(found[1]), int(found[2]))
    if version < _OLDEST:
        raise PhpTooOld
    return next((php for newest, php in _UP_TO if version <= newest), NEWEST)
