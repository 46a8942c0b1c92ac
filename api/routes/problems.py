"""Every error as a problem document (RFC 9457), whatever raised it. Defects are told by `api.routes.requests`.

`type` leads to a description of the code (`GET /problems/{code}`), `instance` is the request's own id, which stands in
the logs too. No document repeats what was sent, because a password may be among it; only fields are named, unknown ones
if their names look like names.
"""

import re
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.domain.errors import (
    CloneError,
    FieldError,
    Forbidden,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    RequestError,
    Unauthenticated,
)
from api.domain.models import Problem, ProblemField

MEDIA_TYPE = "application/problem+json"
_SOURCE = 'WordPress realm="source site"'  # RFC 9110 wants a challenge with every 401: this one is not ours
_CHALLENGES = {
    "UNAUTHENTICATED": 'Bearer realm="wordpress-clone"',
    "AUTH_FAILED": _SOURCE,
    "BASIC_AUTH_FAILED": _SOURCE,
    "API_KEY_REFUSED": _SOURCE,
}
_HTTP_ERRORS: dict[int, type[RequestError]] = {
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
}


_HTTP_SENTENCES = {404: "There is no such path.", 405: "The path does not take this method."}
_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}\Z")
_UNKNOWN = "an unknown field"


def install_problems(app: FastAPI) -> None:
    """Make every error of `app` a problem document."""
    app.exception_handler(CloneError)(_on_clone_error)
    app.exception_handler(RequestValidationError)(_on_validation_error)
    app.exception_handler(HTTPException)(_on_http_error)


def problem_response(error: CloneError, request_id: str) -> JSONResponse:
    """Return the answer that tells an error."""
    problem = Problem(
        type=f"/problems/{error.code}",
        title=error.title,
        status=error.status,
        detail=error.detail,
        code=error.code,
        instance=f"urn:uuid:{request_id}",
        reason=error.reason or None,
        screenshots=f"/clones/{error.kept_as}/screenshots" if error.kept_as else None,
        errors=[ProblemField(field=item.field, detail=item.detail) for item in error.errors] or None,
    )
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after is not None else {}
    if error.code in _CHALLENGES:
        headers["WWW-Authenticate"] = _CHALLENGES[error.code]
    body = problem.model_dump(exclude_none=True)
    return JSONResponse(body, status_code=error.status, headers=headers, media_type=MEDIA_TYPE)


def _respond(request: Request, error: CloneError) -> JSONResponse:
    request.state.code = error.code
    return problem_response(error, request.state.request_id)


async def _on_clone_error(request: Request, error: CloneError) -> JSONResponse:
    return _respond(request, error)


async def _on_validation_error(request: Request, error: RequestValidationError) -> JSONResponse:
    fields = field_errors(error.errors())
    detail = "; ".join(f"{item.field}: {item.detail}" for item in fields)
    return _respond(request, InvalidRequest(f"The request is not valid. {detail}", errors=fields))


async def _on_http_error(request: Request, error: HTTPException) -> JSONResponse:
    if isinstance(error.__cause__, CloneError):  # FastAPI wraps what goes wrong while it reads a body
        return _respond(request, error.__cause__)
    kind = _HTTP_ERRORS.get(error.status_code, InvalidRequest)
    response = _respond(request, kind(_HTTP_SENTENCES.get(error.status_code, f"{error.detail}.")))
    response.headers.update(error.headers or {})
    return response


def field_errors(errors: Sequence[Any]) -> list[FieldError]:
    """Return pydantic's errors by field path, without their input values."""
    return [FieldError(_path(error["loc"]), _sentence(error["type"], error["msg"])) for error in errors]


def _path(location: Sequence[Any]) -> str:
    parts = [part for part in location if part != "body"]
    if not all(isinstance(part, int) or _FIELD_NAME.match(part) for part in parts):
        return _UNKNOWN
    return ".".join(map(str, parts)) or "body"


def _sentence(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "This field is unknown."
    if kind == "missing":
        return "This field is missing."
    if kind == "json_invalid":
        return "The body is not JSON."
    return message.removeprefix("Value error, ")
