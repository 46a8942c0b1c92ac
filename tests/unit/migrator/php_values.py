"""A reference for PHP's serialize(), and random values to try it on."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

OLD = "https://example.com"
Value = Any


@dataclass(frozen=True)
class Instance:
    """An object: its class and its properties."""

    name: str
    properties: tuple[tuple[str, Value], ...]


def serialize(value: Value) -> bytes:
    """What PHP's serialize() gives; a dict is an array."""
    if value is None:
        return b"N;"
    if isinstance(value, bool):
        return b"b:%d;" % value
    if isinstance(value, int):
        return b"i:%d;" % value
    if isinstance(value, float):
        return b"d:%b;" % repr(value).upper().encode()
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, Instance):
        body = b"".join(_string(key) + serialize(item) for key, item in value.properties)
        return b'O:%d:"%b":%d:{%b}' % (len(value.name), value.name.encode(), len(value.properties), body)
    body = b"".join(serialize(key) + serialize(item) for key, item in value.items())
    return b"a:%d:{%b}" % (len(value), body)


def _string(value: str) -> bytes:
    data = value.encode()
    return b's:%d:"%b";' % (len(data), data)


def replaced(value: Value, replace: Callable[[str], str]) -> Value:
    """The same value with every string replaced, keys too."""
    if isinstance(value, str):
        return replace(value)
    if isinstance(value, Instance):
        items = tuple((replace(key), replaced(item, replace)) for key, item in value.properties)
        return Instance(value.name, items)
    if isinstance(value, dict):
        return {replaced(key, replace): replaced(item, replace) for key, item in value.items()}
    return value


_fragments = st.sampled_from(
    [OLD, f"{OLD}/a", "http://example.com", "//example.com", "https:\\/\\/example.com\\/x", "x"]
)
_noise = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
texts = st.lists(st.one_of(_fragments, _noise, st.just('";}'), st.just("é🌱")), max_size=4).map(" ".join)
_names = st.sampled_from(["stdClass", "Foo", "Not\\There"])
_scalars = st.one_of(st.none(), st.booleans(), st.integers(-(2**40), 2**40), texts)


def _containers(values: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    keys = st.one_of(st.integers(0, 99), texts.filter(lambda text: not text.lstrip("-").isdigit()))
    properties = st.dictionaries(st.sampled_from(["url", "\0*\0hidden", "\0Foo\0own"]), values, max_size=3)
    instances = st.builds(lambda name, items: Instance(name, tuple(items.items())), _names, properties)
    nested = values.map(lambda value: serialize(value).decode())
    return st.one_of(st.dictionaries(keys, values, max_size=4), instances, nested)


values = st.recursive(_scalars, _containers, max_leaves=12)


_FRAGMENTS = [OLD, f"{OLD}/a", "http://example.com", "//example.com", "https:\\/\\/example.com\\/x", "mail@example.com"]
_FRAGMENTS += ["x", '";}', 's:3:"', "é🌱", ";", "\0", "https://example.com.au", "a" * 120, ""]


def random_value(seed: int) -> Value:
    """A nested value; the same for the same seed. Much faster to draw than `values`, so thousands can be tried."""
    return _random(random.Random(seed), 4)


def _random(chance: random.Random, depth: int) -> Value:
    kind = chance.choice("ttttsnbf" if depth == 0 else "tttsnbfaaaaoo")
    if kind == "a":
        return {_random_key(chance, index): _random(chance, depth - 1) for index in range(chance.randrange(6))}
    if kind == "o":
        names = chance.sample(["url", "\0*\0hidden", "\0Foo\0own", "x y"], chance.randrange(4))
        return Instance("stdClass", tuple((name, _random(chance, depth - 1)) for name in names))
    if kind == "s":
        return serialize(_random(chance, max(0, depth - 2))).decode()
    scalars = {"n": None, "b": chance.random() < 0.5, "f": chance.choice([0.5, -1.5e-7, 1e25])}
    return scalars[kind] if kind in scalars else _random_text(chance)


def _random_text(chance: random.Random) -> str | int:
    if chance.random() < 0.2:
        return chance.randrange(-(2**40), 2**40)
    return " ".join(chance.choices(_FRAGMENTS, k=chance.randrange(4)))


def _random_key(chance: random.Random, index: int) -> str | int:
    return index if chance.random() < 0.4 else f"key {index} {_random_text(chance)}"
