"""The shortcut for serialized values gives what the general way gives, or nothing."""

import random
from collections.abc import Iterable
from dataclasses import astuple
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.lines import escape, rows_of, unescape
from migrator.rewrite import PathPair, PlainReplacer, Rewriter, UrlPair, value
from migrator.rewrite.lengths import replace_spans
from migrator.rewrite.literal import spans_of
from tests.unit.migrator.php_values import OLD, Instance, Value, serialize

NEW = "http://s1.clones.test:8080/c1"
URL = f"{OLD}/"
PATHS = [pair for pair in [PathPair.of("/var/www/html", "/srv/c1")] if pair]
SITES = [PlainReplacer([UrlPair.of(OLD, new)], PATHS) for new in (NEW, "https://a.test", OLD)]

# One spelling of the URL most of the time; the rest is what the shortcut must see or leave to the general way.
_USUAL = [
    URL,
    f"{URL}a.jpg",
    f"{URL}a {URL}b",
    "x",
    "",
    "é🌱",
    "a" * 95,
    "b" * 120,
    f"{URL}{'c' * 80}",
    ";",
    "<p>",
    'p="1"',
]
_UNUSUAL = [OLD, "http://example.com/", "HTTPS://EXAMPLE.com/", "//example.com/", "https:\\/\\/example.com\\/x"]
_UNUSUAL += [
    '";}',
    's:3:"',
    f's:23:"{URL}x',
    f's:20:"{URL}";',
    '{"w":1:"2"',
    "a:1:{",
    "{",
    '"',
    "YTo",
    "/var/www/html/x",
]
_UNUSUAL += [
    "[vc_raw_js]YQ==[/vc_raw_js]",
    '"code-php":"YQ=="',
    "https://example.com.au/",
    "\n",
    "\t",
    "\\",
    "index.html",
]
_NAMES = ["stdClass", "A\\B", "A", URL, 'A"B']


def _text(chance: random.Random, unusual: float) -> str:
    parts = [chance.choice(_UNUSUAL if chance.random() < unusual else _USUAL) for _ in range(chance.randrange(1, 4))]
    return " ".join(parts) if chance.random() < 0.7 else "".join(parts)


def _value(chance: random.Random, unusual: float, depth: int = 3) -> Value:
    kind = chance.choice("tttttnibf" if depth == 0 else "ttttnibfaaaaaos")
    if kind in "ao":
        items = {_key(chance, unusual): _value(chance, unusual, depth - 1) for _ in range(chance.randrange(5))}
        named = tuple((str(key), item) for key, item in items.items())
        return items if kind == "a" else Instance(chance.choice(_NAMES[:3] if unusual == 0 else _NAMES), named)
    if kind == "s" and chance.random() < unusual:
        return serialize(_value(chance, unusual, depth - 1)).decode()
    scalars = {"n": None, "i": chance.randrange(-99, 2**40), "b": chance.random() < 0.5, "f": -1.5e-7}
    return scalars[kind] if kind in scalars else _text(chance, unusual)


def _key(chance: random.Random, unusual: float) -> str | int:
    return (
        chance.randrange(20) if chance.random() < 0.3 else f"k{chance.randrange(99)}{_text(chance, unusual / 2)[:50]}"
    )


def _damaged(whole: bytes, chance: random.Random) -> bytes:
    """The value with one byte changed, missing or too much; most often near what gives it its structure."""
    marks = [place for place, byte in enumerate(whole) if byte in b'0123456789:;{}"aOsEC'] or [0]
    place = chance.choice(marks)
    instead = chance.choice(
        [b"", b"1", b"9", b";", b":", b'"', b"}", b"{", b"i:0;", b"N;", b"C", b"E", whole[place : place + 9]]
    )
    return whole[:place] + instead + whole[place + chance.randrange(2) :]


def drawn(seed: int) -> bytes:
    """A serialized value or what is left of one; the same for the same seed."""
    chance = random.Random(seed)
    whole = serialize({0: _value(chance, chance.choice([0, 0, 0.1, 0.5])), "u": chance.choice([URL, f"{URL}p"])})
    if chance.random() < 0.1:
        whole = chance.choice([b" ", b"\n", b"", b"x"]) + whole + chance.choice([b" ", b"\0\n", b"x", b"N;", whole])
    return _damaged(whole, chance) if chance.random() < 0.4 else whole


def with_lines(page: bytes, plain: PlainReplacer) -> tuple[bytes, tuple[int, ...]]:
    """A page as the engine rewrites it, and what was counted."""
    rewriter, pieces, done = Rewriter(plain), list[bytes](), 0
    for start, end, new in rewriter.rewrite_lines(page):
        values = (
            [rewriter.rewrite(unescape(written) or b"") for written in page[start:end].split(b"\t")]
            if new is None
            else []
        )
        pieces += [page[done:start], b"\t".join(map(escape, values)) if new is None else new]
        done = end
    return b"".join([*pieces, page[done:]]), astuple(rewriter.statistics)


def by_value(values: Iterable[bytes], plain: PlainReplacer) -> tuple[list[bytes], tuple[int, ...]]:
    rewriter = Rewriter(plain)
    return [rewriter.rewrite(one) for one in values], astuple(rewriter.statistics)


@given(st.lists(st.integers(0, 2**63), min_size=1, max_size=8), st.sampled_from(SITES))
@settings(max_examples=1_500, database=None, deadline=None)
def test_bytes_and_counts_are_those_of_the_general_way(seeds: list[int], plain: PlainReplacer) -> None:
    values = [drawn(seed) for seed in seeds]
    page = b"".join(b"%d\t%b\ttext\n" % (number, escape(one)) for number, one in enumerate(values))
    with mock.patch.object(value, "replace_spans", return_value=None):
        lines, one_by_one = with_lines(page, plain), by_value(values, plain)
    assert [unescape(row.split(b"\t")[1]) for row in rows_of(lines[0])] == one_by_one[0]
    assert by_value(values, plain) == one_by_one
    assert with_lines(page, plain) == lines


def test_the_shortcut_is_taken_often_enough_to_be_tried_by_that() -> None:
    taken = [replace_spans(one, spans_of(one, URL.encode(), b"https://a.test/")) for one in map(drawn, range(1_000))]
    assert 300 < sum(new is not None for new in taken) < 900


def test_two_serialized_values_in_one_line() -> None:
    written = serialize({0: URL})
    page = b"1\t%b\t%b\n" % (written, written)
    assert with_lines(page, SITES[0]) == (page.replace(written, serialize({0: f"{NEW}/"})), (2, 2, 0))


@pytest.mark.parametrize(
    "whole",
    [
        b'E:20:"https://example.com/";',
        b'C:3:"Foo":20:{https://example.com/}',
        b'O:20:"https://example.com/":0:{}',
        b'a:1:{i:0;s:21:"https://example.com/";}',
        b'a:1:{s:20:"https://example.com/";}',
        b'a:2:{i:0;s:20:"https://example.com/";}',
        b'a:1:{b:1;s:20:"https://example.com/";}',
        b'a:1:{i:0;s:20:"https://example.com/";',
        b's:20:"https://example.com/";x',
        b's:27:"s:20:"https://example.com/";";',
        b's:31:"{"a":{"1":1:"https://example.com/";',
        b's:1048600:"' + URL.encode() + b"a" * 1_048_580 + b'";',
        b"",
    ],
    ids=lambda whole: whole[:40].decode(),
)
def test_what_is_left_to_the_general_way(whole: bytes) -> None:
    assert replace_spans(whole, spans_of(whole, URL.encode(), NEW.encode())) is None
