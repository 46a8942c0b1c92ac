"""A site that is worked on while it is copied: what was there throughout is there once; what came, came whole."""

from collections import Counter
from itertools import count
from typing import Any

import pytest

from tests.engine.harness import Bench
from tests.engine.proxy import Call
from tests.engine.side import Side
from tests.engine.site_files import UPLOADS
from tests.engine.sites import Site, everything
from tests.engine.writer import FIRST_NEW, Writer

pytestmark = pytest.mark.engine
ROWS = 20_000
PICTURE = UPLOADS + b"late.jpg"


class Uploader:
    """Uploads a picture when the copy is under way, as WordPress does it: the file, then its row."""

    def __init__(self, site: Site, writer: Writer) -> None:
        self.site = site
        self.writer = writer
        self.pages = count(1)

    def __call__(self, call: Call) -> None:
        self.writer(call)
        if call.op == "db.rows" and next(self.pages) == 2:
            self.site.files.put(PICTURE, b"a picture", 1_700_000_000)
            insert = "INSERT INTO wp_posts (ID, post_type, post_name, post_content, post_title, post_excerpt, to_ping,"
            insert += " pinged, post_content_filtered) VALUES (99999, 'attachment', 'late', '', '', '', '', '', '')"
            self.site.server.run(insert, database=self.site.account.database)


def by_id(rows: "Counter[Any]") -> dict[int, bytes]:
    """Values of wp_bulk; fails where an id is there twice."""
    values = {int(row[0]): row[1] for row in rows.elements()}
    assert len(values) == rows.total()
    return values


def test_what_is_there_throughout_is_there_once(bench: Bench) -> None:
    site = bench.site(everything("busy", "mysql", bulk=ROWS), bench.source)
    writer = Writer(site, ROWS)
    with bench.clone(bench.target) as clone:
        bench.proxy.before = Uploader(site, writer)
        outcome = bench.copy(site, clone)
        writer.close()
        assert outcome.status == 0, outcome.text
        reference = Side(site.server, site.reference, "utf8mb4")
        copy = Side(clone.server, clone.account.database, "utf8mb4")
        bulk_is_right(by_id(reference.rows("wp_bulk")), by_id(copy.rows("wp_bulk")), writer)
        for table in ("wp_no_key", "wp_three"):
            wanted, there = reference.rows(table), copy.rows(table)
            assert wanted - there == Counter(), table
            assert all(b"new" in row for row in there - wanted), table
        assert copy.ask("SELECT post_name FROM wp_posts WHERE ID = 99999") == [(b"late",)]
        assert (clone.root / PICTURE.decode()).read_bytes() == b"a picture"


def bulk_is_right(wanted: dict[int, bytes], there: dict[int, bytes], writer: Writer) -> None:
    """Fail unless each row is as it was at some moment."""
    assert writer.turns > 20
    touched = writer.updated.keys() | writer.deleted
    untouched = {number: value for number, value in wanted.items() if number not in touched}
    assert {number: value for number, value in there.items() if number in untouched} == untouched
    for number, versions in writer.updated.items():
        assert there[number] in versions | {wanted[number]}, number
    assert all(number in wanted or number > FIRST_NEW for number in there)
