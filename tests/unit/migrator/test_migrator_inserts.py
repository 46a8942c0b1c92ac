"""Rows of raw bytes as statements, and which values are rewritten on the way."""

import pytest

from migrator.ends import Row, RowPage
from migrator.errors import RowTooLarge
from migrator.inserts import InsertWriter
from migrator.rewrite import PlainReplacer, UrlPair
from migrator.site import Table, checked
from migrator.tables import RowRewriter
from tests.unit.migrator.sites import table

TABLE = table("wp_t", [("id", "bigint(20)"), ("t", "longtext"), ("b", "longblob"), ("j", "json")], ["id"])
URL = b"https://example.com/a"
NEW = b"http://s1.test/c1/a"


def statements(rows: list[Row], charset: str = "utf8mb4", packet: int = 67_108_864, of: Table = TABLE) -> list[bytes]:
    return list(InsertWriter(of, charset, packet).statements(rows))


def test_each_kind_of_value() -> None:
    (statement,) = statements([[b"1", b"it's \\ \0 \n", b"\xff'\\", b'{"a":1}'], [b"0", None, None, None]])
    assert statement == (
        b"INSERT INTO `wp_t` (`id`, `t`, `b`, `j`) VALUES"
        b" ('1','it\\'s \\\\ \0 \n',_binary'\xff\\'\\\\','{\"a\":1}'),('0',NULL,NULL,NULL)"
    )


def test_charsets_in_which_a_character_may_end_in_a_backslash_are_written_in_hexadecimal() -> None:
    (statement,) = statements([[b"1", b"\x81\x5c'", b"\\", None]], "gbk")
    assert b"(_gbk X'31',_gbk X'815c27',_binary'\\\\',NULL)" in statement


def test_generated_columns_are_left_out() -> None:
    columns = [
        {"name": "a", "type": "int"},
        {"name": "g`h", "type": "int", "generated": True},
        {"name": "c`d", "type": "bit(3)"},
    ]
    generated = checked(Table, {"name": "wp`t", "type": "table", "create": "", "columns": columns})
    assert statements([[b"1", b"\x05"]], of=generated) == [
        b"INSERT INTO `wp``t` (`a`, `c``d`) VALUES ('1',_binary'\x05')"
    ]


def test_statements_stay_within_the_targets_packet() -> None:
    rows: list[Row] = [[b"%d" % n, b"x" * 1_000, None, None] for n in range(100)]
    written = statements(rows, packet=10_240)
    assert max(map(len, written)) < 10_240
    assert b"".join(written).count(b"('") == 100


def test_a_row_that_no_statement_can_hold() -> None:
    with pytest.raises(RowTooLarge) as refused:
        statements([[b"1", b"x" * 20_000, None, None]], packet=10_240)
    assert "wp_t" in refused.value.message


def rewrite(of: Table, row: Row) -> tuple[Row, int]:
    rewriter = RowRewriter(of, "wp_", PlainReplacer([UrlPair.of("https://example.com", "http://s1.test/c1")]))
    page = RowPage([row], b"".join(value or b"" for value in row), done=True, last=None)
    return rewriter.rewrite(page)[0], rewriter.binary_hits


def test_text_is_rewritten_and_binary_values_are_counted() -> None:
    assert rewrite(TABLE, [b"1", URL, URL, URL]) == ([b"1", NEW, URL, NEW], 1)


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
    assert rewrite(of, [b"1", URL])[0] == [b"1", NEW if changes else URL]


def test_keys_stay() -> None:
    of = table("wp_redirects", [("url", "varchar(255)"), ("to", "varchar(255)")], ["url"])
    assert rewrite(of, [URL, URL])[0] == [URL, NEW]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("char(9)", True), ("varchar(9)", True), ("TINYTEXT", True), ("mediumtext", True), ("json", True),
        ("enum('x')", False), ("set('x')", False), ("int", False), ("datetime(3)", False), ("varbinary(9)", False),
        ("tinyblob", False), ("geometry", False), ("bit(1)", False),
    ],
)  # fmt: skip
def test_which_types_are_text(kind: str, text: bool) -> None:
    of = table("wp_t", [("id", "int"), ("c", kind)], ["id"])
    assert (rewrite(of, [b"1", URL])[0][1] == NEW) is text
