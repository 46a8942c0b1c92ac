"""The end of a run that is a live site with our agent, over HTTP.

Retries with growing pauses, honours what the site asks for in Retry-After, and asks for smaller answers when the
site fails under large ones. `RemoteSite.open` is all that somebody needs who only wants to confirm or revoke a key.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import httpx

from migrator.channel import Channel, new_http_client
from migrator.ends import FilePiece, FileRequest
from migrator.errors import DigestMismatch, SourceDataInvalid
from migrator.protocol import AgentKey, split_file_frames
from migrator.remote_tables import RemoteTables
from migrator.retrying import Budget, RetryPolicy, retried
from migrator.site import FileFrame, FilePage, Site, checked


class RemoteSite(RemoteTables):
    """A site's agent, operation by operation; may be used by several threads."""

    def __init__(self, channel: Channel, policy: RetryPolicy | None = None) -> None:
        super().__init__(channel, policy or RetryPolicy(), Budget())

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
        return [_piece(header, data, items) for header, data in split_file_frames(payload)]


def _piece(fields: dict[str, Any], data: memoryview, items: list[dict[str, Any]]) -> FilePiece:
    frame = checked(FileFrame, fields)
    if frame.index >= len(items) or frame.offset != items[frame.index]["offset"]:
        raise SourceDataInvalid("The source's agent sent a piece of a file that was not asked for.")
    if len(data) > items[frame.index]["length"]:
        raise SourceDataInvalid("The source's agent sent more of a file than was asked for.")
    digest = hashlib.sha256(data)
    if frame.error is None and digest.hexdigest() != frame.sha256:
        raise DigestMismatch("A file of the source arrived damaged: its bytes are not those that were hashed.")
    size, mtime = frame.size or 0, frame.mtime or 0
    return FilePiece(frame.index, frame.offset, data, digest.digest(), size, mtime, eof=frame.eof, error=frame.error)
