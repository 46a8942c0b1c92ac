"""How the characters of a URL or path are written in the encodings that WordPress sites use.

A slash is `/` in text, `\\/` in JSON, `\\\\\\/` in JSON inside JSON and so on at any depth, `%2F` or `%252F`
url-encoded, `&#47;` in HTML, `\\u002F` in some scripts. Host names may be written in Unicode, in punycode, or with
JSON's escapes.
"""

import json
import re
from urllib.parse import quote

SLASH = rb"\\*/|%(?:25)*2[Ff]|&#(?:0*47|[xX]0*2[fF]);|\\+u002[fF]|\\+x2[fF]"
COLON = rb":|%(?:25)*3[Aa]|&#(?:0*58|[xX]0*3[aA]);|\\+u003[aA]|\\+x3[aA]"

_COLON_OF_SLASH = (
    (re.compile(rb"%((?:25)*)2F"), rb"%\g<1>3A"),
    (re.compile(rb"%((?:25)*)2f"), rb"%\g<1>3a"),
    (re.compile(rb"&#(0*)47;"), rb"&#\g<1>58;"),
    (re.compile(rb"&#([xX]0*)2([fF]);"), rb"&#\g<1>3a;"),
    (re.compile(rb"(\\+)u002[fF]"), rb"\g<1>u003a"),
    (re.compile(rb"(\\+)x2[fF]"), rb"\g<1>x3a"),
)


def colon_beside(slash: bytes) -> bytes:
    """The spelling of `:` that goes with a spelling of `/`."""
    for pattern, replacement in _COLON_OF_SLASH:
        match = pattern.fullmatch(slash)
        if match:
            return match.expand(replacement)
    return b":"


def is_percent(slash: bytes) -> bool:
    """Whether a spelling of `/` belongs to a url-encoded text."""
    return slash.startswith(b"%")


def host_spellings(host: str) -> list[bytes]:
    """All spellings of a host name to look for, lower case; the one of the URL itself first.

    Beside Unicode and punycode: JSON's `\\u00fc` at depth one and two, url-encoded bytes, and `--` as the block
    editor writes it inside attributes (WordPress, serialize_block_attributes()).
    """
    names = list(dict.fromkeys([host, *_idn(host)]))
    spellings: dict[bytes, None] = {}
    for name in names:
        for text in (name, name.replace("--", "\\u002d\\u002d"), quote(name)):
            spellings[text.lower().encode()] = None
        for escaped in _json_escapes(name):
            spellings[escaped.lower().encode()] = None
    return list(spellings)


def _idn(host: str) -> list[str]:
    try:
        return [host.encode("idna").decode("ascii"), host.encode("ascii", "ignore").decode("idna")]
    except UnicodeError:
        return []


def _json_escapes(text: str) -> list[str]:
    if text.isascii():
        return []
    once = json.dumps(text)[1:-1]
    return [once, once.replace("\\", "\\\\")]


def segment_spellings(segment: str) -> list[bytes]:
    """One path segment in every spelling, the longest first: as it is, url-encoded, with JSON's escapes."""
    texts = {segment, quote(segment), quote(segment).lower(), *_json_escapes(segment)}
    return sorted((text.encode("utf-8", "surrogateescape") for text in texts), key=lambda text: (-len(text), text))


def segment_pattern(segment: str) -> bytes:
    """A pattern for one path segment in every spelling."""
    return b"(?:" + b"|".join(map(re.escape, segment_spellings(segment))) + b")"
