"""Waiting for a clone whose object exists, for as long as its caller waits."""

import logging

from api.cloning.attendance import Attendance
from api.cloning.failure import failure_of
from api.cloning.ports import Ports
from api.cloning.run import Removed
from api.cloning.timings import Timings
from api.domain.clone import CloneState
from api.domain.errors import CloneError, ImportFailed, Timeout
from api.domain.intent import CloneSecrets
from api.domain.models import CloneAnswer, CloneCredentials

logger = logging.getLogger(__name__)

DEFAULT_LOGIN = "admin"
_SETTLED = ("Ready", "Failed", "Lost")


def await_ready(ports: Ports, name: str, attendance: Attendance, timings: Timings) -> CloneState | None:
    """Return the clone once its URL answers, None if the caller has waited long enough before that.

    Raises ImportFailed if the engine gives up, Removed if somebody deletes the clone.
    """
    timings.enter("import")
    state = _settled(ports, name, attendance.remaining())
    if state is None:
        return None
    if state.deleting:
        raise Removed(name)
    if state.phase != "Ready":
        failure = failure_of(ports.progress, state)
        raise ImportFailed(f"The import failed in step {failure.step}: {failure.message}", reason=failure.code)
    timings.enter("probe")
    return state if ports.probe.wait(state.url, attendance.remaining()) else None


def _settled(ports: Ports, name: str, seconds: float) -> CloneState | None:
    """Return the object when it is ready, failed or being deleted; None if it is none of them in time.

    From here on the clone goes on without us: a cluster that does not answer is no reason to take it back.
    """
    seen = False

    def settled(state: CloneState | None) -> bool:
        nonlocal seen
        gone = seen and state is None
        seen = seen or state is not None
        return gone or (state is not None and (state.deleting or state.phase in _SETTLED))

    if seconds <= 0:
        return None
    try:
        state = ports.objects.wait(name, settled, seconds)
    except Timeout:
        return None
    except CloneError as error:
        logger.warning("could not follow the clone", extra={"clone": name, "code": error.code, "detail": error.detail})
        return None
    if state is None:
        raise Removed(name)
    return state


def credentials_of(ports: Ports, state: CloneState, secrets: CloneSecrets) -> CloneCredentials:
    """Return how to log in to a clone that is ready."""
    return CloneCredentials(
        name=state.name,
        clone_url=state.url,
        wordpress_username=_login_of(ports, state),
        wordpress_password=secrets.admin_password,
        api_key=secrets.api_key,
    )


def answer_of(
    ports: Ports, state: CloneState, secrets: CloneSecrets, timings: Timings | None, given_url: str
) -> CloneAnswer:
    """Return the answer to `POST /clone` for a clone that is ready; `given_url` is the source as the caller gave it."""
    return CloneAnswer(
        **credentials_of(ports, state, secrets).model_dump(),
        target_url=state.url,
        expires_at=state.expires_at,
        message=f"The clone is ready and will delete itself at {state.expires_at:%Y-%m-%d %H:%M} UTC."
        + _canonical(given_url, state.source_url),
        timings=timings.seconds() if timings else None,
    )


def _canonical(given_url: str, source_url: str) -> str:
    """Return a sentence about the site's own address, where it is another one than the caller gave."""
    if source_url in ("", given_url):
        return ""
    return f" {given_url} leads to {source_url}, which is what was copied."


def _login_of(ports: Ports, state: CloneState) -> str:
    """Return the login that the engine made; from its own record where the status has not got it yet."""
    if state.admin_user:
        return state.admin_user
    try:
        progress = ports.progress.read(state.name, state.database_host)
    except CloneError as error:
        logger.warning("could not read the import's record", extra={"clone": state.name, "code": error.code})
        progress = None
    return (progress.admin_user if progress else "") or DEFAULT_LOGIN
