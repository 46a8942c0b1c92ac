"""Taking back what a failed creation has done, last thing first.

An action is noted before the thing that it takes back is tried: a call that failed may still have worked. Hence all
actions are idempotent. One that fails is logged and the rest still run, but for one that holds the rest.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from api.domain.errors import CloneError

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Action:
    what: str
    run: Callable[[], None]
    holds_rest: bool


class UndoStack:
    """What has to be undone, for one clone."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._actions: list[_Action] = []

    def push(self, what: str, run: Callable[[], None], *, holds_rest: bool = False) -> None:
        """Note an action; where it `holds_rest`, what came before it is undone only if it succeeds."""
        self._actions.append(_Action(what, run, holds_rest))

    def forget(self, what: str) -> None:
        """Drop an action: somebody else does it, or the thing is not ours."""
        self._actions = [action for action in self._actions if action.what != what]

    def run(self) -> None:
        """Undo everything, last thing first."""
        while self._actions:
            action = self._actions.pop()
            if not self._try(action) and action.holds_rest:
                return

    def _try(self, action: _Action) -> bool:
        try:
            action.run()
        except CloneError as error:
            extra = {"clone": self._name, "undo": action.what, "code": error.code, "detail": error.detail}
            logger.warning("could not undo a part of a failed clone; the sweep will", extra=extra)
            return False
        return True
