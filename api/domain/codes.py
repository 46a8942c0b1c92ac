"""Errors found by their codes: to tell what a code means, and to tell again what a record of a failure says."""

from api.domain.errors import CloneError, InternalError
from api.domain.refusals import agent, front, login, plugin

REFUSALS = (front, login, plugin, agent)  # an error class is found only where its module is imported


def by_code() -> dict[str, type[CloneError]]:
    """Return the error class of every code; where several share one, the most general."""
    found: dict[str, type[CloneError]] = {}
    waiting: list[type[CloneError]] = [CloneError]
    for kind in waiting:
        waiting += kind.__subclasses__()
        if "code" in vars(kind) and kind is not CloneError:
            found.setdefault(kind.code, kind)
    return found


def from_record(code: str, detail: str) -> CloneError:
    """Return the error that a record tells of; InternalError if its code is none of ours."""
    error = by_code().get(code, InternalError)(detail)
    error.detail, error.args = detail, (detail,)  # word by word: a refusal adds to what is raised anew
    return error
