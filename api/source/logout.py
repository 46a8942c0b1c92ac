"""Ending the login session, so that nothing of us stays behind at the source.

The link needs a nonce. The admin bar has it; where no page with one was seen (an editor's login), WordPress shows it
when asked to log out without. If all fails the session ends by itself in two days.
"""

import logging

from api.domain.errors import CloneError
from api.source.login import COOKIE
from api.source.permission import logout_link
from api.source.work import Work

logger = logging.getLogger(__name__)

LOGOUT_SECONDS = 8.0


def log_out(work: Work) -> None:
    """Log out as far as the source lets us; no error."""
    if not work.client.has_cookie(COOKIE):
        return
    try:
        work.client.grant(LOGOUT_SECONDS)
        link = (work.access.logout_link if work.access else "") or _ask_for_link(work)
        if link:
            with work.turns.at(work.site.home, LOGOUT_SECONDS):
                work.client.send("GET", link)
    except CloneError as error:
        logger.info("could not log out from the source", extra={"code": error.code, "detail": error.detail})


def _ask_for_link(work: Work) -> str:
    login = work.login_action or f"{work.site.siteurl}/wp-login.php"
    return logout_link(work.client.get(f"{login}{'&' if '?' in login else '?'}action=logout").document)
