"""The shortcut for most texts: every URL of the source in them is written alike, and only one pair is about its host.

Then replacing one literal is exact, and takes a few memory searches: the literal ends in a slash, which ends a host or
a path as well as anything, and it stands wherever its host does. Any other text is left to `urls`.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from migrator.rewrite.lengths import Span
from migrator.rewrite.pairs import UrlPair
from migrator.rewrite.urls import spell

# In text, in JSON, and in JSON whose backslashes are doubled once more (a line of rows).
_SLASHES = (b"/", b"\\/", b"\\\\/")
_BESIDE = 7  # bytes before the host that tell the spelling: `ttps://`, `:\\/\\/` or less


class LiteralReplacer:
    """Replaces URLs by literals; built once for a run, used by several threads.

    Args:
        by_host: The pairs by their host name as it may be written, in lower case.
    """

    def __init__(self, by_host: Mapping[bytes, Sequence[UrlPair]]) -> None:
        self._hosts = tuple(by_host)
        self._literals: dict[tuple[bytes, bytes], list[tuple[bytes, bytes]]] = {}
        for host, pairs in by_host.items():
            for left, old, new in _literals(host, pairs[0]) if len(pairs) == 1 else ():
                self._literals.setdefault((host, left[-_BESIDE:]), []).append((old, new))

    def replace(self, data: bytes, lowered: bytes) -> tuple[bytes, int] | None:
        """The data with every URL replaced and the number of hits; None if that takes more than one literal.

        `lowered` is the data in lower case.
        """
        found = self.find(data, lowered, 0, len(data))
        return (data.replace(found[0], found[1]), found[2]) if found else None

    def spans(self, data: bytes, lowered: bytes) -> list[Span] | None:
        """Where the URLs in the data are and what they become; None if that takes more than one literal."""
        found = self.find(data, lowered, 0, len(data))
        return spans_of(data, *found[:2]) if found else None

    def find(self, data: bytes, lowered: bytes, start: int, end: int) -> tuple[bytes, bytes, int] | None:
        """The literal as which all URLs in a part of the data are written, what it becomes, and its number there."""
        times, host = 0, b""
        for candidate in self._hosts:
            if count := lowered.count(candidate, start, end):
                if times:
                    return None
                times, host = count, candidate
        position = lowered.find(host, start, end)
        literals = self._literals.get((host, data[max(start, position - _BESIDE) : position]), ())
        for old, new in literals:
            if data.count(old, start, end) == times:
                return old, new, times
        return None


def spans_of(data: bytes, old: bytes, new: bytes) -> list[Span]:
    """Where a literal stands in the data, with what it becomes."""
    spans, start = list[Span](), data.find(old)
    while start >= 0:
        spans.append((start, start + len(old), new))
        start = data.find(old, start + len(old))
    return spans


def _literals(host: bytes, pair: UrlPair) -> Iterator[tuple[bytes, bytes, bytes]]:
    """For every usual spelling what stands before the host, the whole old URL, and the new one."""
    for slash in _SLASHES:
        new = spell(pair.new, b":", slash) + slash
        port = b":%d" % pair.old.port if pair.old.port else b""
        path = b"".join(slash + segment.encode("utf-8", "surrogateescape") for segment in pair.old.path)
        for scheme, www in product((b"https", b"http"), (b"", b"www.")):
            left = scheme + b":" + slash + slash + www
            yield left, left + host + port + path + slash, new
