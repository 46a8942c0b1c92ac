"""What happens to every request: an id, a bound on its body, one log line, an answer even to a defect of ours, headers.

Plain ASGI, so that nothing is buffered.
"""

import logging
import time
import uuid

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.domain.errors import InternalError, RequestTooLarge
from api.routes.problems import problem_response

logger = logging.getLogger("api.access")

MAX_BODY_BYTES = 64 * 2**10  # the largest valid request has some 20 KB, most of it a very long password
_DEFECT = "This request failed because of a defect in this service."
#: No page of another origin, a clone's least of all, frames an answer, embeds it, or keeps hold of its window.
_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"frame-ancestors 'none'"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)
_SILENT = ("/health", "/ready", "/metrics")  # asked every few seconds by machines


class RequestLog:
    """Wraps an application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection; everything but HTTP passes through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["request_id"] = request_id = str(uuid.uuid4())
        began, status = time.monotonic(), 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", []),
                    (b"x-request-id", request_id.encode()),
                    *_HEADERS,
                ]
            await send(message)

        try:
            await self._handle(scope, receive, send_with_id, request_id)
        except Exception:
            logger.exception("a request failed by a defect", extra={"request_id": request_id})
            if status == 0:
                await problem_response(InternalError(_DEFECT), request_id)(scope, receive, send_with_id)
        finally:
            _log(scope, status, time.monotonic() - began)

    async def _handle(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        if int(Request(scope).headers.get("content-length") or 0) > MAX_BODY_BYTES:
            await problem_response(_too_large(), request_id)(scope, receive, send)
        else:
            await self._app(scope, _BoundedBody(receive).receive, send)


def _too_large() -> RequestTooLarge:
    return RequestTooLarge(f"A request body has at most {MAX_BODY_BYTES} bytes.")


class _BoundedBody:
    """Passes a body on, up to its bound; raises RequestTooLarge, which becomes a problem like any other error."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._size = 0

    async def receive(self) -> Message:
        """Return the next part."""
        message = await self._receive()
        self._size += len(message.get("body", b""))
        if self._size > MAX_BODY_BYTES:
            raise _too_large()
        return message


def _log(scope: Scope, status: int, seconds: float) -> None:
    if scope["path"] in _SILENT and status == 200:
        return
    state = scope["state"]
    extra = {
        "request_id": state["request_id"],
        "method": scope["method"],
        "path": scope["path"][:200],
        "status": status,
        "seconds": round(seconds, 3),
        "caller": state.get("caller", ""),
        "code": state.get("code", ""),
    }
    logger.info("request", extra=extra)
