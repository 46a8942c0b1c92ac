"""Pages of lines: what a line says, what is rewritten in it, and the digests of what came and what is written."""

import threading
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.ends import Digest, RowPage, RowQuery, Span, ValueQuery
from migrator.errors import AnswerDamaged, RowTooLarge, SourceDataInvalid
from migrator.lines import NULL, Withheld, digest, escape, rows_of, unescape, withheld, withholds, without
from migrator.local.volume import Volume
from migrator.rewrite import PlainReplacer, UrlPair
from migrator.site import Table
from migrator.tables import PageRewriter, RewrittenPage
from migrator.withheld import Fetcher, RowChanged
from migrator.workers import once, run_lanes
from tests.unit.migrator.fake_agent import FakeAgent, FakeTable
from tests.unit.migrator.file_runs import Killed
from tests.unit.migrator.sites import table

TABLE = table("wp_t", [("id", "bigint(20)"), ("t", "longtext"), ("b", "longblob"), ("j", "json")], ["id"])
TEXTS = table("wp_t", [("id", "bigint(20)"), ("t", "longtext")], ["id"])
URL = b"https://example.com/a"
NEW = b"http://s1.test/c1/a"
PLAIN = PlainReplacer([UrlPair.of("https://example.com", "http://s1.test/c1")])
VALUES = st.none() | st.binary() | st.text(alphabet="\\\t\nNLtn:0 \0'").map(str.encode)


def page(*rows: list[bytes | None]) -> RowPage:
    lines = b"".join(b"\t".join(map(escape, row)) + b"\n" for row in rows)
    return RowPage(lines, len(rows), done=True, last=None)


def no_fill(_row: bytes, _values: list[bytes]) -> list[bytes]:
    raise AssertionError("nothing is withheld")


def rewrite(of: Table, *rows: list[bytes | None], incomparable: tuple[str, ...] = ()) -> RewrittenPage:
    return PageRewriter(of, "wp_", PLAIN, incomparable).rewrite(page(*rows), no_fill)


@given(st.lists(st.lists(VALUES, min_size=3, max_size=3)))
def test_every_row_of_bytes_is_one_line_and_comes_back(rows: list[list[bytes | None]]) -> None:
    lines = page(*rows).lines
    assert [[unescape(value) for value in row.split(b"\t")] for row in rows_of(lines)] == rows
    assert not withholds(lines)
    bare = [b"\t".join(NULL if value is None else value for value in row) for row in rows]
    assert digest(lines) == Digest(len(rows), sum(map(zlib.crc32, bare)))


@pytest.mark.parametrize("before", range(4))
def test_a_long_row_is_digested_in_parts_that_cut_no_escape(before: int) -> None:
    value = b"x" * before + b"\\\n\t" * 4_000_000
    assert digest(page([b"1", value]).lines) == Digest(1, zlib.crc32(b"1\t" + value))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, b"\\N"), (b"", b""), (b"\\N", b"\\\\N"), (b"\\L5:1", b"\\\\L5:1"), (b"a\tb\nc\\", b"a\\tb\\nc\\\\"),
        (b"\\t", b"\\\\t"), (b"\r\0'\x1a", b"\r\0'\x1a"),
    ],
)  # fmt: skip
def test_how_a_value_stands_in_a_line(value: bytes | None, written: bytes) -> None:
    assert escape(value) == written
    assert unescape(written) == value


@pytest.mark.parametrize(
    ("lines", "missing"),
    [
        (b"\\L5:1\n", True),
        (b"1\t\\L5:1\n", True),
        (b"1\n\\L5:1\n", True),
        (b"1\t\\\\L5:1\n", False),
        (b"a\\L\n", False),
    ],
)
def test_values_that_were_withheld_are_seen(lines: bytes, missing: bool) -> None:
    assert withholds(lines) is missing


def test_what_is_known_of_a_withheld_value() -> None:
    assert withheld(b"\\L12:34") == Withheld(12, 34)
    assert withheld(b"\\\\L12:34") is None
    with pytest.raises(SourceDataInvalid):
        withheld(b"\\L12")


def test_values_can_be_left_out_of_a_line() -> None:
    assert without(b"a\t\tc\td", [1, 3]) == b"a\tc"


def test_a_page_without_a_hit_stays_the_same_object() -> None:
    came = page([b"1", b"text", b"\xff", None])
    found = PageRewriter(TABLE, "wp_", PLAIN).rewrite(came, no_fill)
    assert found.lines is came.lines
    assert found.source == found.written == digest(came.lines)


def test_text_is_rewritten_and_binary_values_are_counted() -> None:
    found = rewrite(TABLE, [b"1", URL, URL, URL], [b"2", b"\t\\\n", None, None], [b"3", b"a\\\t" + URL, b"", b"{}"])
    assert (
        found.lines
        == page([b"1", NEW, URL, NEW], [b"2", b"\t\\\n", None, None], [b"3", b"a\\\t" + NEW, b"", b"{}"]).lines
    )
    assert (found.binary_hits, found.statistics.values, found.statistics.replacements) == (1, 3, 3)
    assert found.written == digest(found.lines)
    assert found.source != found.written


@given(st.lists(st.sampled_from([URL, b"text", b"\\\t\n", b's:21:"' + URL + b'";', None, URL + b"\t" + URL])))
def test_the_digest_of_what_is_written_is_that_of_the_lines(values: list[bytes | None]) -> None:
    found = rewrite(TEXTS, *([b"%d" % number, value] for number, value in enumerate(values)))
    assert found.written == digest(found.lines)
    assert found.lines.count(b"example.com") == 0


def test_columns_that_servers_write_in_their_own_way_do_not_count() -> None:
    found = rewrite(TABLE, [b"1", URL, b"", b'{"a": 1}'], incomparable=("j",))
    assert found.written == digest(page([b"1", NEW, b""]).lines)


@pytest.mark.parametrize(
    ("name", "column", "changes"),
    [
        ("wp_posts", "guid", False),
        ("wp_users", "user_pass", False),
        ("wp_posts", "post_content", True),
        ("wp_x", "guid", True),
    ],
)
def test_feed_identifiers_and_password_hashes_stay(name: str, column: str, changes: bool) -> None:
    of = table(name, [("ID", "bigint"), (column, "varchar(255)")], ["ID"])
    assert rewrite(of, [b"1", URL]).lines == page([b"1", NEW if changes else URL]).lines


def test_keys_stay() -> None:
    of = table("wp_redirects", [("url", "varchar(255)"), ("to", "varchar(255)")], ["url"])
    assert rewrite(of, [URL, URL]).lines == page([URL, NEW]).lines


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("char(9)", True), ("varchar(9)", True), ("TINYTEXT", True), ("mediumtext", True), ("json", True),
        ("enum('x')", False), ("set('x')", False), ("datetime(3)", False), ("varbinary(9)", False),
        ("tinyblob", False), ("geometry", False), ("bit(1)", False),
    ],
)  # fmt: skip
def test_which_types_are_text(kind: str, text: bool) -> None:
    of = table("wp_t", [("id", "int"), ("c", kind), ("b", "blob")], ["id"])
    assert rewrite(of, [b"1", URL, None]).lines == page([b"1", NEW if text else URL, None]).lines


@pytest.mark.parametrize("lines", [b"1\n", b"1\ta\tb\n"])
def test_rows_with_a_wrong_number_of_values_are_refused(lines: bytes) -> None:
    with pytest.raises(SourceDataInvalid):
        PageRewriter(TEXTS, "wp_", PLAIN).rewrite(RowPage(lines, 1, done=True, last=None), no_fill)


@pytest.fixture
def volume(tmp_path: Path) -> Volume:
    made = Volume(tmp_path)
    made.claim()
    return made


def fetched(agent: FakeAgent, of: Table, volume: Volume, largest: int = 1_000_000, budget: int = 30_000) -> Any:
    query = RowQuery(of, longest=65_536, budget=budget)
    came = agent.site().read_rows(query)
    fetcher = Fetcher(agent.site(), query, came.lines, largest, volume.kept_value)
    return PageRewriter(of, "wp_", PLAIN).rewrite(came, fetcher.fill), fetcher


def pieces_asked(agent: FakeAgent) -> list[int]:
    return [arguments["offset"] for op, arguments in agent.calls if op == "db.value"]


def long_site(value: bytes, kind: str = "int") -> tuple[FakeAgent, Table]:
    columns = [("k", kind), ("t", "longtext")]
    keys = [b"1", b"2"] if kind == "int" else [b"one", b"two"]
    rows: list[list[bytes | None]] = [[keys[0], URL], [keys[1], value]]
    agent = FakeAgent(tables={"wp_t": FakeTable(rows, 1, columns)})
    return agent, table("wp_t", columns, ["k"])


@pytest.mark.parametrize("kind", ["int", "varchar(9)"])
def test_withheld_values_are_fetched_and_rewritten_like_all_others(kind: str, volume: Volume) -> None:
    agent, of = long_site(URL + b"\t\\" * 100_000, kind)
    keys = [b"1", b"2"] if kind == "int" else [b"one", b"two"]
    found, _ = fetched(agent, of, volume)
    assert found.lines == page([keys[0], NEW], [keys[1], NEW + b"\t\\" * 100_000]).lines
    assert found.written == digest(found.lines)


def test_a_kill_in_a_long_value_costs_the_piece_in_flight(volume: Volume, tmp_path: Path) -> None:
    value = bytes(range(256)) * 400
    agent, of = long_site(value)

    def kill(op: str, arguments: dict[str, Any]) -> None:
        if op == "db.value" and arguments["offset"] == 60_000:
            raise Killed

    agent.before = kill
    with pytest.raises(Killed):
        fetched(agent, of, volume)
    agent.before = lambda _op, _arguments: None
    agent.calls.clear()
    volume.claim()  # as the next start does
    found, fetcher = fetched(agent, of, volume)
    assert pieces_asked(agent) == [60_000, 90_000]
    assert found.lines == page([b"1", NEW], [b"2", value]).lines
    for kept in fetcher.kept:
        kept.drop()
    assert list((tmp_path / ".migrator").iterdir()) == []


def test_a_long_value_is_not_read_to_its_end_when_another_job_has_failed(volume: Volume) -> None:
    agent, of = long_site(b"a" * 120_000)
    asked = threading.Event()

    def fail() -> None:
        assert asked.wait(10)
        raise SourceDataInvalid("Another job fails.")

    def hold(op: str, arguments: dict[str, Any]) -> None:
        if op == "db.value" and arguments["offset"] == 30_000:
            asked.set()
            for thread in threading.enumerate():
                if thread.name.startswith("fail-"):
                    thread.join(10)

    agent.before = hold
    with pytest.raises(SourceDataInvalid):
        run_lanes(once("fail", fail), once("read", lambda: fetched(agent, of, volume)))
    assert pieces_asked(agent) == [0, 30_000]


def test_what_was_kept_of_a_value_is_not_trusted(volume: Volume, tmp_path: Path) -> None:
    agent, of = long_site(b"a" * 100_000)
    fetched(agent, of, volume)
    (kept,) = (tmp_path / ".migrator").iterdir()
    kept.write_bytes(b"a" * 50_000 + b"b" * 50_000)  # as a crash of the machine may leave it
    with pytest.raises(RowChanged):
        fetched(agent, of, volume)
    found, _ = fetched(agent, of, volume)
    assert found.lines == page([b"1", NEW], [b"2", b"a" * 100_000]).lines


def test_a_value_that_changed_since_its_page_is_noticed(volume: Volume) -> None:
    agent, of = long_site(b"a" * 100_000)

    def change(op: str, _arguments: dict[str, Any]) -> None:
        if op == "db.value":
            agent.tables["wp_t"].rows[1][1] = b"b" * 100_000

    agent.before = change
    with pytest.raises(RowChanged):
        fetched(agent, of, volume)


def test_a_value_that_no_row_may_have_is_not_fetched(volume: Volume) -> None:
    agent, of = long_site(b"a" * 100_000)
    with pytest.raises(RowTooLarge):
        fetched(agent, of, volume, largest=100_000)
    assert "db.value" not in [op for op, _ in agent.calls]


def test_a_piece_of_a_value_and_one_that_is_gone() -> None:
    agent, of = long_site(b"abcdef")
    piece = agent.site().read_value(ValueQuery(of, ["Mg=="], "t", 2, 3))
    assert (piece.data, piece.length, piece.crc) == (b"cde", 6, zlib.crc32(b"abcdef"))
    gone = agent.site().read_value(ValueQuery(of, ["OQ=="], "t", 0, 3))
    assert (gone.data, gone.length, gone.crc) == (b"", None, None)


def test_digests_are_those_of_the_pages_however_few_come_at_once() -> None:
    columns = [("id", "int"), ("t", "text")]
    rows: list[list[bytes | None]] = [[b"%d" % n, b"x\t%d" % n] for n in range(9)]
    agent = FakeAgent(tables={"wp_t": FakeTable(rows, 1, columns)})
    of, site = table("wp_t", columns, ["id"]), agent.site()
    spans, digests, after = [], [], None
    while True:
        came = site.read_rows(RowQuery(of, Span(after, None)))
        spans.append(Span(after, None if came.done else came.last))
        digests.append(digest(came.lines))
        after = came.last
        if came.done:
            break
    assert len(spans) == 3
    assert site.digests(of, spans, 65_536) == digests


def test_a_source_that_sends_nothing_more_although_it_is_not_done_is_refused() -> None:
    agent = FakeAgent(tables={"wp_t": FakeTable([[b"1", b""]], 1)}, page=0)
    with pytest.raises(AnswerDamaged):
        agent.site().read_rows(RowQuery(TEXTS))
