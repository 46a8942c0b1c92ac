"""Somebody who works on a site while it is copied: every call of the engine's is one more moment to write."""

import threading
from dataclasses import dataclass, field
from typing import Any

from tests.engine.proxy import Call
from tests.engine.sites import Site

FIRST_NEW = 1_000_000  # ids from here on are of rows that were not there before


@dataclass
class Writer:
    """Inserts, updates and deletes rows, a few for each call.

    Args:
        site: The site.
        rows: Rows of wp_bulk that were there before, ids 1 to this.
        updated: Versions that a row had, by id.
        deleted: Ids of rows that are gone.
    """

    site: Site
    rows: int
    updated: dict[int, set[bytes]] = field(default_factory=dict)
    deleted: set[int] = field(default_factory=set)
    turns: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._connection = self.site.server.connect(self.site.account.database)

    def __call__(self, call: Call) -> None:
        """Write, unless the engine is only greeting."""
        with self.lock, self._connection.cursor() as cursor:
            self.turns += 1
            self._insert(cursor)
            self._update(cursor)
            self._delete(cursor)

    def close(self) -> None:
        """Stop."""
        self._connection.close()

    def _insert(self, cursor: Any) -> None:
        cursor.execute("INSERT INTO wp_bulk (id, v) VALUES (%s, 'new')", (FIRST_NEW + self.turns,))
        cursor.execute("INSERT INTO wp_no_key (a, n) VALUES ('new', %s)", (FIRST_NEW + self.turns,))
        cursor.execute("INSERT INTO wp_three VALUES (%s, 'new', '2026-02-01', 'x')", (self.turns % 4,))

    def _update(self, cursor: Any) -> None:
        """Rows whose ids end in 3, from everywhere in the table."""
        number = (self.turns * 7_919 * 10) % self.rows // 10 * 10 + 3
        value = b"%d updated in turn %d" % (number, self.turns)
        self.updated.setdefault(number, set()).add(value)
        cursor.execute("UPDATE wp_bulk SET v = %s WHERE id = %s", (value, number))

    def _delete(self, cursor: Any) -> None:
        """Rows whose ids end in 7, and the row that the last turn added."""
        number = (self.turns * 104_729 * 10) % self.rows // 10 * 10 + 7
        self.deleted.add(number)
        cursor.execute("DELETE FROM wp_bulk WHERE id = %s", (number,))
        cursor.execute("DELETE FROM wp_no_key WHERE n = %s", (FIRST_NEW + self.turns - 1,))
        cursor.execute("DELETE FROM wp_three WHERE b = 'new'")
