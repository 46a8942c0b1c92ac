"""Is the login still good? WordPress may lose a session at any moment, when the same user logs in elsewhere.

Every page that needs a login passes here. A lost session is no refusal: the password was good, so the preparation may
log in again.
"""

from urllib.parse import urlsplit

from api.domain.refusals.login import SessionForgotten
from api.source.client import SourceClient
from api.source.front import check_front
from api.source.html import query_of
from api.source.page import Page


class SessionLost(SessionForgotten):
    """The source does not know our session any more."""


def open_admin_page(client: SourceClient, url: str) -> Page:
    """GET a page that needs a login; raises what `check_session` does.

    The screen that asks administrators to confirm their e-mail address comes once after a login, and no page leads back
    to it; where a site insists, its own "remind me later" is followed, which changes nothing but when it asks again.
    """
    page = client.get(url)
    later = _remind_me_later(page)
    if later:
        client.get(later)
        page = client.get(url)
    return check_session(page)


def check_session(page: Page) -> Page:
    """Return the page; raises SessionLost if it is, or leads to, the login form, or what `check_front` does."""
    check_front(page)
    leads_to = page.headers.get("location", "") if 300 <= page.status < 400 else page.url
    if _path(leads_to).endswith("/wp-login.php") or page.document.form_with("log", "pwd"):
        raise SessionLost
    return page


def _remind_me_later(page: Page) -> str:
    if query_of(page.url).get("action") != "confirm_admin_email":
        return ""
    return next((link for link in page.document.links if "remind_me_later" in query_of(link)), "")


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""
