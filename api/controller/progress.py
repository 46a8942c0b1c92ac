"""Following an import from the clone's database into its progress ConfigMap, and so into its status.

                    ┌─ running ─► Importing, n % ─┐
    nothing yet ────┤                             ├─► done ─► Importing, 100 % ─► (web server ready) ─► Ready
                    └─────────────────────────────┴─► failed ─► Failed, code, message
                                                        ▲
    Ready ─► (pod lost, its successor has no files) ────┴─ VOLUME_LOST ─► Lost, code, message

`Failed` and `Lost` are final and following stops there. The phase is not `Ready` before the object's status says so:
after the import the web server has still to start. A clone that is `Ready` is left alone until its status says
something else: then its pod may be a new one, whose engine finds the import done and the files gone.
"""

import logging
import time
from collections.abc import Callable

from api.cluster.clones import CloneObject
from api.controller.ports import Ports, Watch
from api.controller.telling import tell
from api.database.progress import ImportProgress
from api.domain.errors import NotFound

logger = logging.getLogger(__name__)

LIVELY_SECONDS = 0.5  # between two looks while there was something new lately
QUIET_SECONDS = 2.0  # between two looks otherwise: a pod that waits for a node may do so for an hour
SLOW_SECONDS = (
    1.8  # a look that took longer is a slow one: a clone can make its own take two (QUERY_MILLISECONDS) to four
)
SLOW_PAUSE_SECONDS = 5.0  # after a slow one
SLOW_LOOKS_FORGIVEN = 2  # a server under load has some; one that has more never comes back among the others
QUIET_AFTER_LOOKS = 60  # looks in a row without anything new
_LOST = "VOLUME_LOST"  # the engine's code for an import that is done and whose files are gone


class Following:
    """One import that is being followed; `finished` once there is nothing more to follow.

    `is_slow` tells whether looking at it is, or has been too often: not to be done beside the others.
    """

    def __init__(self, ports: Ports, name: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._ports = ports
        self._name = name
        self._monotonic = monotonic
        self._watch: Watch | None = None
        self._written: dict[str, str] | None = None
        self._looks_without_news = 0
        self._was_ready = False
        self._was_slow = False
        self._slow_looks = 0
        self.finished = False

    def rests(self, clone: CloneObject) -> bool:
        """Return whether there is nothing to look at: kro has not made the parts yet, or no import runs any more.

        The latter where the object is `Suspended`, or `Ready` and we said so. kro writes the URL when it first has been
        at the object; until then there is neither a pod that imports nor a ConfigMap to write to.
        """
        return not clone.url or clone.phase == "Suspended" or (self._was_ready and clone.phase == "Ready")

    @property
    def is_slow(self) -> bool:
        """Whether its looks wait for each other, and nobody for them."""
        return self._was_slow or self._slow_looks > SLOW_LOOKS_FORGIVEN

    @property
    def pause(self) -> float:
        """Return the seconds until the next look is worth it."""
        if self._was_slow:
            return SLOW_PAUSE_SECONDS
        return QUIET_SECONDS if self._looks_without_news >= QUIET_AFTER_LOOKS else LIVELY_SECONDS

    def look(self, clone: CloneObject) -> bool:
        """Look once, given the object as it is; return whether something new was written."""
        began = self._monotonic()
        try:
            return self._look(clone)
        finally:
            self._was_slow = self._monotonic() - began > SLOW_SECONDS
            self._slow_looks += self._was_slow

    def close(self) -> None:
        """Give back what looking holds; it may be looked again."""
        if self._watch is not None:
            self._watch.close()

    def _look(self, clone: CloneObject) -> bool:
        watch = self._watch_of(clone)
        progress = watch.read() if watch else None
        is_ready = self._was_ready or clone.phase == "Ready"  # a web server that starts anew imports nothing
        data = None if progress is None else progress_data(progress, is_ready=is_ready)
        if data is None or data == self._written:
            self._looks_without_news += 1
            return False
        return self._write(clone, data)

    def _watch_of(self, clone: CloneObject) -> Watch | None:
        """Return what reads the import's progress; None while the clone's own server is being made."""
        if self._watch is None and (clone.database_host or not clone.has_own_server):
            self._watch = self._ports.progress.watch(self._name, clone.database_host)
        return self._watch

    def _write(self, clone: CloneObject, data: dict[str, str]) -> bool:
        try:
            self._ports.objects.write_progress(self._name, data)
        except NotFound:
            return False  # kro has not made the ConfigMap yet, or has removed it
        self._written = data
        self._looks_without_news = 0
        self._was_ready = data["phase"] == "Ready"
        self.finished = data["phase"] in ("Failed", "Lost")
        if self.finished and clone.phase != data["phase"]:  # a controller that starts anew has nothing new to tell
            said = f"{data['code']} in step {data['step']}."
            tell(self._ports, data["phase"].lower(), self._name, said, uid=clone.uid, warning=True)
        return True


def progress_data(progress: ImportProgress, *, is_ready: bool) -> dict[str, str]:
    """Return the ConfigMap's data for what an import says."""
    phase = "Importing"
    if progress.state == "failed":
        phase = "Lost" if progress.code == _LOST else "Failed"
    elif progress.state == "done" and is_ready:
        phase = "Ready"
    return {
        "phase": phase,
        "percent": "100" if progress.state == "done" else str(progress.percent),
        "step": progress.step,
        "message": progress.message,
        "code": progress.code if progress.state == "failed" else "",
        "adminUser": progress.admin_user,
    }
