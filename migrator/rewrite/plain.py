"""Replace URLs and paths in plain bytes: text that carries no lengths.

URLs first, then paths: a path cannot begin inside a URL that was just written, because what stands before it there is
part of a word.
"""

from collections.abc import Sequence

from migrator.rewrite.pairs import PathPair, UrlPair
from migrator.rewrite.paths import PathReplacer
from migrator.rewrite.urls import UrlReplacer


class PlainReplacer:
    """URL and path replacement with one cheap test in front; built once, used by several threads."""

    def __init__(self, urls: Sequence[UrlPair], paths: Sequence[PathPair] = ()) -> None:
        self._urls = UrlReplacer(urls)
        self._paths = PathReplacer(paths)
        self.hosts: tuple[bytes, ...] = self._urls.anchors
        self.anchors: tuple[bytes, ...] = self._urls.anchors + self._paths.anchors

    def may_hit(self, lowered: bytes) -> bool:
        """Whether data can hold anything to replace; `lowered` is the data in lower case. A memory search, no more."""
        return any(anchor in lowered for anchor in self.anchors)

    def anchor_positions(self, lowered: bytes) -> list[int]:
        """Ascending positions of everything that may belong to a hit."""
        positions: list[int] = []
        for anchor in self.anchors:
            position = lowered.find(anchor)
            while position >= 0:
                positions.append(position)
                position = lowered.find(anchor, position + 1)
        return sorted(positions)

    def replace(self, data: bytes) -> tuple[bytes, int]:
        """Replace everything in `data`, which must carry no lengths. Returns the result and the number of hits."""
        lowered = data.lower()
        hits = path_hits = 0
        if any(anchor in lowered for anchor in self._urls.anchors):
            data, hits = self._urls.replace(data, lowered)
        if any(anchor in lowered for anchor in self._paths.anchors):
            data, path_hits = self._paths.replace(data)
        return data, hits + path_hits
