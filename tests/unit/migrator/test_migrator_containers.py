"""Base64 inside whitelisted containers, and which lines of a page are looked at."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.lines import escape, rows_of
from migrator.rewrite import PathPair, PlainReplacer, Rewriter, UrlPair
from migrator.rewrite.containers import find_containers, whole_container
from tests.unit.migrator.corpus import cases
from tests.unit.migrator.php_values import OLD, serialize

NEW = "http://s1.clones.test:8080/c1"
PATHS = [pair for pair in [PathPair.of("/var/www/html", "/srv/c1")] if pair]
PLAIN = PlainReplacer([UrlPair.of(OLD, NEW)], PATHS)


def lines_found(page: bytes, plain: PlainReplacer = PLAIN) -> list[bytes]:
    return [page[start:end] for start, end in plain.lines_with_hits(page)]


@given(st.binary(max_size=60))
def test_a_container_gives_back_what_it_held(payload: bytes) -> None:
    raw = b64encode(payload)
    for container in find_containers(b"[fusion_code]" + raw + b"[/fusion_code]"):
        assert container.payload == payload
        assert container.encode(payload) == raw


def test_only_base64_that_is_encoded_again_to_the_same_bytes_is_a_container() -> None:
    assert list(find_containers(b"[fusion_code]YWJj[/fusion_code]"))
    assert not list(find_containers(b"[fusion_code]YWJ=[/fusion_code]"))  # decodes, but not from these bytes
    assert not list(find_containers(b"[fusion_code]YW Jj[/fusion_code]"))


def test_a_whole_value_must_hold_a_serialized_array() -> None:
    assert whole_container(b64encode(serialize({0: OLD})))
    assert whole_container(b64encode(b"a: text")) is None


def test_containers_inside_containers_end_somewhere() -> None:
    value = OLD.encode()
    while len(value) < 100_000:
        value = b"[fusion_code]" + b64encode(value) + b"[/fusion_code]"
    new = Rewriter(PLAIN).rewrite(value)
    assert new != value
    assert Rewriter(PLAIN).rewrite(new) is new


@pytest.mark.parametrize("case", list(cases()), ids=str)
def test_a_page_shows_every_value_that_changes(case: object) -> None:
    plain, before, after = case.site.plain, case.before, case.after  # type: ignore[attr-defined]
    line = escape(before) + b"\t1"
    for page in (b"1\tx\n" + line + b"\n2\ty\n", line + b"\n"):
        if before != after:
            assert line in lines_found(page, plain)


@pytest.mark.parametrize("case", list(cases()), ids=str)
def test_whole_lines_become_what_their_values_become(case: object) -> None:
    plain, before, after = case.site.plain, case.before, case.after  # type: ignore[attr-defined]
    page = b"1\t" + escape(before) + b"\n2\t" + escape(before) + b"\tend\n"
    done = {start: new for start, _, new in Rewriter(plain).rewrite_lines(page)}
    assert set(done.values()) <= {None, b"1\t" + escape(after), b"2\t" + escape(after) + b"\tend"}


def test_lines_come_once_and_ascending() -> None:
    lines = [
        b"1\tnothing",
        b"2\thttps://example.com /var/www/html example.com",
        b"3",
        b"4\t\\\\/var\\\\/www\\\\/html",
        b"",
    ]
    lines += [b"YTox", b"5\tYTox", b"6\t[vc_raw_js]", b'7\t{"code-php":"', b"8\tEXAMPLE.com", b"9\txYTo index.html"]
    page = b"".join(line + b"\n" for line in lines)
    assert rows_of(page) == lines
    assert lines_found(page) == [lines[index] for index in (1, 3, 5, 6, 7, 8, 9)]


def test_pages_without_a_hit_and_empty_pages() -> None:
    assert lines_found(b"") == []
    assert lines_found(b"1\tx\n") == []
    assert lines_found(b"YTox") == [b"YTox"]


def test_hosts_with_escapes_are_found_in_their_doubled_form() -> None:
    plain = PlainReplacer([UrlPair.of("https://müller.example", NEW)])
    assert lines_found(rb"1" + b"\t" + rb"https:\\/\\/m\\u00fcller.example" + b"\n", plain)
