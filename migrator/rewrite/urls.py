"""Replace URLs of the source in plain bytes, in every spelling, and nothing that merely looks alike.

The search is anchored on the host name: one memory search finds the candidates, then the bytes before it must be
`http:`, `https:` or nothing, and two slashes, and the bytes after it must end the host or the path exactly. So
`example.com` touches neither `example.com.au`, `bad-example.com` nor `mail@example.com`. The slash's spelling met
before the host must be the one used after it, and is used for the new URL.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from io import BytesIO

from migrator.rewrite.lengths import Span
from migrator.rewrite.pairs import Url, UrlPair
from migrator.rewrite.spelling import COLON, SLASH, colon_beside, host_spellings, is_percent, segment_pattern

_LEFT = re.compile(rb"(?i:(https?)(" + COLON + rb"))?(" + SLASH + rb")\3(?i:www\.)?\Z")
# Bytes looked at before a host name: enough for most spellings, and for JSON inside JSON five levels deep.
_LEFT_REACHES = (28, 160)
# By far the most frequent, found without a regular expression: what stands before a host name, and its slash.
_PLAIN_LEFTS = ((b"http://", b"/"), (b"https://", b"/"), (b"http:\\/\\/", b"\\/"), (b"https:\\/\\/", b"\\/"))
_ENDS_OF_LEFT = b"/fF;."  # of a slash in any spelling, or of `www.`
_END_OF_HOST = rb"(?![A-Za-z0-9-]|[._][A-Za-z0-9]|@|(?:" + COLON + rb")\d)"
_END_OF_PORT = rb"(?![A-Za-z0-9-]|@)"
_END_OF_PATH = rb"(?![A-Za-z0-9_~-]|\.[A-Za-z0-9_])"
# In a URL that is not url-encoded as a whole, %20 continues the segment; %2F, %3F, %23, %22, %27 and %26 end it.
_END_OF_PLAIN_PATH = rb"(?![A-Za-z0-9_~-]|\.[A-Za-z0-9_]|%(?!2[Ff]|3[Ff]|2[2367])[0-9A-Fa-f]{2})"
_WORD = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:/._-%~\\"
_ESCAPED_CONTROL = re.compile(rb"\\[bfnrt]\Z")


# What stands before a host name: where it begins, the colon after the scheme (None: no scheme), the slash.
_Left = tuple[int, bytes | None, bytes]


class _Right:
    """What may follow one host name in one spelling of the slash: a pattern whose group number tells the pair."""

    def __init__(self, pairs: Sequence[UrlPair], slash: bytes) -> None:
        self.match = re.compile(b"|".join(b"(" + _tail(pair.old, slash) + b")" for pair in pairs)).match
        self._news = [pair.new for pair in pairs]
        self._slash = slash
        self._spelled: dict[tuple[int, bytes | None], bytes] = {}

    def new(self, group: int, colon: bytes | None) -> bytes:
        """The new URL of a pair, by its group number, as it is written beside this slash and a colon."""
        spelled = self._spelled.get((group, colon))
        if spelled is None:
            spelled = self._spelled[group, colon] = spell(self._news[group - 1], colon, self._slash)
        return spelled


def _with_identities(pairs: Iterable[UrlPair]) -> list[UrlPair]:
    """Add new → new where the new URL contains the old one: a second run then changes nothing."""
    pairs = list(pairs)
    identities = [
        UrlPair(pair.new, pair.new)
        for pair in pairs
        if (pair.new.bare_host, pair.new.port) == (pair.old.bare_host, pair.old.port)
        and pair.new.path[: len(pair.old.path)] == pair.old.path
        and pair.new.path != pair.old.path
    ]
    return pairs + identities


def _without_implied(pairs: Iterable[UrlPair]) -> list[UrlPair]:
    """Leave out what the next shorter URL gives as well: usually content and uploads lie below the home URL."""
    kept: list[UrlPair] = []
    for pair in sorted(pairs, key=lambda pair: len(pair.old.path)):
        shorter = next((other for other in reversed(kept) if _is_below(pair.old, other.old)), None)
        if shorter is None or pair.new != replace(
            shorter.new, path=shorter.new.path + pair.old.path[len(shorter.old.path) :]
        ):
            kept.append(pair)
    return kept


def _is_below(url: Url, other: Url) -> bool:
    same = (url.bare_host, url.port) == (other.bare_host, other.port)
    return same and url.path[: len(other.path)] == other.path


class UrlReplacer:
    """Replaces URLs; built once for a run, used by several threads.

    Args:
        pairs: In order of precedence; the longest path wins, then the earlier pair.
    """

    def __init__(self, pairs: Sequence[UrlPair]) -> None:
        self.by_host: dict[bytes, list[UrlPair]] = {}
        for pair in _without_implied(_with_identities(pairs)):
            for spelling in host_spellings(pair.old.bare_host):
                self.by_host.setdefault(spelling, []).append(pair)
        hosts = sorted(self.by_host, key=len, reverse=True)
        self.anchors: tuple[bytes, ...] = tuple(hosts)
        self._hosts = re.compile(b"|".join(map(re.escape, hosts)) or rb"(?!)")
        self._right: Callable[[bytes, bytes], _Right] = lru_cache(maxsize=256)(self._build_right)

    def replace(self, data: bytes, lowered: bytes) -> tuple[bytes, int]:
        """Replace every URL in `data`; `lowered` is `data.lower()`. Returns the result and the number of hits."""
        out, done, hits = BytesIO(), 0, 0  # one buffer: a list of pieces takes five times the memory
        for span in self._candidates(data, lowered):
            if span is not None:
                out.write(data[done : span[0]])
                out.write(span[2])
                done, hits = span[1], hits + 1
        if not hits:
            return data, 0
        out.write(data[done:])
        return out.getvalue(), hits

    def spans(self, data: bytes, lowered: bytes) -> list[Span] | None:
        """Where the URLs in `data` are and what they become; None if a host stands there that is no URL of ours."""
        spans = list[Span]()
        for span in self._candidates(data, lowered):
            if span is None:
                return None
            spans.append(span)
        return spans

    def _candidates(self, data: bytes, lowered: bytes) -> Iterator[Span | None]:
        """For each host name in `data` the URL that it belongs to, None if it is not one to replace."""
        done = 0
        for host in self._hosts.finditer(lowered):
            left, match = _left_of(data, host.start(), done), None
            if left is not None:
                start, colon, slash = left
                right = self._right(host[0], slash)
                match = right.match(data, host.end())
            if left is None or match is None or match.lastindex is None:
                yield None
                continue
            done = match.end()
            yield start, done, right.new(match.lastindex, colon)

    def _build_right(self, host: bytes, slash: bytes) -> _Right:
        pairs = sorted(self.by_host[host], key=lambda pair: (-len(pair.old.path), pair.old.port is None))
        return _Right(pairs, slash)


def _left_of(data: bytes, host: int, floor: int) -> _Left | None:
    if host <= floor or data[host - 1] not in _ENDS_OF_LEFT:
        return None
    for plain, slash in _PLAIN_LEFTS:
        start = host - len(plain)
        if start >= floor and data.startswith(plain, start):
            return start, b":", slash
    match = None
    for reach in _LEFT_REACHES:
        start = max(floor, host - reach)
        match = _LEFT.search(data, start, host)
        if match is None or match.start() > start:
            break  # a match that begins where the window begins may be cut
    if match is None or (match[1] is None and not starts_freely(data, match.start(), match[3])):
        return None
    return match.start(), match[2], match[3]


def _tail(url: Url, slash: bytes) -> bytes:
    port = rb"(?:" + COLON + rb")" + str(url.port).encode() if url.port else rb"(?!(?:" + COLON + rb")\d)"
    path = b"".join(re.escape(slash) + segment_pattern(segment) for segment in url.path)
    if path:
        return port + path + (_END_OF_PATH if is_percent(slash) else _END_OF_PLAIN_PATH)
    return port + (_END_OF_PORT if url.port else _END_OF_HOST)


def spell(url: Url, colon: bytes | None, slash: bytes) -> bytes:
    """A URL as it is written with these spellings of its colon (None: without a scheme) and its slashes."""
    scheme = url.scheme.encode() + colon if colon is not None else b""
    port = (colon or colon_beside(slash)) + str(url.port).encode() if url.port else b""
    path = b"".join(slash + segment.encode() for segment in url.path)
    return scheme + slash + slash + url.host.encode() + port + path


def starts_freely(data: bytes, start: int, slash: bytes, allowed: bytes = b"") -> bool:
    """Whether a URL without scheme, or a path, may begin at `start`: not inside another URL, path or word.

    `allowed`: characters that may stand before it all the same.

    `ftp://example.com` and `https://proxy/x//example.com` are other URLs. A letter that belongs to an escape
    (`\\n//example.com` in JSON, `url%3D%2F%2Fexample.com`) is no part of a word.
    """
    if start == 0:
        return True
    before = data[start - 1]
    if before in allowed or before not in _WORD:
        return True
    if _ESCAPED_CONTROL.search(data, max(0, start - 2), start):
        return True
    if is_percent(slash) and data[start - 3 : start - 2] == b"%":
        return data[start - 2 : start].upper() not in (b"3A", b"2F")
    return False
