"""Sessions shared by the threads of a run: as many as are used at once, reused, closed together."""

import queue
from collections.abc import Iterator
from contextlib import contextmanager

from migrator.local.database import Connection, Database


class Pool:
    """Sessions of one database in one connection charset."""

    def __init__(self, database: Database, charset: str, *, loading: bool = False) -> None:
        self._database = database
        self._charset = charset
        self._loading = loading
        self._idle: queue.LifoQueue[Connection] = queue.LifoQueue()

    @contextmanager
    def session(self) -> Iterator[Connection]:
        """Borrow a session; one in which something failed is closed, not reused."""
        try:
            connection = self._idle.get_nowait()
        except queue.Empty:
            connection = self._database.connect(self._charset, loading=self._loading)
        try:
            yield connection
            connection.commit()
        except BaseException:
            connection.close()
            raise
        self._idle.put(connection)

    def close(self) -> None:
        """Close all sessions that are not borrowed."""
        while not self._idle.empty():
            self._idle.get_nowait().close()
