"""Replace directories of the source (ABSPATH, content, uploads) in plain bytes, boundary-exact.

Plugins store absolute paths in options and logs. `/var/www/html` must touch neither `/var/www/html2` nor
`/srv/var/www/html`, and the slash keeps the spelling that was met.
"""

import re
from collections.abc import Sequence

from migrator.rewrite.pairs import PathPair
from migrator.rewrite.spelling import SLASH, segment_pattern
from migrator.rewrite.urls import starts_freely

_END = rb"(?![A-Za-z0-9_~-]|\.[A-Za-z0-9_])"


class PathReplacer:
    """Replaces absolute paths; built once for a run, used by several threads.

    Args:
        pairs: The longest old path wins.
    """

    def __init__(self, pairs: Sequence[PathPair]) -> None:
        pairs = [*pairs, *_identities(pairs)]
        self._pairs = sorted(pairs, key=lambda pair: len(pair.old), reverse=True)
        self.anchors: tuple[bytes, ...] = tuple({anchor: None for pair in pairs for anchor in _anchors(pair)})
        alternatives = b"|".join(b"(" + rb"\1".join(map(segment_pattern, pair.old)) + b")" for pair in self._pairs)
        self._pattern = re.compile(rb"(" + SLASH + rb")(?:" + alternatives + rb")" + _END if pairs else rb"(?!)")

    def replace(self, data: bytes) -> tuple[bytes, int]:
        """Replace every path in `data`. Returns the result and the number of hits."""
        hits = 0

        def new(match: re.Match[bytes]) -> bytes:
            nonlocal hits
            slash = match[1]
            if match.lastindex is None or not starts_freely(data, match.start(), slash, b":"):
                return match[0]
            hits += 1
            return b"".join(slash + segment.encode() for segment in self._pairs[match.lastindex - 2].new)

        return self._pattern.sub(new, data), hits


def _identities(pairs: Sequence[PathPair]) -> list[PathPair]:
    """New → new where the new path lies below the old one: a second run then changes nothing."""
    return [PathPair(pair.new, pair.new) for pair in pairs if pair.new[: len(pair.old)] == pair.old != pair.new]


def _anchors(pair: PathPair) -> list[bytes]:
    """Lower-case literals one of which stands in every spelling of the path (see spelling.SLASH)."""
    plain = "/" + "/".join(pair.old)
    longest = max(filter(str.isascii, pair.old), key=len, default=pair.old[-1])
    forms = [plain, "\\/" + longest, "2f" + longest, "47;" + longest, "2f;" + longest]
    return [form.lower().encode("utf-8", "surrogateescape") for form in forms]
