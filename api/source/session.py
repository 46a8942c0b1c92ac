"""Is the login still good? WordPress may lose a session at any moment, when the same user logs in elsewhere.

Every page that needs a login passes here. A lost session is no refusal: the password was good, so the preparation may
log in again.
"""

from urllib.parse import urlsplit

from api.domain.errors import SourceRefused
from api.source.page import Page


class SessionLost(SourceRefused):
    """The source does not know our session any more."""

    def __init__(self) -> None:
        super().__init__("The site keeps forgetting the login; its cookies do not hold.", reason="SESSION_LOST")


def check_session(page: Page) -> Page:
    """Return the page, unless it is, or leads to, the login form: then raises SessionLost."""
    leads_to = page.headers.get("location", "") if 300 <= page.status < 400 else page.url
    if _path(leads_to).endswith("/wp-login.php") or page.document.form_with("log", "pwd"):
        raise SessionLost
    return page


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""
