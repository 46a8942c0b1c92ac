"""Saying what was done: one line in the log, one count in the metrics and one Event for each thing.

The Event comes last and may fail: what was done is done, whether or not the API server takes note.
"""

import logging

from api.controller.metrics import ACTIONS
from api.controller.ports import Ports
from api.domain.errors import CloneError

logger = logging.getLogger(__name__)


def tell(ports: Ports, action: str, clone: str, message: str, *, uid: str = "", warning: bool = False) -> None:
    """Tell that `action` was done to a clone; its words make the Event's reason: `swept part` is `SweptPart`."""
    ACTIONS.labels(action).inc()
    logger.log(logging.WARNING if warning else logging.INFO, action, extra={"clone": clone, "detail": message})
    try:
        ports.events.post(clone, action.title().replace(" ", ""), message, uid=uid, warning=warning)
    except CloneError as error:
        logger.warning("could not write an Event", extra={"clone": clone, "code": error.code})
