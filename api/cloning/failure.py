"""Why a clone failed, from wherever it is known: the object's status, else the engine's own record behind it."""

import logging
from dataclasses import dataclass

from api.cloning.ports import ImportProgress
from api.domain.clone import CloneState, ImportState
from api.domain.errors import CloneError

logger = logging.getLogger(__name__)

_UNKNOWN = "The import failed without saying why."
_LOST = "The clone's pod was lost and with it the copied files. Clone the site again."


@dataclass(frozen=True)
class CloneFailure:
    """Why a clone failed: the step that failed, a stable code and a sentence."""

    step: str
    code: str
    message: str


def failure_of(progress: ImportProgress, state: CloneState) -> CloneFailure:
    """Return step, code and sentence for a clone whose phase is Failed or Lost."""
    if state.phase == "Lost":
        return CloneFailure(step="serving", code=state.code or "VOLUME_LOST", message=state.message or _LOST)
    if state.code and state.step and state.message:
        return CloneFailure(step=state.step, code=state.code, message=state.message)
    record = _read(progress, state)
    return CloneFailure(
        step=state.step or (record.step if record else "") or "import",
        code=state.code or (record.code if record else "") or "IMPORT_FAILED",
        message=state.message or (record.message if record else "") or _UNKNOWN,
    )


def _read(progress: ImportProgress, state: CloneState) -> ImportState | None:
    try:
        return progress.read(state.name, state.database_host)
    except CloneError as error:  # the status still tells the sentence
        logger.warning("could not read the import's record", extra={"clone": state.name, "code": error.code})
        return None
