"""WordPress's admin pages, read by URLs, names and ids: their words are translated, those are not."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import parse_qs, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from api.domain.text import clean

_UNSENT = ("submit", "button", "image", "file", "reset", "checkbox", "radio")


@dataclass(frozen=True)
class Form:
    """A form: where it goes, what it would send without anybody typing, and the names and types of its inputs.

    The first two may hold nonces, so they do not show.
    """

    action: str = field(repr=False)
    values: dict[str, str] = field(repr=False)
    inputs: dict[str, str]

    def has(self, *names: str) -> bool:
        """Return whether the form has all of these inputs."""
        return all(name in self.inputs for name in names)


class Document:
    """A parsed page; `url` is what its links are relative to."""

    def __init__(self, url: str, text: str) -> None:
        self._url = url
        self._tree = LexborHTMLParser(text)

    @cached_property
    def forms(self) -> list[Form]:
        """All forms, in order."""
        return [self._form(node) for node in self._tree.css("form")]

    @cached_property
    def body_classes(self) -> list[str]:
        """The classes of the page's body."""
        body = self._tree.css_first("body")
        return (body.attributes.get("class") or "").split() if body else []

    def form_with(self, *names: str) -> Form | None:
        """Return the first form that has all of these inputs."""
        return next((form for form in self.forms if form.has(*names)), None)

    @cached_property
    def links(self) -> list[str]:
        """The absolute targets of all links, in order."""
        return [_absolute(self._url, href) for href in self._values("a", "href")]

    def link_with(self, **query: str) -> str | None:
        """Return the first link whose query has these parameters with these values."""
        return next((link for link in self.links if _has_query(link, query)), None)

    def relations(self, rel: str) -> list[str]:
        """Return the absolute targets of `<link rel="…">`."""
        nodes = self._tree.css("link[href]")
        return [
            _absolute(self._url, node.attributes["href"] or "") for node in nodes if node.attributes.get("rel") == rel
        ]

    def has(self, selector: str) -> bool:
        """Return whether a CSS selector matches anything."""
        return self._tree.css_first(selector) is not None

    def text_of(self, selector: str) -> str:
        """Return the text of what a CSS selector matches first, cut and on one line; "" if it matches nothing."""
        node = self._tree.css_first(selector)
        if node is None:
            return ""
        return clean(" ".join(part.text(deep=False) for part in node.traverse(include_text=True) if _is_shown(part)))

    def within(self, selector: str) -> "Document | None":
        """Return what a CSS selector matches first as a document of its own."""
        node = self._tree.css_first(selector)
        return (
            Document(self._url, f"<table>{node.html}</table>" if node.tag == "tr" else node.html or "")
            if node
            else None
        )

    def _values(self, tag: str, attribute: str) -> Iterator[str]:
        for node in self._tree.css(f"{tag}[{attribute}]"):
            yield node.attributes[attribute] or ""

    def _form(self, node: LexborNode) -> Form:
        values: dict[str, str] = {}
        inputs: dict[str, str] = {}
        for element in node.css("input[name]"):
            name, kind = element.attributes["name"] or "", (element.attributes.get("type") or "text").lower()
            inputs[name] = kind
            if kind not in _UNSENT or "checked" in element.attributes:
                values[name] = element.attributes.get("value") or ""
        return Form(_absolute(self._url, node.attributes.get("action") or self._url), values, inputs)


def _absolute(base: str, target: str) -> str:
    """Return a link's absolute target, "" for one that is no URL."""
    try:
        return urljoin(base, target)
    except ValueError:
        return ""


def _is_shown(part: LexborNode) -> bool:
    return part.is_text_node and part.parent is not None and part.parent.tag not in ("script", "style")


def query_of(url: str) -> dict[str, str]:
    """Return the last value of each parameter in a URL's query."""
    return {key: values[-1] for key, values in parse_qs(urlsplit(url).query, keep_blank_values=True).items()}


def _has_query(url: str, wanted: dict[str, str]) -> bool:
    query = query_of(url)
    return all(query.get(key) == value for key, value in wanted.items())
