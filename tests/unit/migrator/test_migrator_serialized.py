"""Serialized values: properties over random ones, depth, what must not be tried, and PHP's own serialize()."""

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrator.rewrite import PlainReplacer, Rewriter, UrlPair
from migrator.rewrite.grammar import looks_serialized
from migrator.rewrite.hits import Hits
from migrator.rewrite.serialized import NotSerialized, Part, walk
from tests.unit.migrator.php_values import OLD, Instance, random_value, replaced, serialize, texts, values

NEW = "http://s1.clones.test:8080/c1"
PLAIN = PlainReplacer([UrlPair.of(OLD, NEW)])


def rewrite(value: bytes) -> bytes:
    return Rewriter(PLAIN).rewrite(value)


def rewrite_text(value: str) -> str:
    return rewrite(value.encode()).decode()


@given(values)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_rewriting_serialized_is_serializing_rewritten(value: Any) -> None:
    assert rewrite(serialize(value)) == serialize(replaced(value, rewrite_text))


@given(values)
@settings(max_examples=100, deadline=None)
def test_running_twice_changes_nothing(value: Any) -> None:
    once = rewrite(serialize(value))
    assert rewrite(once) == once


@given(texts)
@settings(max_examples=100, deadline=None)
def test_what_holds_no_url_stays_the_same_object(text: str) -> None:
    value = text.replace("example", "sample").encode()
    assert rewrite(value) is value


@given(values)
@settings(max_examples=100, deadline=None)
def test_cut_values_are_left_alone(value: Any) -> None:
    whole = serialize(value)
    cut = whole[:-1]
    if looks_serialized(cut):
        assert rewrite(cut) == cut


def test_five_thousand_arrays_deep() -> None:
    depth = 5_000
    before = b"a:1:{i:0;" * depth + serialize(OLD) + b"}" * depth
    assert rewrite(before) == b"a:1:{i:0;" * depth + serialize(NEW) + b"}" * depth


def test_a_thousand_strings_deep() -> None:
    before, after = serialize(OLD), serialize(NEW)
    for _ in range(1_000):
        before, after = serialize(before.decode()), serialize(after.decode())
    assert rewrite(before) == after


def test_a_value_that_nests_without_end_is_left_alone() -> None:
    value = OLD
    while len(value) < 200_000:
        value = serialize(value).decode()
    rewriter = Rewriter(PLAIN)
    assert rewriter.rewrite(value.encode()) == value.encode()
    assert rewriter.statistics.unparsed == 1


def test_counts() -> None:
    rewriter = Rewriter(PLAIN)
    rewriter.rewrite(serialize({0: OLD, 1: f"{OLD}/a {OLD}/b"}))
    rewriter.rewrite(serialize(OLD)[:-2])
    rewriter.rewrite(b"nothing")
    statistics = rewriter.statistics
    assert (statistics.values, statistics.replacements, statistics.unparsed) == (1, 3, 1)


def test_custom_payloads_that_cannot_be_kept_exact_are_counted() -> None:
    rewriter = Rewriter(PLAIN)
    value = b'C:3:"Foo":22:{18|https://example.com}'
    assert rewriter.rewrite(value) == value
    assert rewriter.statistics.unparsed == 1


@pytest.mark.parametrize(
    "value", [b"", b"i:5", b"x", b"a:1:{i:0;", b"b:2;", b"d:x;", b's:1:"ab";', b"a:1:{N;N;}", b"r:;"]
)
def test_walk_refuses_what_is_not_one_complete_value(value: bytes) -> None:
    with pytest.raises(NotSerialized):
        _drive(value)


@pytest.mark.parametrize("value", [b"i:5;", b" b:0; ", b"N;", b"a:0:{}", b'O:1:"A":0:{}', b"d:-1.5E-7;", b'E:3:"A:B";'])
def test_walk_gives_back_what_it_does_not_change(value: bytes) -> None:
    assert _drive(value) == value


def _drive(value: bytes) -> bytes:
    walking = walk(value, Hits(b"x" * len(value), [b"x"]), lambda payload: None)  # a hit everywhere
    answer: Part | None = None
    try:
        answer = next(walking)
        while True:
            answer = walking.send(answer.data)
    except StopIteration as end:
        return bytes(end.value)


_PHP = """
foreach (json_decode(stream_get_contents(STDIN), true) as $pair) {
    echo base64_encode(serialize(make($pair[0]))), " ", base64_encode(serialize(make($pair[1]))), "\\n";
}
function make($value) {
    if (!is_array($value)) { return is_string($value) ? base64_decode($value) : $value; }
    [$class, $items] = $value;
    $array = [];
    foreach ($items as [$key, $item]) { $array[is_string($key) ? base64_decode($key) : $key] = make($item); }
    return $class === '' ? $array : (object) $array;
}
"""


def _for_php(value: Any) -> Any:
    if isinstance(value, str):
        return base64.b64encode(value.encode()).decode()
    if isinstance(value, dict):
        return ["", [[_for_php(key), _for_php(item)] for key, item in value.items()]]
    if isinstance(value, Instance):
        return ["stdClass", [[_for_php(key), _for_php(item)] for key, item in value.properties]]
    return value


def test_agrees_with_real_php() -> None:
    """The 5,000 values of one hypothesis run go through one PHP process: starting PHP for each would take minutes."""
    collected: list[tuple[Any, Any]] = []

    @given(st.integers(0, 2**63).map(random_value))
    @settings(max_examples=5_000, database=None)
    def collect(value: Any) -> None:
        collected.append((value, replaced(value, rewrite_text)))

    collect()
    given_to_php = json.dumps([[_for_php(before), _for_php(after)] for before, after in collected])
    run = subprocess.run(["php", "-n", "-r", _PHP], input=given_to_php, capture_output=True, text=True, check=True)
    lines = run.stdout.splitlines()
    assert len(lines) == len(collected) >= 5_000
    for line in lines:
        before, after = map(base64.b64decode, line.split())
        assert rewrite(before) == after


_WAKING = """
class Waking { public $url; public function __wakeup() { touch($GLOBALS["argv"][1]); } }
"""
_MAKE = (
    _WAKING
    + """
$made = new Waking(); $made->url = $argv[2]; echo serialize($made);
"""
)
_NAIVE = (
    _WAKING
    + """
$made = unserialize(stream_get_contents(STDIN)); $made->url = str_replace($argv[2], $argv[3], $made->url);
echo serialize($made);
"""
)


def test_no_object_ever_wakes_up(tmp_path: Path) -> None:
    """A replacer that unserializes wakes the object and leaves the marker; ours gives the same bytes without."""
    marker = tmp_path / "awake"

    def php(code: str, *arguments: str, value: bytes = b"") -> bytes:
        command = ["php", "-n", "-r", code, "--", str(marker), *arguments]
        return subprocess.run(command, input=value, capture_output=True, check=True).stdout

    before = php(_MAKE, OLD)
    after = rewrite(before)
    assert not marker.exists()
    assert php(_NAIVE, OLD, NEW, value=before) == after != before
    assert marker.exists()
