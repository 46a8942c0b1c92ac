"""Replace directories of the source (ABSPATH, content, uploads) in plain bytes, boundary-exact.

Plugins store absolute paths in options and logs. `/var/www/html` must touch neither `/var/www/html2` nor
`/srv/var/www/html`, and the slash keeps the spelling that was met.
"""

import re
from collections.abc import Sequence
from io import BytesIO

from migrator.rewrite.pairs import PathPair
from migrator.rewrite.spelling import SLASH, segment_pattern, segment_spellings
from migrator.rewrite.urls import starts_freely

_END = rb"(?![A-Za-z0-9_~-]|\.[A-Za-z0-9_])"
_ENDS_OF_SLASHES = rb"[/f;]"  # `/`, `\/`, `%2f`, `\u002f`; `&#47;`, `&#x2f;`
_PLAIN_SEGMENT = re.compile(r"[A-Za-z0-9._~-]+")  # the same in every encoding


class PathReplacer:
    """Replaces absolute paths; built once for a run, used by several threads.

    Args:
        pairs: The longest old path wins.
    """

    def __init__(self, pairs: Sequence[PathPair]) -> None:
        pairs = _without_implied([*pairs, *_identities(pairs)])
        self._pairs = sorted(pairs, key=lambda pair: len(pair.old), reverse=True)
        self.anchors: tuple[bytes, ...] = tuple({anchor: None for pair in pairs for anchor in _anchors(pair, pairs)})
        self._searches = [pattern_of(anchor).search for anchor in self.anchors]
        alternatives = b"|".join(b"(" + rb"\1".join(map(segment_pattern, pair.old)) + b")" for pair in self._pairs)
        self._pattern = re.compile(rb"(" + SLASH + rb")(?:" + alternatives + rb")" + _END if pairs else rb"(?!)")

    def may_hit(self, lowered: bytes) -> bool:
        """Whether data, given in lower case, may hold a path to replace."""
        for search in self._searches:  # noqa: SIM110 (every value comes here, and a generator takes four times as long)
            if search(lowered):
                return True
        return False

    def replace(self, data: bytes) -> tuple[bytes, int]:
        """Replace every path in `data`. Returns the result and the number of hits."""
        out, done, hits = BytesIO(), 0, 0
        for match in self._pattern.finditer(data):
            slash, group = match[1], match.lastindex
            if group is not None and starts_freely(data, match.start(), slash, b":"):
                out.write(data[done : match.start()])
                out.write(b"".join([slash + segment.encode() for segment in self._pairs[group - 2].new]))
                done, hits = match.end(), hits + 1
        if not hits:
            return data, 0
        out.write(data[done:])
        return out.getvalue(), hits


def pattern_of(anchor: bytes) -> re.Pattern[bytes]:
    """Finds in lower-cased data where a path may stand: its anchor with the end of a slash before it.

    The literal comes first: so the search is faster than one for bytes.
    """
    literal = re.escape(anchor)
    return re.compile(literal + b"(?<=" + _ENDS_OF_SLASHES + literal + b")")


def _identities(pairs: Sequence[PathPair]) -> list[PathPair]:
    """New → new where the new path lies below the old one: a second run then changes nothing."""
    return [PathPair(pair.new, pair.new) for pair in pairs if pair.new[: len(pair.old)] == pair.old != pair.new]


def _without_implied(pairs: Sequence[PathPair]) -> list[PathPair]:
    """Leave out what the next shorter path gives as well: usually content and uploads lie below the installation."""
    kept: list[PathPair] = []
    for pair in sorted(pairs, key=lambda pair: len(pair.old)):
        shorter = next((other for other in reversed(kept) if pair.old[: len(other.old)] == other.old), None)
        if shorter is None or pair.new != shorter.new + pair.old[len(shorter.old) :]:
            kept.append(pair)
    return kept


def _anchors(pair: PathPair, pairs: Sequence[PathPair]) -> list[bytes]:
    """Lower-case literals one of which stands in every spelling of the path: its longest segment.

    None for a path below another one, whose anchors stand in it too.
    """
    if any(pair.old[: len(other.old)] == other.old != pair.old for other in pairs):
        return []
    plain = [segment for segment in pair.old if _PLAIN_SEGMENT.fullmatch(segment)]
    spellings = segment_spellings(max(plain or pair.old, key=len))
    return list(dict.fromkeys(spelling.lower() for spelling in spellings))
