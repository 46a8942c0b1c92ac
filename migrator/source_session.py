"""What a source's firewall and web server want to see with every call: a browser's clearance, a password of their own.

The facade met them while it prepared the source, and hands them on through the clone's Secret (`source-session`), as
JSON. A clearance is bound to the user agent that got it, so both go together. Nothing of it shows in `repr` or errors.
"""

from collections.abc import Generator
from http.cookiejar import Cookie
from typing import Annotated

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from migrator.errors import SettingsInvalid

_NO_DOT = ".local"  # what the standard library's jar adds to host names without a dot
_PRINTABLE = r"^[\x20-\x7e]*$"  # what may stand in a header
_Text = Annotated[str, Field(pattern=_PRINTABLE, max_length=8192, repr=False)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class SessionCookie(_Part):
    """A cookie, with the host that it is for (RFC 6265); a dot in front of it stands for its subdomains too."""

    name: _Text
    value: _Text
    domain: Annotated[str, Field(pattern=_PRINTABLE, max_length=255)]
    path: Annotated[str, Field(pattern=_PRINTABLE, max_length=1024)] = "/"
    secure: bool = False


class BasicCredentials(_Part):
    """User name and password for the web server in front of the site (RFC 7617)."""

    username: Annotated[str, Field(max_length=1024, repr=False)]
    password: Annotated[str, Field(max_length=8192, repr=False)]


class SourceSession(_Part):
    """All of it may be missing."""

    user_agent: _Text = ""
    cookies: tuple[SessionCookie, ...] = ()
    basic_auth: BasicCredentials | None = None

    @classmethod
    def parse(cls, text: str) -> "SourceSession":
        """Read it from JSON, "" for none; raises SettingsInvalid, which does not repeat it."""
        if not text:
            return cls()
        try:
            return cls.model_validate_json(text)
        except ValidationError:
            raise SettingsInvalid("SOURCE_SESSION is not the JSON that it should be.") from None

    def text(self) -> str:
        """Return it as JSON, "" if there is nothing in it."""
        return "" if self == SourceSession() else self.model_dump_json(exclude_none=True)

    def put_into(self, client: httpx.Client, home: str) -> httpx.Client:
        """Have `client` show it to the site at `home`; returns the client. Cookies go to their own hosts only."""
        if self.user_agent:
            client.headers["User-Agent"] = self.user_agent
        for cookie in self.cookies:
            client.cookies.jar.set_cookie(jar_cookie(cookie))
        if self.basic_auth:
            client.auth = _BasicAuth(self.basic_auth, home)
        return client


class _BasicAuth(httpx.BasicAuth):
    """Shows the password to the site's own host, and not without encryption to a site that has it."""

    def __init__(self, credentials: BasicCredentials, home: str) -> None:
        super().__init__(credentials.username, credentials.password)
        self._home = home

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """See the class."""
        if is_same_site(self._home, str(request.url)):
            yield from super().auth_flow(request)
        else:
            yield request


def is_same_site(home: str, url: str) -> bool:
    """Whether a URL leads to the site at `home`, with or without `www.`, and not by http if that one says https."""
    one, other = httpx.URL(home), httpx.URL(url)
    return _bare(other.host) == _bare(one.host) and other.scheme in ("https", one.scheme)


def _bare(host: str) -> str:
    return host.lower().removeprefix("www.")


def session_cookie(cookie: Cookie) -> SessionCookie:
    """Return a cookie of the standard library's jar in our form."""
    name = cookie.domain.removesuffix(_NO_DOT)
    domain = cookie.domain if "." in name.lstrip(".") else name
    return SessionCookie(
        name=cookie.name, value=cookie.value or "", domain=domain, path=cookie.path, secure=cookie.secure
    )


def jar_cookie(cookie: SessionCookie) -> Cookie:
    """Return a cookie as the standard library's jar takes it."""
    domain = cookie.domain if "." in cookie.domain.lstrip(".") else cookie.domain + _NO_DOT
    return Cookie(
        version=0,
        name=cookie.name,
        value=cookie.value,
        port=None,
        port_specified=False,
        domain=domain,
        domain_specified=True,
        domain_initial_dot=domain.startswith("."),
        path=cookie.path,
        path_specified=True,
        secure=cookie.secure,
        expires=None,
        discard=True,
        comment=None,
        comment_url=None,
        rest={},
    )
