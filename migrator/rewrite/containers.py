"""Base64 that page builders store inside text: found by their markers, decoded, rewritten inside, encoded again.

Only these, and only if encoding what was decoded gives the very same bytes; any other base64 is never touched:

- WPBakery: `[vc_raw_html]…[/vc_raw_html]`, `[vc_raw_js]…`: base64 of a text that is rawurlencoded
  (its templates print `rawurldecode(base64_decode(…))`).
- Avada: `[fusion_code]…[/fusion_code]` (the shortcode tests the same round trip before it decodes).
- Oxygen: the values of `code-php`, `code-css` and `code-js` in its shortcodes and JSON. Oxygen signs its shortcodes
  with the site's own keys: what was rewritten inside them runs again only after the shortcodes were signed again
  (Oxygen's settings, Security, "Sign All Shortcodes").
- BeTheme: a whole value (`mfn-page-items`) that is base64 of a serialized array, so it begins with `YTo`.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from urllib.parse import quote, unquote_to_bytes

from migrator.rewrite.grammar import looks_serialized

_BASE64 = rb"(?P<%b>(?:[A-Za-z0-9+=]|\\*/)*+)"  # JSON escapes the slash
_CONTAINER = re.compile(
    rb"\[vc_raw_(?P<tag>html|js)(?:\s[^\]]*)?\]" + _BASE64 % b"bakery" + rb"\[\\*/vc_raw_(?P=tag)\]"
    rb"|\[fusion_code(?:\s[^\]]*)?\]" + _BASE64 % b"avada" + rb"\[\\*/fusion_code\]"
    rb'|(?P<quote>\\*")code-(?:php|css|js)(?P=quote):\s?(?P=quote)' + _BASE64 % b"oxygen" + rb"(?P=quote)"
)
_SLASH = re.compile(rb"\\*/")
_SERIALIZED_ARRAY = b"YTo"  # base64 of `a:`, whatever number follows

# Lower-case literals one of which stands in every container inside text.
MARKERS = (b"[vc_raw_", b"[fusion_code", b'"code-')


class Container:
    """Base64 found in a text: where it stands, and what is inside."""

    __slots__ = ("_slash", "_urlencoded", "end", "payload", "start")

    def __init__(self, start: int, end: int, payload: bytes, slash: bytes, *, urlencoded: bool) -> None:
        self.start = start
        self.end = end
        self.payload = payload
        self._slash = slash
        self._urlencoded = urlencoded

    def encode(self, payload: bytes) -> bytes:
        """What stands in the text with another payload inside."""
        inside = quote(payload, safe="").encode() if self._urlencoded else payload
        return b64encode(inside).replace(b"/", self._slash)


def may_hold_container(text: bytes, lowered: bytes) -> bool:
    """Whether a value may be or hold a container; `lowered` is the text in lower case."""
    for marker in MARKERS:  # every value with a URL comes here, and a generator takes three times as long
        if marker in lowered:
            return True
    return text.startswith(_SERIALIZED_ARRAY)


def find_containers(text: bytes) -> Iterator[Container]:
    """Yield the containers of a text whose base64 round-trips, in order."""
    lowered = text.lower()
    if any(marker in lowered for marker in MARKERS):
        for match in _CONTAINER.finditer(text):
            group = match.lastgroup or ""
            container = _decode(match[group], *match.span(group), urlencoded=group == "bakery")
            if container is not None:
                yield container


def whole_container(value: bytes) -> Container | None:
    """A value that is base64 of a serialized array, if it is one."""
    if not value.startswith(_SERIALIZED_ARRAY):
        return None
    container = _decode(value, 0, len(value), urlencoded=False)
    return container if container and looks_serialized(container.payload) else None


def _decode(raw: bytes, start: int, end: int, *, urlencoded: bool) -> Container | None:
    slash = _SLASH.search(raw)
    spelling = slash[0] if slash else b"/"
    try:
        inside = b64decode(raw.replace(spelling, b"/"), validate=True)
    except ValueError:
        return None
    candidates = [(unquote_to_bytes(inside), True)] if urlencoded else []
    for payload, quoted in [*candidates, (inside, False)]:
        container = Container(start, end, payload, spelling, urlencoded=quoted)
        if container.encode(payload) == raw:
            return container
    return None
