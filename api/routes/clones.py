"""The calls about clones."""

import asyncio
import logging
from concurrent.futures import Future
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from starlette.responses import JSONResponse

from api.cloning.attendance import Attendance
from api.domain.errors import NotFound
from api.domain.models import (
    CloneAccepted,
    CloneAnswer,
    CloneChange,
    CloneCredentials,
    CloneList,
    CloneRequest,
    CloneView,
    LoginLink,
    Problem,
    Screenshots,
)
from api.domain.names import is_name
from api.domain.steps import STEPS
from api.routes.auth import Cloner, Reader
from api.routes.prefer import wants_async
from api.routes.services import services_of

audit = logging.getLogger("api.audit")

router = APIRouter(tags=["clones"], responses={"4XX": {"model": Problem}, "5XX": {"model": Problem}})

Outcome = CloneAnswer | None

_PNG: dict[str, Any] = {"content": {"image/png": {}}}


@router.post("/clone", response_model=CloneAnswer, responses={202: {"model": CloneAccepted}})
async def create_clone(
    request: Request,
    body: CloneRequest,
    caller: Cloner,
    prefer: Annotated[str, Header()] = "",
    idempotency_key: Annotated[str | None, Header()] = None,
) -> Response:
    """Clone a live WordPress site.

    Answers 200 when the clone answers, or 202 with its address after a while, or at once with `Prefer: respond-async`.
    """
    services = services_of(request)
    asynchronous = wants_async(prefer)
    attendance = Attendance(0.0 if asynchronous else services.sync_seconds)
    job = services.jobs.submit(partial(services.creator.create, body, caller.name, idempotency_key, attendance))
    audit.info("clone requested", extra={"caller": caller.name, "request_id": request.state.request_id})
    answer = await _attend(job, attendance, asynchronous=asynchronous)
    if answer is not None:
        return JSONResponse(answer.model_dump(mode="json", exclude_none=True))
    return _accepted(await asyncio.wrap_future(attendance.started), applied=asynchronous)


@router.get("/clones")
def list_clones(request: Request, _caller: Reader) -> CloneList:
    """List all clones, newest first."""
    return CloneList(clones=services_of(request).describer.list())


@router.get("/clones/{name}")
def get_clone(request: Request, name: str, _caller: Reader) -> CloneView:
    """Describe one clone; a failed one says which step failed and why."""
    return services_of(request).describer.get(_checked(name))


@router.get("/clones/{name}/credentials")
def get_credentials(request: Request, name: str, caller: Cloner) -> CloneCredentials:
    """Tell how to log in to a clone that is ready. Who asked is logged."""
    credentials = services_of(request).describer.credentials(_checked(name))
    audit.info("credentials read", extra={"caller": caller.name, "clone": name, "request_id": request.state.request_id})
    return credentials


@router.get("/clones/{name}/screenshots")
def list_screenshots(request: Request, name: str, _caller: Cloner) -> Screenshots:
    """Tell where the pictures are of what a browser saw when it did not get into the source."""
    count = services_of(request).describer.screenshots(_checked(name))
    return Screenshots(screenshots=[f"/clones/{name}/screenshots/{number}" for number in range(1, count + 1)])


@router.get("/clones/{name}/screenshots/{number}", response_class=Response, responses={200: _PNG})
def get_screenshot(request: Request, name: str, number: int, caller: Cloner) -> Response:
    """Show one of them, without user name and password. Who asked is logged."""
    image = services_of(request).describer.screenshot(_checked(name), number)
    audit.info("screenshot read", extra={"caller": caller.name, "clone": name, "request_id": request.state.request_id})
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(image, media_type="image/png", headers=headers)


@router.post("/clones/{name}/login-link")
def make_login_link(request: Request, name: str, caller: Cloner) -> LoginLink:
    """Make a link that logs in to a clone once, within a minute. Who asked is logged."""
    link = services_of(request).login_links.make(_checked(name))
    audit.info("login link", extra={"caller": caller.name, "clone": name, "request_id": request.state.request_id})
    return link


@router.patch("/clones/{name}")
def change_clone(request: Request, name: str, body: CloneChange, caller: Cloner) -> CloneView:
    """Give a clone more or less time, counted from its creation; suspend a persistent one, or wake it."""
    services, name = services_of(request), _checked(name)
    services.changer.change(name, body.for_object())
    audit.info("clone changed", extra={"caller": caller.name, "clone": name, "request_id": request.state.request_id})
    return services.describer.get(name)


@router.delete("/clones/{name}", status_code=204, responses={202: {"model": CloneAccepted}})
def delete_clone(request: Request, name: str, caller: Cloner) -> Response:
    """Delete a clone: 204 when all of it is gone, 202 if that takes longer."""
    services = services_of(request)
    name = _checked(name)
    audit.info("deletion", extra={"caller": caller.name, "clone": name, "request_id": request.state.request_id})
    if services.remover.remove(name, services.delete_seconds):
        return Response(status_code=204)
    return _status_response(name, "Deleting", "The clone is being deleted.")


def _checked(name: str) -> str:
    """Return what may name a clone; raises NotFound, which does not repeat the rest."""
    if not is_name(name):
        raise NotFound("There is no such clone.")
    return name


async def _attend(job: "Future[Outcome]", attendance: Attendance, *, asynchronous: bool) -> Outcome:
    """Wait for a job as long as its caller does; None stands for 202. Raises the job's error.

    An `asynchronous` caller is told 202 of whatever has begun, also if it has failed by now: the record says so.
    """
    outcome = asyncio.wrap_future(job)
    outcome.add_done_callback(_retrieve)
    started = asyncio.wrap_future(attendance.started)
    try:
        first: set[asyncio.Future[Any]] = {outcome, started}
        await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
        if asynchronous and attendance.started.done():
            return None
        await asyncio.wait({outcome}, timeout=attendance.remaining())
        if not outcome.done() and not attendance.leave():
            await asyncio.wait({outcome})  # it failed at this moment: undo first, then tell
        return await outcome if outcome.done() else None
    finally:
        attendance.leave()


def _retrieve(outcome: "asyncio.Future[Outcome]") -> None:
    """Look at a job's error, which has been logged, so that asyncio does not complain when nobody waits for it."""
    if not outcome.cancelled():
        outcome.exception()


def _accepted(name: str, *, applied: bool) -> Response:
    response = _status_response(name, "Preparing", STEPS["accepted"])
    if applied:
        response.headers["Preference-Applied"] = "respond-async"
    return response


def _status_response(name: str, phase: str, message: str) -> Response:
    url = f"/clones/{name}"
    body = CloneAccepted(name=name, phase=phase, status_url=url, message=message)
    return JSONResponse(body.model_dump(), status_code=202, headers={"Location": url})
