"""Lines as statements: LOAD DATA where columns need a conversion, INSERT for servers without it, ranges of keys."""

import base64
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.ends import Span
from migrator.errors import RowTooLarge, SourceDataInvalid
from migrator.inserts import InsertWriter
from migrator.keys import condition, decode, encode, has_integer_key, spans
from migrator.lines import escape
from migrator.loads import load_statement
from migrator.local.digest import ClonedColumn
from migrator.site import Table, checked
from tests.unit.migrator.sites import table

TABLE = table("wp_t", [("id", "bigint(20)"), ("t", "longtext"), ("b", "longblob"), ("j", "json")], ["id"])
TEXTS = table("wp_t", [("id", "bigint(20)"), ("t", "longtext")], ["id"])
Row = list[bytes | None]


def statements(rows: list[Row], charset: str = "utf8mb4", packet: int = 67_108_864, of: Table = TABLE) -> list[bytes]:
    lines = b"".join(b"\t".join(map(escape, row)) + b"\n" for row in rows)
    return list(InsertWriter(of, charset, packet).statements(lines))


def test_each_kind_of_value() -> None:
    (statement,) = statements([[b"1", b"it's \\ \0 \n", b"\xff'\\", b'{"a":1}'], [b"0", None, None, None]])
    assert statement == (
        b"INSERT IGNORE INTO `wp_t` (`id`, `t`, `b`, `j`) VALUES"
        b" ('1','it\\'s \\\\ \0 \\n',_binary'\xff\\'\\\\','{\"a\":1}'),('0',NULL,NULL,NULL)"
    )


VALUES = st.none() | st.text(alphabet="\\\t\nN,()'\" ").map(str.encode) | st.binary(max_size=5)


@given(st.lists(st.lists(VALUES, min_size=2, max_size=2), min_size=1))
def test_pages_of_text_are_the_same_statement_as_row_by_row(rows: list[Row]) -> None:
    (statement,) = statements(rows, of=TEXTS)
    (other,) = statements([[*row, b"", b"1"] for row in rows])
    assert statement.partition(b"VALUES ")[2] == other.partition(b"VALUES ")[2].replace(b",_binary'','1')", b")")


def test_charsets_in_which_a_character_may_end_in_a_backslash_are_written_in_hexadecimal() -> None:
    (statement,) = statements([[b"1", b"\x81\x5c'", b"\\", None]], "gbk")
    assert b"(_gbk X'31',_gbk X'815c27',_binary X'5c',NULL)" in statement


def test_generated_columns_are_left_out() -> None:
    columns = [
        {"name": "a", "type": "int"},
        {"name": "g`h", "type": "int", "generated": True},
        {"name": "c`d", "type": "bit(3)"},
    ]
    generated = checked(Table, {"name": "wp`t", "type": "table", "create": "", "columns": columns})
    assert statements([[b"1", b"\x05"]], of=generated) == [
        b"INSERT IGNORE INTO `wp``t` (`a`, `c``d`) VALUES ('1',_binary'\x05')"
    ]


@pytest.mark.parametrize("quotes", [0, 2_000])
def test_statements_stay_within_the_targets_packet(quotes: int) -> None:
    rows: list[Row] = [[b"%d" % n, b"x" * 1_000 + b"'" * quotes, None, None] for n in range(100)]
    written = statements(rows, packet=10_240)
    assert max(map(len, written)) < 10_240
    assert sum(statement.count(b",'x") for statement in written) == 100


def test_a_row_that_no_statement_can_hold() -> None:
    with pytest.raises(RowTooLarge) as refused:
        statements([[b"1", b"x" * 20_000, None, None]], packet=10_240)
    assert "wp_t" in refused.value.message


def cloned(*charsets: str | None) -> list[ClonedColumn]:
    names = ("id", "t", "b", "j")
    kinds = ("bigint", "longtext", "longblob", "json")
    columns = zip(names, kinds, charsets, strict=True)
    return [ClonedColumn(name, kind, charset, True, name == "id") for name, kind, charset in columns]


def test_texts_in_the_charset_of_the_connection_are_loaded_as_they_are() -> None:
    assert load_statement(TEXTS, cloned(None, "utf8mb3", None, None), "utf8mb4") == (
        "LOAD DATA LOCAL INFILE 'lines' INTO TABLE `wp_t` CHARACTER SET binary"
        r" FIELDS TERMINATED BY '\t' ESCAPED BY '\\' LINES TERMINATED BY '\n' (`id`, `t`)"
    )


def test_other_texts_and_json_are_converted() -> None:
    """And an AUTO_INCREMENT column is set too: MariaDB makes 1 of its 0 otherwise."""
    statement = load_statement(TABLE, cloned(None, "utf8mb4", None, None), "latin1")
    assert statement.endswith(
        "(@v0, @v1, `b`, @v3) SET `id` = @v0, `t` = CONVERT(@v1 USING latin1), `j` = CONVERT(@v3 USING latin1)"
    )


@pytest.mark.parametrize(
    ("column", "charset", "expression"),
    [
        (ClonedColumn("c", "int", None, False), "utf8mb4", "`c`"),
        (ClonedColumn("c", "int", None, True), "utf8mb4", "IF(`c` IS NULL, X'5C4E', `c`)"),
        (ClonedColumn("c", "float", None, False), "utf8mb4", "(`c` + 0e0)"),
        (ClonedColumn("c", "text", "utf8mb4", False), "utf8mb4", "CAST(`c` AS BINARY)"),
        (ClonedColumn("c", "text", "latin1", False), "utf8mb4", "CAST(CONVERT(`c` USING utf8mb4) AS BINARY)"),
        (ClonedColumn("c", "bit", None, False), "utf8mb4", "CAST(`c` AS BINARY)"),
        (ClonedColumn("c", "blob", None, False), "utf8mb4", "`c`"),
    ],
)
def test_a_value_of_the_clone_as_it_is_in_a_fingerprint(column: ClonedColumn, charset: str, expression: str) -> None:
    assert column.expression(charset) == expression


@given(st.integers(-1_000, 1_000), st.integers(0, 3_000), st.integers(1, 16))
def test_ranges_meet_and_hold_every_number(low: int, width: int, count: int) -> None:
    found = spans(low, low + width, count)
    assert 1 <= len(found) <= count
    assert found[0].after is None
    assert found[-1].upto is None
    assert all(first.upto == second.after for first, second in pairwise(found))
    borders = [decode(span.upto)[0] for span in found if span.upto]
    assert borders == sorted(set(borders))


def test_conditions_of_ranges() -> None:
    of = table("wp_r", [("a", "int"), ("b", "bigint unsigned")], ["a", "b"])
    assert has_integer_key(of)
    assert condition(of, Span()) == "TRUE"
    assert condition(of, Span(encode(1, 2), None)) == "((`a` > 1) OR (`a` = 1 AND `b` > 2))"
    upto = "(((`a` < 3) OR (`a` = 3 AND `b` < -4)) OR (`a` = 3 AND `b` = -4))"
    assert condition(of, Span(None, encode(3, -4))) == upto


@pytest.mark.parametrize("value", [b"1; DROP", b"", b"0x1", b"1.5"])
def test_keys_that_are_no_numbers_are_never_put_into_a_statement(value: bytes) -> None:
    of = table("wp_r", [("a", "int")], ["a"])
    with pytest.raises(SourceDataInvalid):
        condition(of, Span([base64.b64encode(value).decode()], None))


@pytest.mark.parametrize("kind", ["varchar(20)", "decimal(9,2)", "datetime", "bit(8)", "enum('a')", "year"])
def test_other_keys_are_no_integer_keys(kind: str) -> None:
    assert not has_integer_key(table("wp_r", [("a", "int"), ("b", kind)], ["a", "b"]))
    assert not has_integer_key(table("wp_r", [("a", "int")], None))
