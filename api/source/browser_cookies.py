"""Cookies on their way between our HTTP session and the browser; only those of the source itself come back."""

from collections.abc import Iterable
from http.cookiejar import Cookie
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from api.source.visit import Visit
from migrator.source_session import SessionCookie, SourceSession, session_cookie

if TYPE_CHECKING:  # Playwright gives its dictionaries no public names
    from playwright._impl._api_structures import SetCookieParam


def browser_cookies(cookies: Iterable[Cookie]) -> "list[SetCookieParam]":
    """Return cookies as Playwright takes them."""
    return [
        {"name": kept.name, "value": kept.value, "domain": kept.domain, "path": kept.path, "secure": kept.secure}
        for kept in map(session_cookie, cookies)
    ]


def session_of(visit: Visit, site: str) -> SourceSession:
    """Return what the browser has of `site`: its cookies, and the name that it gave itself to get them."""
    host = (urlsplit(site).hostname or "").removeprefix("www.")
    cookies = [
        SessionCookie(
            name=cookie["name"],
            value=cookie["value"],
            domain=cookie["domain"],
            path=cookie["path"],
            secure=cookie["secure"],
        )
        for cookie in visit.context.cookies()
        if _is_for(host, cookie["domain"]) and cookie["value"].isascii() and cookie["value"].isprintable()
    ]
    return SourceSession(user_agent=visit.user_agent, cookies=tuple(cookies))


def _is_for(host: str, domain: str) -> bool:
    bare = domain.lstrip(".").removeprefix("www.")
    return host == bare or host.endswith(f".{bare}")
