"""Where a challenge may come, and what is done about it: a browser passes it, once, and the step is begun again.

Only steps that may be repeated are wrapped so; the one that sends the password is not.
"""

from collections.abc import Callable
from typing import TypeVar

from api.domain.refusals.front import BotChallenge
from api.source.browser import Browser
from api.source.client import SourceClient

Result = TypeVar("Result")


def past_challenge(
    browser: Browser | None, client: SourceClient, url: str, on_step: Callable[[str], None], step: Callable[[], Result]
) -> Result:
    """Return what `step` returns; where a challenge stops it, a browser passes that at `url`, once."""
    try:
        return step()
    except BotChallenge as refusal:
        if browser is None:
            raise
        on_step("browser")
        browser.pass_challenge(client, url, refusal)
    return step()
