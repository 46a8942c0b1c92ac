"""The proxy's decision about one request: may this user go there, and to which address.

Contract. A host's name is resolved here and nowhere else, once for each decision, and the proxy dials the address that
the decision names: a name whose answer changes (DNS rebinding) gets no second chance. An answer with one address that
is not public is refused as a whole. Whatever cannot be asked (the cluster, a name) opens nothing.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from api.cluster.clones import CloneObject
from api.domain.errors import CloneError, SourceNotFound
from api.egress.rules import clone_of, clone_opens, opens_every_host
from api.source.addresses import is_public
from api.source.guard import Resolver, resolve

KEPT_SECONDS = 2.0  # an object that was read; a deleted clone's credentials open nothing after that
_MOST_KEPT = 1000


class Verdict(StrEnum):
    """What becomes of a request; all but OPEN are refusals (egress-proxy/squid.conf gives each its status)."""

    OPEN = "open"
    REFUSED = "refused"  # the credential does not open this host or port
    PRIVATE = "private"  # it does, but an address of the host is not public
    UNKNOWN = "unknown"  # the host's name does not resolve
    UNDECIDED = "undecided"  # the cluster does not say what the credential opens


@dataclass(frozen=True)
class Decision:
    """A verdict and, with OPEN, the address to dial."""

    verdict: Verdict
    address: str = ""


class Gate:
    """Decides; safe to share between threads.

    `find` returns a clone's object. `exceptions` are hosts, in lower case, that may have private addresses. The rest is
    replaced in tests.
    """

    def __init__(
        self,
        find: Callable[[str], CloneObject | None],
        exceptions: frozenset[str],
        *,
        resolver: Resolver = resolve,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._objects = _Objects(find, monotonic)
        self._exceptions = exceptions
        self._resolver = resolver

    def decide(self, user: str, host: str, port: int) -> Decision:
        """Decide about one request of a user who has shown the right password."""
        host = host.lower().rstrip(".").removeprefix("[").removesuffix("]")
        try:
            if not self._opens(user, host, port):
                return Decision(Verdict.REFUSED)
            return self._address(host, port)
        except SourceNotFound:
            return Decision(Verdict.UNKNOWN)
        except CloneError:
            return Decision(Verdict.UNDECIDED)

    def _opens(self, user: str, host: str, port: int) -> bool:
        name, role = clone_of(user)
        return clone_opens(self._objects.get(name), role, host, port) if name else opens_every_host(user, port)

    def _address(self, host: str, port: int) -> Decision:
        addresses = self._resolver(host, port)
        if not addresses:
            return Decision(Verdict.UNKNOWN)
        if host not in self._exceptions and not all(map(is_public, addresses)):
            return Decision(Verdict.PRIVATE)
        return Decision(Verdict.OPEN, addresses[0])


class _Objects:
    """Objects as they were at most `KEPT_SECONDS` ago: a copy makes hundreds of requests a minute."""

    def __init__(self, find: Callable[[str], CloneObject | None], monotonic: Callable[[], float]) -> None:
        self._find = find
        self._monotonic = monotonic
        self._kept: dict[str, tuple[float, CloneObject | None]] = {}
        self._lock = threading.Lock()

    def get(self, name: str) -> CloneObject | None:
        now = self._monotonic()
        read_at, clone = self._kept.get(name, (now - KEPT_SECONDS, None))
        if now - read_at < KEPT_SECONDS:
            return clone
        clone = self._find(name)
        with self._lock:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[name] = (now, clone)
        return clone
