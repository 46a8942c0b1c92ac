"""Reads the corpus of rewriting cases."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from migrator.rewrite import PathPair, PlainReplacer, UrlPair

CORPUS = Path(__file__).with_name("rewrite_corpus.txt")


@dataclass(frozen=True)
class Site:
    """A section: its heading and the replacer of its site."""

    name: str
    plain: PlainReplacer


@dataclass(frozen=True)
class Case:
    """One value and what becomes of it."""

    site: Site
    why: str
    before: bytes
    after: bytes

    def __str__(self) -> str:
        return f"{self.site.name}: {self.why}"


def cases() -> Iterator[Case]:
    """All cases of the corpus."""
    for section in CORPUS.read_text(encoding="utf-8").split("\n== ")[1:]:
        heading, *blocks = section.split("\n\n")
        site = _site(heading)
        for block in blocks:
            why, before, after = (line.partition(":")[2] for line in block.strip("\n").split("\n"))
            value = _bytes(before[2:])
            yield Case(site, why.strip(), value, value if after.strip() == "=" else _bytes(after[1:]))


def _site(heading: str) -> Site:
    name, *lines = heading.split("\n")
    settings = dict(line.split(": ", 1) for line in lines)
    urls = [UrlPair.of(*pair.split()) for pair in settings["url"].split(" | ")]
    paths = [PathPair.of(*pair.split()) for pair in settings.get("path", "").split(" | ") if pair]
    return Site(name, PlainReplacer(urls, [pair for pair in paths if pair is not None]))


def _bytes(text: str) -> bytes:
    return text.replace("␀", "\0").replace("␊", "\n").encode()
