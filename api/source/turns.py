"""One at a time at one site, for the steps at which WordPress does not bear company.

WordPress keeps all sessions of a user in one record that it reads, changes and writes back
(`WP_User_Meta_Session_Tokens`), so two logins, or a login and a logout, at one moment lose one of the sessions. And two
uploads of one plugin meet in one folder. Within this process they take turns; against everybody else
`api.source.bring_in` looks and tries again.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakValueDictionary

from api.domain.errors import Timeout


class _Turn:
    def __init__(self) -> None:
        self.lock = threading.Lock()


class Turns:
    """A lock for each site, kept for as long as somebody holds it or waits for it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._turns: WeakValueDictionary[str, _Turn] = WeakValueDictionary()

    @contextmanager
    def at(self, site: str, seconds: float) -> Iterator[bool]:
        """Hold the site's lock and tell whether it had to be waited for; raises Timeout after `seconds`."""
        with self._guard:
            turn = self._turns.setdefault(site, _Turn())
        at_once = turn.lock.acquire(blocking=False)
        if not at_once and not turn.lock.acquire(timeout=max(0.0, seconds)):
            raise Timeout("Other clones of the same site are being prepared, and it took too long to wait for them.")
        try:
            yield not at_once
        finally:
            turn.lock.release()
