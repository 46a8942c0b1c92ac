"""The nonce without which WordPress's REST API does not believe a session's cookies.

`admin-ajax.php?action=rest-nonce` gives it. Where a firewall closes that, pages of the admin area have it too, for
their own scripts (`wpApiSettings`, or the middleware of `wp.apiFetch`): which of them, differs between versions.
"""

import re

from api.source.client import SourceClient
from api.source.permission import AdminAccess
from api.source.session import SessionLost, open_admin_page

_NONCE = re.compile(r"(?<![0-9a-f])[0-9a-f]{10}\Z")
_IN_PAGE = re.compile(r'(?:createNonceMiddleware\(\s*|\bwpApiSettings\s*=\s*\{[^{}]*"nonce"\s*:\s*)"([0-9a-f]{10})"')
_PAGES = ("upload.php", "profile.php", "index.php")  # for media, application passwords, Site Health on the dashboard


def fetch_nonce(client: SourceClient, access: AdminAccess) -> str:
    """Return the session's REST nonce, "" if the site gives none; raises SessionLost or what `check_front` does."""
    page = client.get(f"{access.site.admin}admin-ajax.php?action=rest-nonce")
    said = page.text.strip()
    if page.status == 400 and said.endswith("0"):  # what admin-ajax.php says to those who are not logged in
        raise SessionLost
    nonce = _NONCE.search(said) if page.status == 200 else None
    return nonce[0] if nonce else _from_pages(client, access)


def _from_pages(client: SourceClient, access: AdminAccess) -> str:
    found = _IN_PAGE.search(access.page.text)
    for name in _PAGES:
        found = found or _IN_PAGE.search(open_admin_page(client, access.site.admin + name).text)
    return found[1] if found else ""
