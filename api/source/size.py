"""Is a site small enough for a clone? Asked before anything is made for it.

The database's size is known at once. Files are counted for a few seconds only: a site that is not counted to its end
by then is copied, and the engine, which knows every file, sees whether there is room.
"""

import logging
import time
from collections.abc import Iterator

from api.domain.refusals.agent import AgentFailed
from api.domain.refusals.plugin import TooLarge
from api.domain.text import gibibytes
from api.source.agent import Agent
from api.source.hello import Hello, database_bytes, roots

logger = logging.getLogger(__name__)

COUNT_SECONDS = 8.0  # for a new call; the one under way takes 5 s at most


def check_size(agent: Agent, hello: Hello, most: int) -> None:
    """Raise TooLarge if database and files have more than `most` bytes together, as far as they are counted in time."""
    deadline = time.monotonic() + COUNT_SECONDS
    size = database_bytes(hello)
    try:
        for counted in _counts(agent, hello):
            size += counted
            if size > most or time.monotonic() > deadline:
                break
    except AgentFailed as error:  # one that its owner installed before it could count
        logger.info("the source does not count its files", extra={"detail": error.detail})
    if size > most:
        raise TooLarge(
            f"The site has {gibibytes(size)} or more, and a clone takes {gibibytes(most)} at most."
            " Remove what a test does not need, such as backups below wp-content, or ask for more room"
            " (options.storage.size)."
        )


def _counts(agent: Agent, hello: Hello) -> Iterator[int]:
    """Yield 0, for the database alone, then the bytes of the files, call by call; WordPress's own come last."""
    yield 0
    for root in sorted(roots(hello), key=lambda name: name == "core"):
        cursor: str | None = None
        while True:
            counted, cursor = agent.count_files(root, cursor)
            yield counted
            if cursor is None:
                break
