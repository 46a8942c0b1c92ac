"""What may stand between us and WordPress: basic authentication, a bot challenge, a maintenance page.

Each is recognised by status, headers and the names of scripts, never by words. A challenge may come at any page, so all
pages that matter pass here.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from api.domain.refusals.front import BasicAuthFailed, BasicAuthNeeded, BotChallenge, InsecureSource, Maintenance
from api.source.page import Page
from api.source.secrecy import Presented

_SMALL = 64 * 2**10  # a challenge has 20 KB at most; a page of WordPress that talks about challenges is none
_MARKS = (
    "_cf_chl_opt",  # Cloudflare; its /cdn-cgi/challenge-platform/ stands in ordinary pages too
    "/.well-known/sgcaptcha/",  # SiteGround
    "sucuri_cloudproxy_js",
    "_Incapsula_Resource",
    "wsidchk",  # Imunify360
    "slowAES.decrypt",  # the hosts that use testcookie-nginx-module
)
_CACHES = ("x-cache", "cf-cache-status", "x-litespeed-cache", "x-proxy-cache", "x-fastcgi-cache", "x-cache-status")
_RELOADS = ("location.reload", "location.href", "location.replace", "location =", "location=")
_WORDPRESS = ("/wp-includes/", "/wp-content/", 'name="pwd"')
_RETRY_SECONDS = 24 * 3600  # nobody waits longer


def check_front(page: Page) -> Page:
    """Return the page; raises what `check_challenge` does, or Maintenance."""
    check_challenge(page)
    if is_maintenance(page):
        raise Maintenance(retry_after=_retry_after(page))
    return page


def check_challenge(page: Page) -> Page:
    """Return the page; raises BasicAuthNeeded, BasicAuthFailed, InsecureSource or BotChallenge if it is such a one."""
    if page.status == 401 and "basic" in page.headers.get("www-authenticate", "").lower():
        refusals = {Presented.SENT: BasicAuthFailed, Presented.WITHHELD: InsecureSource}
        raise refusals.get(page.presented, BasicAuthNeeded)()
    if is_challenge(page):
        raise BotChallenge
    return page


def is_challenge(page: Page) -> bool:
    """Return whether a firewall answered, which wants to see a browser."""
    if is_challenging(page.headers):
        return True
    if len(page.body) > _SMALL or any(mark in page.text for mark in _WORDPRESS):
        return False
    return any(mark in page.text for mark in _MARKS) or _sets_cookie_by_script(page.text)


def is_challenging(headers: Mapping[str, str]) -> bool:
    """Return whether an answer's headers (names in lower case) say that it is a challenge."""
    return "sg-captcha" in headers or "challenge" in (headers.get("cf-mitigated"), headers.get("x-amzn-waf-action"))


def is_maintenance(page: Page) -> bool:
    """Return whether the page says when to come back, as WordPress's `wp_maintenance` does."""
    return page.status == 503 and "retry-after" in page.headers


def is_cached(page: Page) -> bool:
    """Return whether a cache says that it has answered: then WordPress has not seen the request."""
    said = (page.headers.get(name, "").lower() for name in _CACHES)
    return any(value.startswith("hit") for value in said) or page.headers.get("age", "0").strip("0") != ""


def _sets_cookie_by_script(text: str) -> bool:
    """Whether the page does nothing but to set a cookie and to come again: the simplest of challenges."""
    return "document.cookie" in text and any(reload in text for reload in _RELOADS) and "<form" not in text


def _retry_after(page: Page) -> int | None:
    """Return the seconds of a Retry-After (RFC 9110: a number, or a date)."""
    value = page.headers["retry-after"].strip()
    try:
        seconds = (
            int(value) if value.isdecimal() else (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
        )
    except (ValueError, TypeError):  # no date; or one without a time zone
        return None
    return max(0, min(int(seconds), _RETRY_SECONDS))
