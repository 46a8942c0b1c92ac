"""Where in lower-cased data something to rewrite may stand: memory searches, asked for one position at a time.

Nothing is collected, so that a value with a million URLs takes no more memory than one with a single one.
"""

from collections.abc import Sequence


class Hits:
    """The positions of several literals in one text, ascending.

    Args:
        lowered: The text in lower case.
        anchors: Literals in lower case.
    """

    __slots__ = ("_anchors", "_end", "_lowered", "_next")

    def __init__(self, lowered: bytes, anchors: Sequence[bytes]) -> None:
        self._lowered = lowered
        self._end = len(lowered)
        self._anchors = [anchor for anchor in anchors if anchor in lowered]
        self._next = [-1] * len(self._anchors)

    def after(self, position: int) -> int:
        """The first position of any literal at or behind `position`; the text's length if there is none."""
        first = self._end
        for index, found in enumerate(self._next):
            if found < position:
                found = self._lowered.find(self._anchors[index], position)  # noqa: PLW2901
                self._next[index] = found = self._end if found < 0 else found  # noqa: PLW2901
            first = min(first, found)
        return first
