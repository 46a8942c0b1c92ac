"""One creation under way: what its steps share."""

from dataclasses import dataclass

from api.cloning.attendance import Attendance
from api.cloning.begin import Begun
from api.cloning.ports import IntentStore
from api.cloning.timings import Timings
from api.cloning.undo import UndoStack
from api.domain.errors import NotFound
from api.domain.steps import STEPS


class Removed(NotFound):
    """Somebody deleted the clone while it was being made."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The clone {name} was deleted while it was being made.")


@dataclass(frozen=True)
class Run:
    """A creation: what was begun, who waits, how long it takes, what would have to be undone."""

    begun: Begun
    attendance: Attendance
    timings: Timings
    undo: UndoStack

    @property
    def name(self) -> str:
        """The clone's name."""
        return self.begun.name

    def step(self, intents: IntentStore, step: str) -> None:
        """Enter a step and say so in the record; raises Removed if the record is gone."""
        self.timings.enter(step)
        self.update(intents, step=step, message=STEPS[step])

    def update(
        self, intents: IntentStore, *, step: str | None = None, message: str | None = None, phase: str | None = None
    ) -> None:
        """Change the record; raises Removed if it is gone."""
        try:
            intents.update(self.name, phase=phase, step=step, message=message)
        except NotFound as error:
            raise Removed(self.name) from error

    def facts(self) -> dict[str, object]:
        """Return what a log line about this creation tells."""
        return {"clone": self.name, "step": self.timings.phase, "timings": self.timings.seconds()}
