"""One answer of a source site."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from api.source.html import Document
from api.source.secrecy import Presented


@dataclass(frozen=True)
class Page:
    """An answer: `url` is where it came from after redirects, `presented` what became of basic credentials.

    Some of WordPress's URLs hold a nonce, so they do not show either.
    """

    url: str = field(repr=False)
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    presented: Presented = Presented.NONE

    @cached_property
    def text(self) -> str:
        """The body as UTF-8, which is what WordPress writes."""
        return self.body.decode("utf-8", "replace")

    @cached_property
    def document(self) -> Document:
        """The body as HTML."""
        return Document(self.url, self.text)
