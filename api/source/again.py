"""Asking a second and a third time: hosts lose answers now and then, and what may be repeated is asked again.

That is every GET, what registers a key (the same one may come twice), and every signed call. The password is not
among it: where the answer to a login is lost, nobody knows whether the site has counted it.
"""

from collections.abc import Callable
from typing import TypeVar

from api.domain.errors import CloneError, SourceNotFound
from api.source.front import is_challenge, is_maintenance
from api.source.page import Page

Result = TypeVar("Result")

TRIES = 3
PAUSE_SECONDS = 1.0
_PASSING = (502, 503, 504, 520, 521, 522, 523, 524)  # a proxy says so, whose server did not answer


class AnswerLost(SourceNotFound):
    """A connection was open, and no whole answer came."""


def is_passing(page: Page) -> bool:
    """Return whether a page may be another one in a moment."""
    return (page.status in _PASSING and not is_maintenance(page)) or is_challenge(page)


def again(
    ask: Callable[[], Result],
    sleep: Callable[[float], None],
    lost: type[CloneError] | tuple[type[CloneError], ...] = AnswerLost,
    passing: Callable[[Result], bool] = lambda _: False,
) -> Result:
    """Return what `ask` returns; up to three times where it raises `lost`, or what it returns is `passing`."""
    for _ in range(TRIES - 1):
        try:
            found = ask()
        except lost:
            pass
        else:
            if not passing(found):
                return found
        sleep(PAUSE_SECONDS)
    return ask()
