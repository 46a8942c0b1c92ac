"""Bearer tokens of the tokens file.

The file is a mounted Secret, so it may change while we run: it is read again whenever it does. A file that cannot be
read lets nobody in.
"""

import logging
import threading
from pathlib import Path

from api.domain.errors import Unauthenticated, Unavailable
from api.domain.tokens import Caller, TokenEntry, UnsoundTokens, find_caller, parse_tokens

logger = logging.getLogger(__name__)


class TokenFile:
    """The tokens file as it is now."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._version: tuple[int, int, int] | None = None
        self._entries: tuple[TokenEntry, ...] = ()

    def entries(self) -> tuple[TokenEntry, ...]:
        """Return the entries; raises Unavailable if the file cannot be read or is not sound."""
        with self._lock:
            try:
                self._refresh()
            except (OSError, UnsoundTokens) as error:
                self._version, self._entries = None, ()
                logger.error("the tokens file cannot be used: %s", error)  # noqa: TRY400 - no hash in a traceback
                raise Unavailable("This service cannot read its tokens.") from error
            return self._entries

    def _refresh(self) -> None:
        status = self._path.stat()
        version = (status.st_mtime_ns, status.st_ino, status.st_size)
        if version != self._version:
            self._entries = parse_tokens(self._path.read_text(encoding="utf-8"))
            self._version = version


class Authenticator:
    """Tells callers by their tokens."""

    def __init__(self, tokens: TokenFile) -> None:
        self._tokens = tokens

    def authenticate(self, token: str) -> Caller:
        """Return whose token this is; raises Unauthenticated."""
        caller = find_caller(self._tokens.entries(), token)
        if caller is None:
            raise Unauthenticated("The bearer token is not known.")
        return caller
