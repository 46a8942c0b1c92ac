"""From the API server's answers to errors of ours; nothing of the vendor's leaves this package.

    CloneError (api.domain.errors)
    ├── NotFound            404
    ├── Duplicate           409 AlreadyExists
    ├── ObjectChanged       409 otherwise: a precondition (resourceVersion, uid) did not hold
    ├── InvalidRequest      400, 422: the server's own sentence, e.g. that of an admission policy
    └── ClusterUnavailable  401, 403, 429, 5xx, no answer: may be tried again

The server quotes the request in some of its sentences, so those about Secrets are never passed on.
"""

import json
import logging

from api.domain.errors import CloneError, ClusterUnavailable, Duplicate, InvalidRequest, NotFound

logger = logging.getLogger(__name__)

_MESSAGE_LIMIT = 500  # characters of a server's sentence that may reach a log or a user


class ObjectChanged(CloneError):
    """The object is no longer the one that was read; read it again and decide anew."""

    code = "CONFLICT"
    status = 409
    title = "The object was changed meanwhile"


def unreachable() -> ClusterUnavailable:
    """Return the error for an API server that did not answer, or not in full."""
    return ClusterUnavailable("The cluster's API does not answer.")


def from_status(status: int, body: bytes, *, confidential: bool) -> CloneError:
    """Return the error of ours for an answer other than 2xx.

    Args:
        status: the HTTP status.
        body: the answer's body, a Kubernetes `Status` object as a rule.
        confidential: the request carried secret values, so its answer is not quoted.
    """
    reason, message = _read_status(body)
    if confidential:
        message = ""
    if status == 404:
        return NotFound(message or "There is no such object.")
    if status == 409:
        return Duplicate("The name is taken.") if reason == "AlreadyExists" else ObjectChanged(message or reason)
    if status in (400, 422):
        return InvalidRequest(message or "The cluster refused the object.")
    logger.warning("the cluster's API answered %s %s %s", status, reason, message)
    return ClusterUnavailable(f"The cluster's API refused the call ({status} {reason}).")


def _read_status(body: bytes) -> tuple[str, str]:
    """Return reason and message of a `Status` object, both empty if it is none."""
    try:
        parsed = json.loads(body)
    except ValueError:
        return "", ""
    if not isinstance(parsed, dict):
        return "", ""
    return str(parsed.get("reason", "")), str(parsed.get("message", ""))[:_MESSAGE_LIMIT]
