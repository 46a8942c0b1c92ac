"""Every error that a caller can meet: a stable code, an HTTP status, a sentence for a person.

    CloneError
    ├── RequestError                 the caller has to change the call
    │   ├── InvalidRequest           INVALID_REQUEST 422
    │   ├── Unauthenticated          UNAUTHENTICATED 401
    │   ├── Forbidden                FORBIDDEN 403
    │   ├── NotFound                 NOT_FOUND 404
    │   ├── MethodNotAllowed         METHOD_NOT_ALLOWED 405
    │   ├── Duplicate                DUPLICATE 409
    │   ├── NotReady                 NOT_READY 409
    │   └── RequestTooLarge          REQUEST_TOO_LARGE 413
    ├── SourceError                  the source site does not let us in
    │   ├── SourceNotFound           SOURCE_NOT_FOUND 422
    │   ├── SourceAddressRefused     SOURCE_ADDRESS_REFUSED 422
    │   ├── NotWordPress             NOT_WORDPRESS 422
    │   ├── AuthFailed               AUTH_FAILED 401
    │   ├── NotAdmin                 NOT_ADMIN 403
    │   └── SourceRefused            SOURCE_REFUSED 422; `api.domain.refusals` has a class and code for each cause
    ├── TemporaryError               the same call may succeed later
    │   ├── TooManyRequests          TOO_MANY_REQUESTS 429
    │   ├── NoCapacity               NO_CAPACITY 503
    │   ├── Unavailable              UNAVAILABLE 503
    │   │   ├── ClusterUnavailable
    │   │   └── DatabaseUnavailable
    │   └── Timeout                  TIMEOUT 504
    ├── ImportFailed                 IMPORT_FAILED 502, with the engine's code as `reason`
    ├── PreparationInterrupted       PREPARATION_INTERRUPTED 503
    └── InternalError                INTERNAL_ERROR 500

Vendors' errors never leave the adapters: they are translated into these, with `raise … from`. No text in here ever
holds a secret: a `detail` is shown to callers, logged and kept in annotations.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class FieldError:
    """One field of a request that does not fit: its path (`source.url`) and a sentence."""

    field: str
    detail: str


class CloneError(Exception):
    """Base of all errors of the facade; `detail` is a sentence that a user understands.

    `reason` narrows the code down (stable, upper case); `retry_after` is in seconds, `usual_retry_after` where nothing
    else is known, and whatever is answered with 429 or 503 has one; `screenshots` are PNG images of
    what a browser saw, without secrets, and `kept_as` names the record that has them.
    """

    code: ClassVar[str] = "INTERNAL_ERROR"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong on our side"
    usual_retry_after: ClassVar[int | None] = None
    screenshots: tuple[bytes, ...] = ()
    kept_as: str = ""

    def __init__(
        self,
        detail: str,
        *,
        reason: str = "",
        retry_after: int | None = None,
        errors: Sequence[FieldError] = (),
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.reason = reason
        self.retry_after = self.usual_retry_after if retry_after is None else retry_after
        self.errors = tuple(errors)


class RequestError(CloneError):
    """The call as it is can never succeed."""


class InvalidRequest(RequestError):
    """A field is missing, unknown or out of its bounds."""

    code = "INVALID_REQUEST"
    status = 422
    title = "The request is not valid"


class Unauthenticated(RequestError):
    """Our own bearer token is missing or unknown."""

    code = "UNAUTHENTICATED"
    status = 401
    title = "A valid bearer token is needed"


class Forbidden(RequestError):
    """The token is known but has not the scope that the call needs."""

    code = "FORBIDDEN"
    status = 403
    title = "The token may not do this"


class NotFound(RequestError):
    """There is no such clone, or no such path."""

    code = "NOT_FOUND"
    status = 404
    title = "Not found"


class MethodNotAllowed(RequestError):
    """The path exists, but not with this method."""

    code = "METHOD_NOT_ALLOWED"
    status = 405
    title = "This path does not take that method"


class Duplicate(RequestError):
    """The name is taken, or an Idempotency-Key came again with another body."""

    code = "DUPLICATE"
    status = 409
    title = "This exists already"


class NotReady(RequestError):
    """The clone exists but is not in a phase that allows the call."""

    code = "NOT_READY"
    status = 409
    title = "The clone is not ready"


class RequestTooLarge(RequestError):
    """The body is larger than any valid request."""

    code = "REQUEST_TOO_LARGE"
    status = 413
    title = "The request body is too large"


class SourceError(CloneError):
    """The source site does not let us in."""


class SourceNotFound(SourceError):
    """The source's host does not resolve or does not answer."""

    code = "SOURCE_NOT_FOUND"
    status = 422
    title = "The source site cannot be reached"


class SourceAddressRefused(SourceError):
    """The source's host resolves to an address that is not public."""

    code = "SOURCE_ADDRESS_REFUSED"
    status = 422
    title = "The source's address is not allowed"


class NotWordPress(SourceError):
    """What answers under the URL is not WordPress."""

    code = "NOT_WORDPRESS"
    status = 422
    title = "The source is not a WordPress site"


class AuthFailed(SourceError):
    """The source refused user name or password."""

    code = "AUTH_FAILED"
    status = 401
    title = "The source site refused the login"


class NotAdmin(SourceError):
    """The login works but may not install plugins."""

    code = "NOT_ADMIN"
    status = 403
    title = "The source's user is not an administrator"


class SourceRefused(SourceError):
    """The source stops us for another cause: see the codes of its subclasses."""

    code = "SOURCE_REFUSED"
    status = 422
    title = "The source site cannot be prepared"


class TemporaryError(CloneError):
    """The same call may succeed later; everything else is final."""


class TooManyRequests(TemporaryError):
    """As many clones as allowed are being prepared at this moment."""

    code = "TOO_MANY_REQUESTS"
    status = 429
    title = "Too many clones are being prepared"


class NoCapacity(TemporaryError):
    """As many clones live as there may be, or as the load balancers take; nothing was made."""

    code = "NO_CAPACITY"
    status = 503
    title = "There is no room for another clone"
    usual_retry_after = 60


class Unavailable(TemporaryError):
    """Something that we need does not answer."""

    code = "UNAVAILABLE"
    status = 503
    usual_retry_after = 10
    title = "A part of this service does not answer"


class ClusterUnavailable(Unavailable):
    """The Kubernetes API does not answer or refuses us."""


class DatabaseUnavailable(Unavailable):
    """The shared database server does not answer or refuses us."""


class Timeout(TemporaryError):
    """A step took longer than it may."""

    code = "TIMEOUT"
    status = 504
    title = "This took too long"


class ImportFailed(CloneError):
    """The engine gave up copying the site; `reason` is its code."""

    code = "IMPORT_FAILED"
    status = 502
    title = "The site could not be copied"


class PreparationInterrupted(CloneError):
    """The process that prepared the source died before it was done; `sentence` is the detail for whoever finds that."""

    sentence: ClassVar[str] = "The preparation of this clone was cut off before it was done. Start it again."

    code = "PREPARATION_INTERRUPTED"
    status = 503
    usual_retry_after = 5
    title = "The preparation was interrupted"


class InternalError(CloneError):
    """A defect of ours; the detail never repeats what was thrown."""
