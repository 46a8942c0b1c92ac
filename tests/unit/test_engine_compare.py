"""The tools by which copies are judged: what they must notice, and that their formats are PHP's own."""

import json
import os
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.engine.compare import _at_root, _rows_differ, file_differences
from tests.engine.proxy import ANSWER_MAGIC, Call, Proxy, at_byte
from tests.engine.rendering import php, php_json
from tests.engine.side import _kind, _shared
from tests.engine.site_files import state, tree

VALUES = [None, True, False, 0, -7, "", "a\\/'\"", "größe 🌱", [1, [2]], {"a": {"b": "ü"}}, [], {"5": "x"}]


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_serialized_values_are_phps(value: object) -> None:
    program = "echo serialize(json_decode(stream_get_contents(STDIN), true));"
    done = subprocess.run(["php", "-r", program], input=json.dumps(value).encode(), capture_output=True, check=True)
    expected = {5: "x"} if value == {"5": "x"} else value  # PHP makes numbers of such keys
    assert php(expected) == done.stdout


@pytest.mark.parametrize("value", VALUES[:9], ids=str)
def test_json_is_phps(value: object) -> None:
    program = "echo json_encode(json_decode(stream_get_contents(STDIN), true));"
    done = subprocess.run(["php", "-r", program], input=json.dumps(value).encode(), capture_output=True, check=True)
    assert php_json(value) == done.stdout.decode()


def test_rows_are_counted() -> None:
    row, other = (b"1", None), (b"2", b"x")
    assert _rows_differ("t", Counter({row: 2}), Counter({row: 2})) == []
    (lost,) = _rows_differ("t", Counter({row: 2, other: 1}), Counter({row: 1, other: 1}))
    assert lost.startswith("t: 1 missing, 0 added")
    (doubled,) = _rows_differ("t", Counter({row: 1}), Counter({row: 2}))
    assert doubled.startswith("t: 0 missing, 1 added")


def test_values_that_servers_write_in_their_own_ways_are_the_same() -> None:
    assert _shared((b'{"a":1,"b":[]}', b"1e2"), [(0, "json"), (1, "float")]) == _shared(
        (b'{"b": [], "a": 1}', b"100"), [(0, "json"), (1, "float")]
    )
    assert _kind("bigint(20) unsigned", "n") == _kind("bigint unsigned", "n")
    assert _kind("varchar(20)", "n") != _kind("varchar(21)", "n")
    assert _kind("longtext", "json") == _kind("json", "json")


def test_the_folder_of_a_copy_stands_where_the_reference_has_any() -> None:
    assert _at_root(Counter({(b"/any/x", None): 2}), b"/any", b"/srv/a") == Counter({(b"/srv/a/x", None): 2})


def test_every_difference_of_files_is_noticed(tmp_path: Path) -> None:
    expected = {b"a": state(b"1"), b"b": state(b"2"), b"c": state(b"3"), b"d\xff": state(b"4", None)}
    for name, data, mtime in (
        (b"a", b"1", 1_500_000_000),
        (b"b", b"9", 1_500_000_000),
        (b"c", b"3", 7),
        (b"e", b"", 7),
    ):
        file = tmp_path / os.fsdecode(name)
        file.write_bytes(data)
        os.utime(file, (mtime, mtime))
    (tmp_path / "wp-config.php").write_bytes(b"<?php")
    found = file_differences(expected, tmp_path)
    assert [line.split(":")[0] for line in found] == ["missing b'd\\xff'", "added b'e'", "b'b'", "b'c'"]
    assert dict(tree(tmp_path))[b"a"] == expected[b"a"]


def test_something_is_done_once_in_the_middle_of_an_answer() -> None:
    done: list[int] = []
    proxy = Proxy(upstream=0, sent=100)
    at_byte(proxy, 130, lambda: done.append(1))
    calls = [Call(n, {"op": "db.rows", "nonce": "0"}, {}, b"x" * size) for n, size in enumerate((10, 50, 50))]
    for call in calls:
        proxy.answering(call)
        call.then()
    assert [call.cut for call in calls] == [None, 30, None]
    assert done == [1]


def test_an_answer_of_the_tests_own_is_framed_as_the_agents() -> None:
    call = Call(1, {"op": "hello", "nonce": "0" * 32}, {})
    call.answer(b"payload", "cm_0123_4567")
    assert call.body.startswith(ANSWER_MAGIC)
    assert call.payload() == b"payload"
