"""All rows of a table, page by page, while somebody else inserts and deletes."""

from typing import Any

import pytest

from migrator.errors import AnswerDamaged
from migrator.tables import pages
from tests.unit.migrator.fake_agent import FakeAgent, FakeTable, Row
from tests.unit.migrator.sites import table


def number(value: int) -> bytes:
    return b"%06d" % value


def read(agent: FakeAgent, width: int, columns: int) -> list[Row]:
    names = [(f"c{index}", "varchar(20)") for index in range(columns)]
    described = table("wp_t", names, [name for name, _ in names[:width]] or None)
    return [row for page in pages(agent.site(), described) for row in page.rows]


@pytest.mark.parametrize("rows", [0, 1, 2, 3, 4, 6, 7, 100])
@pytest.mark.parametrize("width", [0, 1])
def test_every_row_once_whatever_the_page_size(rows: int, width: int) -> None:
    content: list[Row] = [[number(n), None] for n in range(rows)]
    agent = FakeAgent(tables={"wp_t": FakeTable(content, width)})
    assert read(agent, width, 2) == content


def test_key_of_three_columns_across_page_borders() -> None:
    content: list[Row] = [[number(a), number(b), number(c)] for a in range(3) for b in range(4) for c in range(5)]
    for page in (1, 2, 7, 59, 60, 61):
        assert read(FakeAgent(tables={"wp_t": FakeTable(content, 3)}, page=page), 3, 3) == content


def test_duplicate_rows_without_a_key() -> None:
    content: list[Row] = [[b"same", b"same"]] * 8
    assert read(FakeAgent(tables={"wp_t": FakeTable(content, 0)}), 0, 2) == content


def test_a_writer_neither_loses_nor_doubles_rows_that_were_there_throughout() -> None:
    steady = [number(n) for n in range(0, 200, 2)]
    content = FakeTable([[key] for key in steady])
    agent = FakeAgent(tables={"wp_t": content})

    def write(op: str, _arguments: dict[str, Any]) -> None:
        """Before each page a row comes and the one that came before goes, at a place that moves through the table."""
        calls = len(agent.calls)
        others = [number((calls * 7) % 199 | 1)]
        content.rows = sorted([[key] for key in [*steady, *others]], key=lambda row: row[0] or b"")

    agent.before = write
    rows = [row[0] for row in read(agent, 1, 1)]
    assert [key for key in rows if key in set(steady)] == steady
    assert len(rows) == len(set(rows))


def test_a_source_that_sends_nothing_more_although_it_is_not_done_is_refused() -> None:
    agent = FakeAgent(tables={"wp_t": FakeTable([])}, page=0)
    with pytest.raises(AnswerDamaged):
        read(agent, 0, 1)
