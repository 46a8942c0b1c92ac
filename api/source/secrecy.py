"""Where secrets may travel: encrypted, and to the site that they were given for.

By plain http anybody on the way can read a password. Hosts that may have private addresses (`api.source.guard`) are
test sites of ours, on a network of ours: there, and where a caller insists, plain http will do.
"""

from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import urlsplit

import httpx

from api.domain.refusals.front import InsecureSource
from api.domain.source_url import may_receive_password


@dataclass(frozen=True)
class Secrecy:
    """The rule for one caller; `plain_hosts` are lower case."""

    plain_hosts: frozenset[str] = frozenset()
    allow_insecure: bool = False

    def allows(self, url: str) -> bool:
        """Return whether a secret may be sent to `url`."""
        parts = urlsplit(url)
        return parts.scheme == "https" or self.allow_insecure or (parts.hostname or "").lower() in self.plain_hosts

    def check(self, url: str) -> None:
        """Raise InsecureSource where a secret may not be sent to `url`."""
        if not self.allows(url):
            raise InsecureSource


class Presented(Enum):
    """What became of the credentials for basic authentication in one request."""

    NONE = "none were given, or not for this URL"
    SENT = "sent"
    WITHHELD = "not sent, because the URL is not encrypted"


@dataclass(frozen=True)
class BasicCredentials:
    """A user name and password for the web server in front of `site` (RFC 7617); they stay out of `repr`."""

    site: str
    username: str = field(repr=False)
    password: str = field(repr=False)
    secrecy: Secrecy

    @property
    def auth(self) -> httpx.BasicAuth:
        """What httpx shows of them."""
        return httpx.BasicAuth(self.username, self.password)

    def present(self, url: str) -> Presented:
        """Return whether they may go to `url`."""
        if not may_receive_password(self.site, url):
            return Presented.NONE
        return Presented.SENT if self.secrecy.allows(url) else Presented.WITHHELD


def encrypted(url: str, site: str) -> str:
    """Return `url` by https, if it is one of `site`, which is reached by https, though WordPress may not know."""
    scheme, _, rest = url.partition("://")
    secured = f"https://{rest}"
    if scheme != "http" or not site.startswith("https:") or not may_receive_password(site, secured):
        return url
    return secured
