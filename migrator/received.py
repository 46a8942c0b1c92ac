"""Which files have arrived complete: a table in the clone's database.

What it does not hold is fetched again, so a kill costs the answers that were in flight. It outlives the run: a clone
can be compared with it at any later time. A place may have 4,096 bytes of any value, hence a hash of it is the key.
"""

import hashlib
import threading
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from migrator.local.database import Connection, named
from migrator.local.pool import Pool

FILES_TABLE = "_migrator_files"
_CREATE = """CREATE TABLE IF NOT EXISTS {table} (id BINARY(20) NOT NULL PRIMARY KEY, place BLOB NOT NULL,
    size BIGINT UNSIGNED NOT NULL, mtime BIGINT NOT NULL, sha256 BINARY(32) NOT NULL, steady TINYINT NOT NULL,
    written_size BIGINT UNSIGNED NULL, written_sha256 BINARY(32) NULL, replacements BIGINT UNSIGNED NULL)"""
_WRITE = """REPLACE INTO {table} (id, place, size, mtime, sha256, steady, written_size, written_sha256,
    replacements) VALUES """
_READ = """SELECT id, place, size, mtime, sha256, steady, written_size, written_sha256, replacements
    FROM {table} WHERE id > x'%s' ORDER BY id LIMIT %d"""
_REMOVE = "DELETE FROM {table} WHERE id IN "
_PAGE = 2_000  # rows per statement; at most 4 KiB of each are its place


class Written(NamedTuple):
    """What lies on disk where URLs were replaced: size in bytes, sha256, number of replacements."""

    size: int
    digest: bytes
    replacements: int


class Received(NamedTuple):
    """A file that arrived: size in bytes, mtime in seconds and sha256 as the source sent it.

    steady: It did not change while it was read.
    """

    place: bytes
    size: int
    mtime: int
    digest: bytes
    steady: bool = True
    written: Written | None = None

    @property
    def name(self) -> str:
        """The place as messages name it."""
        return self.place.decode("utf-8", "replace")

    def may_be(self, status: tuple[int, int] | None) -> bool:
        """Whether what lies on disk, by size and mtime, can be this file: as it came, or with its URLs replaced."""
        sizes = {self.size, self.written.size} if self.written else {self.size}
        return status is not None and status[0] in sizes and status[1] == self.mtime


class ReceivedFiles:
    """The table; may be used by several threads. Raises DatabaseUnavailable, DatabaseRefused, DatabaseFull."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._writing = threading.Lock()  # one statement at a time: ours never wait for, or kill, each other

    def create(self) -> None:
        """Make the table where it is missing."""
        self._run(named(_CREATE, table=FILES_TABLE), "making the record of files")

    def add(self, files: Iterable[Received]) -> None:
        """Enter files, each instead of what was known of its place."""
        rows = [_row(file) for file in files]
        for start in range(0, len(rows), _PAGE):
            statement = named(_WRITE, table=FILES_TABLE) + ",".join(rows[start : start + _PAGE])
            self._run(statement, "recording files")

    def remove(self, places: Iterable[bytes]) -> None:
        """Forget files."""
        ids = [f"x'{_id(place)}'" for place in places]
        for start in range(0, len(ids), _PAGE):
            some = ",".join(ids[start : start + _PAGE])
            self._run(f"{named(_REMOVE, table=FILES_TABLE)}({some})", "removing records of files")

    def all(self) -> Iterator[Received]:
        """Every file, in no order that means anything, read page by page."""
        after = ""
        while True:
            with self._pool.session() as connection:
                rows = _page(connection, after)
            yield from (_received(*row[1:]) for row in rows)
            if len(rows) < _PAGE:
                return
            after = bytes(rows[-1][0]).hex()

    def _run(self, statement: str, doing: str) -> None:
        with self._writing, self._pool.session() as connection:
            connection.run(statement, doing)


def _page(connection: Connection, after: str) -> list[tuple[Any, ...]]:
    return connection.rows(named(_READ, table=FILES_TABLE) % (after, _PAGE), "reading the record of files")


def _id(place: bytes) -> str:
    return hashlib.sha256(place).hexdigest()[:40]


def _row(file: Received) -> str:
    known = (
        f"x'{_id(file.place)}',x'{file.place.hex()}',{file.size},{file.mtime},x'{file.digest.hex()}',{file.steady:d}"
    )
    if file.written is None:
        return f"({known},NULL,NULL,NULL)"
    return f"({known},{file.written.size},x'{file.written.digest.hex()}',{file.written.replacements})"


def _received(place: bytes, size: int, mtime: int, digest: bytes, steady: int, *written: Any) -> Received:
    changed = Written(written[0], bytes(written[1]), written[2]) if written[0] is not None else None
    return Received(bytes(place), size, mtime, bytes(digest), bool(steady), changed)
