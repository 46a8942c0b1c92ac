"""Replace URLs and paths in plain bytes: text that carries no lengths; and find what may hold any.

URLs first, then paths: a path cannot begin inside a URL that was just written, because what stands before it there is
part of a word.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from migrator.rewrite.containers import MARKERS, may_hold_container
from migrator.rewrite.hits import Hits
from migrator.rewrite.lengths import Span
from migrator.rewrite.literal import LiteralReplacer
from migrator.rewrite.pairs import PathPair, UrlPair
from migrator.rewrite.paths import PathReplacer, pattern_of
from migrator.rewrite.urls import UrlReplacer

_WHOLE_CONTAINER = b"yto"  # see containers.whole_container
# Containers in a page, by their first byte: patterns that begin with a rare one are faster than any search for bytes.
_CONTAINERS = {
    b"[": re.compile(rb"\[(?:vc_raw_|fusion_code)"),
    b"Y": re.compile(rb"YTo(?<=[\t\n]YTo)"),
    b'"': re.compile(rb'"code-(?:php|css|js)'),
}
_OXYGEN = b'"code-'

Find = Callable[[int], int]


class PlainReplacer:
    """URL and path replacement with cheap tests in front; built once, used by several threads."""

    def __init__(self, urls: Sequence[UrlPair], paths: Sequence[PathPair] = ()) -> None:
        self._urls = UrlReplacer(urls)
        self._paths = PathReplacer(paths)
        self._literal = LiteralReplacer(self._urls.by_host)
        self.find_literal = self._literal.find
        self.hosts: tuple[bytes, ...] = self._urls.anchors
        self.anchors: tuple[bytes, ...] = self._urls.anchors + self._paths.anchors + MARKERS
        # A shorter value, however written, holds nothing to rewrite.
        self.shortest = min([len(host) + 2 for host in self.hosts] + [pair.length for pair in paths], default=0)
        self._usual = self._urls.anchors + self._paths.anchors
        doubled = tuple(_doubled(host) for host in self.hosts if b"\\" in host)
        self._first = self.hosts + doubled + MARKERS
        self._doubled = tuple(re.compile(re.escape(host)) for host in doubled)
        self._paths_in_lines = tuple(pattern_of(_doubled(anchor)) for anchor in self._paths.anchors)

    def may_hit(self, lowered: bytes) -> bool:
        """Whether data can hold anything to rewrite; `lowered` is a value in lower case. Memory searches, no more."""
        for anchor in self._first:
            if anchor in lowered:
                return True
        return self._paths.may_hit(lowered) or lowered.startswith(_WHOLE_CONTAINER)

    def hits(self, lowered: bytes) -> Hits:
        """Where in data, given in lower case, something to rewrite may stand."""
        return Hits(lowered, self.anchors if b"[" in lowered or _OXYGEN in lowered else self._usual)

    def lines_with_hits(self, page: bytes, alone: Collection[int] = ()) -> list[tuple[int, int]]:
        """The lines of a page that may hold something to rewrite, as (start, end without LF), ascending.

        Args:
            page: Lines that end in LF, each of values joined by TAB, in which `\\`, TAB and LF are escaped by `\\`.
            alone: Values of a line, by index, that do not count.
        """
        return [(start, end) for start, end, _ in self.search(page, page.lower(), alone)]

    def search(self, page: bytes, lowered: bytes, alone: Collection[int] = ()) -> list[tuple[int, int, bool]]:
        """Like lines_with_hits, and whether a line may hold more than URLs: a path, base64, a host with escapes.

        `lowered` is the page in lower case.
        """
        urls, others = dict[int, int](), dict[int, int]()
        for anchor in self.hosts:
            _collect(page, lambda position, anchor=anchor: lowered.find(anchor, position), alone, urls)  # type: ignore[misc]
        for find in self._searches(page, lowered):
            _collect(page, find, alone, others)
        return [(start, end, start in others) for start, end in sorted({**urls, **others}.items())]

    def _searches(self, page: bytes, lowered: bytes) -> Iterator[Find]:
        for pattern in (*self._doubled, *self._paths_in_lines):
            yield lambda position, pattern=pattern: _start(pattern.search(lowered, position))  # type: ignore[misc]
        for byte, pattern in _CONTAINERS.items():
            if byte in page:
                yield lambda position, pattern=pattern: _start(pattern.search(page, position))  # type: ignore[misc]
        if page.startswith(b"YTo"):
            yield lambda position: 0 if position == 0 else -1

    def spans(self, value: bytes, lowered: bytes) -> list[Span] | None:
        """Where the URLs in a value are and what they become; None if it may hold anything else to rewrite.

        `lowered` is the value in lower case.
        """
        if self._paths.may_hit(lowered) or may_hold_container(value, lowered):
            return None
        return self._literal.spans(value, lowered) or self._urls.spans(value, lowered)

    def replace(self, data: bytes, lowered: bytes | None = None) -> tuple[bytes, int]:
        """Replace everything in `data`, which must carry no lengths. Returns the result and the number of hits.

        `lowered` is the data in lower case, where the caller has it already.
        """
        lowered = data.lower() if lowered is None else lowered
        in_paths, hits, path_hits = self._paths.may_hit(lowered), 0, 0
        for host in self.hosts:
            if host in lowered:
                data, hits = self._literal.replace(data, lowered) or self._urls.replace(data, lowered)
                break
        if in_paths:
            data, path_hits = self._paths.replace(data)
        return data, hits + path_hits


def _doubled(anchor: bytes) -> bytes:
    return anchor.replace(b"\\", b"\\\\")


def _collect(page: bytes, find: Find, alone: Collection[int], spans: dict[int, int]) -> None:
    position = find(0)
    while position >= 0:
        start, end = page.rfind(b"\n", 0, position) + 1, page.find(b"\n", position)
        end = len(page) if end < 0 else end
        if alone and page.count(b"\t", start, position) in alone:
            behind = page.find(b"\t", position, end)
            end = end if behind < 0 else behind
        else:
            spans[start] = end
        position = find(end)


def _start(match: re.Match[bytes] | None) -> int:
    return match.start() if match else -1
