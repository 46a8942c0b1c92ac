"""What is replaced by what: URLs of the source and directories of the source, each with its counterpart.

A URL is kept as host, port and path segments, because each of them is written differently in different encodings.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from migrator.errors import SourceDataInvalid


@dataclass(frozen=True)
class Url:
    """A URL without query: scheme, host (lower case, as written), port (None: the scheme's) and path segments."""

    scheme: str
    host: str
    port: int | None
    path: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "Url":
        """Parse an http(s) URL; raises SourceDataInvalid for anything else."""
        try:
            parts = urlsplit(text.strip())
            port = parts.port
        except ValueError as cause:
            raise SourceDataInvalid("A URL that the source reports cannot be parsed.") from cause
        host = (parts.hostname or "").lower()
        if parts.scheme not in ("http", "https") or not host:
            raise SourceDataInvalid("A URL that the source reports is not an http or https URL.")
        return cls(parts.scheme, host, port, tuple(filter(None, parts.path.split("/"))))

    @property
    def bare_host(self) -> str:
        """The host without a leading `www.`, which WordPress sites answer under as well."""
        rest = self.host.removeprefix("www.")
        return rest if "." in rest else self.host


@dataclass(frozen=True)
class UrlPair:
    """A URL of the source and what it becomes."""

    old: Url
    new: Url

    @classmethod
    def of(cls, old: str, new: str) -> "UrlPair":
        """Make a pair of two URLs as text; raises SourceDataInvalid if one is no http(s) URL."""
        return cls(Url.parse(old), Url.parse(new))


@dataclass(frozen=True)
class PathPair:
    """A directory of the source and what it becomes, as absolute paths in segments."""

    old: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def length(self) -> int:
        """Bytes of the old path in its shortest spelling."""
        return sum(1 + len(segment.encode("utf-8", "surrogateescape")) for segment in self.old)

    @classmethod
    def of(cls, old: str, new: str) -> "PathPair | None":
        """Make a pair of two absolute POSIX paths.

        Returns None if the old path cannot be told from ordinary text: one segment (`/app` may be a link) or not
        absolute (Windows).
        """
        segments = tuple(filter(None, old.split("/")))
        if not old.startswith("/") or len(segments) < 2:
            return None
        return cls(segments, tuple(filter(None, new.split("/"))))


def url_pairs(candidates: Iterable[tuple[str, str]]) -> list[UrlPair]:
    """Make pairs in order; of several with the same old URL (but for scheme and www) the first wins, "" is left out."""
    seen: dict[tuple[str, int | None, tuple[str, ...]], UrlPair] = {}
    for old, new in candidates:
        if old:
            pair = UrlPair.of(old, new)
            seen.setdefault((pair.old.bare_host, pair.old.port, pair.old.path), pair)
    return list(seen.values())


def path_pairs(candidates: Iterable[tuple[str, str]]) -> list[PathPair]:
    """Make pairs in order; of several with the same old path the first wins; see PathPair.of for those left out."""
    seen: dict[tuple[str, ...], PathPair] = {}
    for old, new in candidates:
        pair = PathPair.of(old, new)
        if pair is not None:
            seen.setdefault(pair.old, pair)
    return list(seen.values())
