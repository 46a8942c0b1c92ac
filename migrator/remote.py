"""The end of a run that is a live site with our agent, over HTTP.

Retries with growing pauses, honours what the site asks for in Retry-After, and asks for smaller answers when the
site fails under large ones. `RemoteSite.open` is all that somebody needs who only wants to confirm or revoke a key.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from migrator.channel import Channel, new_http_client
from migrator.ends import Catalogue, FilePiece, FileRequest, RowPage
from migrator.errors import (
    AnswerDamaged,
    SourceDataInvalid,
    SourceRefused,
)
from migrator.protocol import AgentKey, split_file_frames, split_rows
from migrator.retrying import Budget, RetryPolicy, retried
from migrator.site import FileFrame, FilePage, RowsHeader, Site, Table, TablePage, checked

_MAX_ROWS = 20_000
_COUNT_AT_ONCE = 50  # tables per call of db.count


class RemoteSite:
    """A site's agent, operation by operation; may be used by several threads."""

    def __init__(self, channel: Channel, policy: RetryPolicy | None = None) -> None:
        self._channel = channel
        self._policy = policy or RetryPolicy()
        self.budget = Budget()

    @classmethod
    def open(
        cls, home: str, key: str, *, client: httpx.Client | None = None, policy: RetryPolicy | None = None
    ) -> "RemoteSite":
        """A client for the site at `home` with a key in its text form; raises SettingsInvalid for a malformed one."""
        return cls(Channel(home, AgentKey.parse(key), client or new_http_client()), policy)

    def hello(self) -> Site:
        """Describe the site, and learn how large its answers may be."""
        site = checked(Site, self._json("hello", {}))
        self.budget.limit(site.limits.budget)
        return site

    def confirm(self) -> None:
        """Tell the site that its key is in use."""
        self._json("key.confirm", {})

    def revoke(self) -> list[str]:
        """Give the key back. Returns the paths that the site could not remove."""
        answer = self._json("key.revoke", {})
        left = answer.get("left")
        return [str(path)[:500] for path in left[:50]] if isinstance(left, list) else []

    def list_files(self, root: str, cursor: str | None, limit: int) -> FilePage:
        """One page of a root's files after `cursor`."""
        return checked(FilePage, self._json("files.list", {"root": root, "cursor": cursor, "limit": limit}))

    def read_files(self, requests: Sequence[FileRequest]) -> list[FilePiece]:
        """Read pieces of files; their digests are verified."""
        items = [{"root": r.root, "path": r.path, "offset": r.offset, "length": r.length} for r in requests]
        return retried(self._policy, self.budget, lambda budget: self._pieces(items, budget))

    def _pieces(self, items: list[dict[str, Any]], budget: int) -> list[FilePiece]:
        payload = self._channel.call("files.read", {"items": items, "budget": budget})
        return [_piece(header, data, len(items)) for header, data in split_file_frames(payload)]

    def catalogue(self) -> Catalogue:
        """All tables, views and triggers of the site, however many pages that takes."""
        page = checked(TablePage, self._json("db.tables", {}))
        found = Catalogue(list(page.tables), list(page.triggers), list(page.skipped))
        while page.next is not None:
            page = checked(TablePage, self._json("db.tables", {"after": page.next}))
            found.tables.extend(page.tables)
            found.triggers.extend(page.triggers)
            found.skipped.extend(page.skipped)
        return found

    def read_rows(self, table: Table, after: list[str | None] | None, offset: int) -> RowPage:
        """The next rows of a table; raises AnswerDamaged if the site cannot go on although it is not done."""
        names = [column.name for column in table.stored_columns]
        arguments = {"table": table.name, "columns": names, "key": table.key, "after": after, "offset": offset}

        def read(budget: int) -> RowPage:
            payload = self._channel.call("db.rows", {**arguments, "max_rows": _MAX_ROWS, "budget": budget})
            fields, rows, raw = split_rows(payload, len(names))
            header = checked(RowsHeader, fields)
            if not header.done and not rows:
                raise AnswerDamaged(f"The source sends no more rows of {table.name} although there are some.")
            return RowPage(rows, raw, header.done, header.last)

        return retried(self._policy, self.budget, read)

    def count_rows(self, tables: Sequence[str]) -> dict[str, int]:
        """Rows of each table now; tables that are gone are left out."""
        counts: dict[str, int] = {}
        for start in range(0, len(tables), _COUNT_AT_ONCE):
            self._count_into(counts, list(tables[start : start + _COUNT_AT_ONCE]))
        return counts

    def _count_into(self, counts: dict[str, int], wanted: list[str]) -> None:
        while wanted:
            try:
                answer = self._json("db.count", {"tables": wanted}).get("counts") or {}
            except SourceRefused:
                self._count_singly(counts, wanted)
                return
            found = {name: n for name, n in answer.items() if name in wanted and isinstance(n, int)}
            counts.update(found)
            wanted = [name for name in wanted if name not in found] if found else []

    def _count_singly(self, counts: dict[str, int], wanted: list[str]) -> None:
        """One of several tables is gone: find out which by asking for each."""
        if len(wanted) > 1:
            for name in wanted:
                self._count_into(counts, [name])

    def _json(self, op: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return retried(self._policy, self.budget, lambda _: _object(self._channel.call(op, arguments)))


def _object(payload: memoryview) -> dict[str, Any]:
    try:
        value = json.loads(bytes(payload))
    except (ValueError, RecursionError) as cause:
        raise SourceDataInvalid("The source's agent sent an answer that is not JSON.") from cause
    if not isinstance(value, dict):
        raise SourceDataInvalid("The source's agent sent an answer that is not a JSON object.")
    return value


def _piece(fields: dict[str, Any], data: memoryview, asked: int) -> FilePiece:
    frame = checked(FileFrame, fields)
    if frame.index >= asked:
        raise SourceDataInvalid("The source's agent sent a file that was not asked for.")
    if frame.error is None and hashlib.sha256(data).hexdigest() != frame.sha256:
        raise AnswerDamaged("A file of the source arrived damaged.")
    return FilePiece(
        frame.index, frame.offset, data, frame.size or 0, frame.mtime or 0, eof=frame.eof, error=frame.error
    )
