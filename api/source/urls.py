"""URLs as they go over the wire; what a site declares or redirects to may be anything."""

import httpx

from api.domain.errors import SourceNotFound
from api.domain.refusals.front import RedirectLoop

_NO_URL = (httpx.InvalidURL, ValueError)  # UnicodeError of idna is a ValueError
_LAST_PORT = 2**16 - 1


def plain_url(url: str) -> str:
    """Return a URL as it goes over the wire: host names in ASCII, paths percent-encoded, no slash at the end."""
    try:
        return str(_checked(httpx.URL(url))).rstrip("/")
    except _NO_URL as error:
        raise SourceNotFound("The site's URL is not one, or leads to something that is not one.") from error


def _checked(url: httpx.URL) -> httpx.URL:
    """Return the URL; ValueError if its host name is not IDNA (`xn--a`) or its port none. httpx takes both at first."""
    if url.host and (url.port or 0) > _LAST_PORT:
        raise ValueError("a port has 16 bits")
    return url


def join(url: str, target: str) -> str:
    """Return where a redirect from `url` leads to; raises RedirectLoop if that is no URL."""
    try:
        return str(_checked(httpx.URL(url).join(target)))
    except _NO_URL as error:
        raise RedirectLoop("The site redirects to something that is no URL.") from error
