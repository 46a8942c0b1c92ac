"""Undoing what `api.controller.orphans` finds.

Contract. Nothing is undone that has an object, asked live directly before. Nothing is undone at its first sight either:
it has to look the same over some time of this process's own stopwatch. So a clock that jumps, or a controller that
comes back before those whose records it reads, takes nothing from anybody; after an outage of the cluster's API that
time begins anew, for nobody could say during it that he lives. While the database does not answer nothing is swept.

What one clone throws does not keep the others from being undone; everything is tried again at the next sweep. In a dry
run everything is looked for and told, once, and nothing is undone.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from api.controller.orphans import OBSERVED_SECONDS, Find, Finding, has_object
from api.controller.ports import Ports
from api.controller.telling import tell
from api.domain.errors import CloneError, DatabaseUnavailable

logger = logging.getLogger(__name__)

PARALLEL = 8  # a source that does not answer holds up one of them; as many as a facade prepares at one time

Key = tuple[str, str, str, str]


class Sweeper:
    """Undoes what `find` finds; keeps in mind since when it has looked like that."""

    def __init__(
        self, ports: Ports, find: Find, *, dry_run: bool = False, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._ports = ports
        self._find = find
        self._dry_run = dry_run
        self._monotonic = monotonic
        self._since: dict[Key, float] = {}
        self._told: set[Key] = set()

    def sweep(self) -> list[Finding]:
        """Undo what has been seen long enough; return what was undone, or told. Raises what looking raises."""
        now = self._monotonic()
        found = {_key(finding): finding for finding in self._look()}
        self._since = {key: self._since.get(key, now) for key in found}
        self._told &= found.keys()
        due = [finding for key, finding in found.items() if now - self._since[key] >= OBSERVED_SECONDS]
        with ThreadPoolExecutor(PARALLEL, thread_name_prefix="sweep") as threads:
            return [finding for finding, done in zip(due, threads.map(self._act, due), strict=True) if done]

    def _look(self) -> list[Finding]:
        try:
            return self._find(self._ports)
        except DatabaseUnavailable:
            raise  # heartbeats do not depend on it: what has been seen still counts
        except CloneError:
            self._since.clear()
            raise

    def _act(self, finding: Finding) -> bool:
        try:
            if has_object(self._ports, finding.name):
                return False
            if finding.undo is None or self._dry_run:
                return self._tell_once(finding)
            if not finding.undo():
                return False
        except CloneError as error:
            extra = {"clone": finding.name, "kind": finding.kind, "code": error.code, "detail": error.detail}
            logger.warning("could not sweep", extra=extra)
            return False
        tell(self._ports, f"swept {finding.kind}", finding.name, finding.what, warning=True)
        return True

    def _tell_once(self, finding: Finding) -> bool:
        if _key(finding) in self._told:
            return False
        self._told.add(_key(finding))
        action, what = f"found {finding.kind}", finding.what
        if finding.undo is not None:
            action, what = f"would sweep {finding.kind}", f"Dry run, nothing was done. {what}"
        tell(self._ports, action, finding.name, what, warning=True)
        return True


def _key(finding: Finding) -> Key:
    return finding.kind, finding.name, finding.what, finding.state
