"""An HTTP session with one source site: bounded in size and time, and careful where the password goes.

Redirects are followed by code of ours, hop by hop. Until the site is known they may lead anywhere public; from then on
only within the site (`may_receive_password`), because cookies and password travel along. Only what may be repeated is
(`api.source.again`), and a connection that could not be opened.
"""

import ssl
import time
from collections.abc import Callable
from functools import partial
from http.cookiejar import Cookie
from typing import Any, Self

import httpcore
import httpx

from api.domain.errors import SourceNotFound, SourceRefused, Timeout
from api.domain.refusals.front import OtherAddress, RedirectLoop, TlsInvalid
from api.domain.source_url import may_receive_password
from api.domain.text import clean
from api.source.again import AnswerLost, again, is_passing
from api.source.encoding import inflated
from api.source.page import Page
from api.source.secrecy import BasicCredentials, Presented, encrypted
from api.source.urls import join, plain_url
from migrator.source_session import BasicCredentials as SessionCredentials
from migrator.source_session import SourceSession, session_cookie

MAX_BYTES = 8 * 2**20  # an admin page has some 200 KB; a signed answer to `hello` a few KB
MAX_REDIRECTS = 10
CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0  # of silence; the session's deadline bounds the whole
USER_AGENT = "Mozilla/5.0 (compatible; wordpress-clone/0.1)"
_FAILURES = (
    httpx.HTTPError,
    httpx.InvalidURL,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    UnicodeError,  # host names that are not IDNA
)
_WORDPRESS_COOKIES = ("wordpress_", "wp-", "wp_")  # a login's, which is over when we leave
# After the connection was there; httpx's own tell of a body that ends too early.
_LOST = (httpx.ReadError, httpx.RemoteProtocolError, httpcore.ReadError, httpcore.RemoteProtocolError)
_REDIRECTS = (301, 302, 303, 307, 308)


class SourceClient:
    """A session of at most `seconds`; use it as a context manager. `basic` are for the web server in front of it."""

    def __init__(
        self,
        transport: httpx.BaseTransport,
        seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
        basic: BasicCredentials | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = httpx.Client(
            transport=transport,
            trust_env=False,
            follow_redirects=False,
            headers={"User-Agent": USER_AGENT, "Accept-Language": "en", "Accept-Encoding": "identity"},
        )
        self._monotonic = monotonic
        self._sleep = sleep
        self._deadline = monotonic() + seconds
        self._basic = basic
        self._site = ""
        self._reached = ""
        self._adopted = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def grant(self, seconds: float) -> None:
        """Let the session last `seconds` from now on, to take back what it did."""
        self._deadline = self._monotonic() + seconds

    def stay_within(self, site: str) -> None:
        """From now on, refuse requests and redirects to URLs that must not see the password given for `site`."""
        self._site = plain_url(site)

    def settle(self, home: str) -> None:
        """From now on ask for everything of the site by https, if that is how its `home` was reached."""
        self._reached = home

    def destination(self, url: str) -> str:
        """Return the URL that is asked where `url` is given; see `settle`."""
        return encrypted(url, self._reached)

    def remaining(self) -> float:
        """Return how many seconds the session has left; raises Timeout if none."""
        left = self._deadline - self._monotonic()
        if left <= 0:
            raise Timeout("Preparing the source site took too long.")
        return left

    def adopt(self, session: SourceSession) -> None:
        """Go on as a browser that has been at the site: with its name, and with its cookies in place of our own."""
        self._http.cookies.clear()
        session.put_into(self._http, self._site)
        self._adopted = bool(session.user_agent)

    def session(self) -> SourceSession:
        """Return what a firewall or web server in front of the site wants to see, for those who come after us.

        Cookies and user agent are a browser's, if one was needed. What WordPress itself has set is not among it.
        """
        basic = (
            SessionCredentials(username=self._basic.username, password=self._basic.password) if self._basic else None
        )
        if not self._adopted:
            return SourceSession(basic_auth=basic)
        kept = [
            cookie for cookie in map(session_cookie, self.cookies) if not cookie.name.startswith(_WORDPRESS_COOKIES)
        ]
        return SourceSession(user_agent=self._http.headers["User-Agent"], cookies=tuple(kept), basic_auth=basic)

    @property
    def cookies(self) -> list[Cookie]:
        """The session's cookies."""
        return list(self._http.cookies.jar)

    def basic_for(self, url: str) -> BasicCredentials | None:
        """Return the credentials for the web server, if they may go to `url`."""
        shown = self._basic is not None and self._basic.present(plain_url(url)) is Presented.SENT
        return self._basic if shown else None

    def forget_cookies(self) -> None:
        """Begin anew, as somebody who was never here."""
        self._http.cookies.clear()

    def has_cookie(self, prefix: str) -> bool:
        """Return whether a cookie whose name begins so is set."""
        return any(c.name.startswith(prefix) and c.value and c.value.strip() for c in self._http.cookies.jar)

    def get(self, url: str, **options: Any) -> Page:
        """GET a URL and follow its redirects."""
        for _ in range(MAX_REDIRECTS):
            page = again(partial(self.send, "GET", url, **options), self.pause, passing=is_passing)
            target = page.headers.get("location")
            if page.status not in _REDIRECTS or not target:
                return page
            url = join(url, target)
        raise RedirectLoop

    def pause(self, seconds: float) -> None:
        """Wait, before something is asked again; raises Timeout if the session ends before."""
        if seconds < self.remaining():
            self._sleep(seconds)

    def send(self, method: str, url: str, **options: Any) -> Page:
        """Send one request and return its answer, whatever its status, without following redirects."""
        url = self.destination(url)
        self.check_target(url)
        presented = self._basic.present(plain_url(url)) if self._basic else Presented.NONE
        auth = self._basic.auth if self._basic and presented is Presented.SENT else None
        try:
            with self._http.stream(method, url, timeout=self._timeout(), auth=auth, **options) as answer:
                self._take_back_cookies(answer)
                return Page(str(answer.url), answer.status_code, answer.headers, self._read(answer), presented)
        except (httpx.TimeoutException, httpcore.TimeoutException) as error:
            raise Timeout("The source site took too long to answer.") from error
        except _FAILURES as error:
            raise _translate(error) from error

    def _take_back_cookies(self, answer: httpx.Response) -> None:
        """Forget cookies that an answer sets first and removes then, as plugins for second factors do with a login's.

        `http.cookiejar` removes before it sets, whatever the order of the headers: so they are gone through one by one.
        """
        for header in answer.headers.get_list("set-cookie"):
            one = httpx.Response(200, headers={"Set-Cookie": header}, request=answer.request)
            self._http.cookies.extract_cookies(one)

    def _read(self, answer: httpx.Response) -> bytes:
        body = bytearray()
        for chunk in inflated(answer.iter_raw(), answer.headers.get("content-encoding", ""), MAX_BYTES):
            body += chunk
            self.remaining()
        return bytes(body)

    def check_target(self, url: str) -> None:
        """Raise OtherAddress if the session must not send anything to `url`; see `stay_within`."""
        target = plain_url(url)
        if self._site and not may_receive_password(self._site, target):
            host = clean(httpx.URL(target).host, 100)
            raise OtherAddress(
                f"The site leads to another address ({host}), which the password was not given for."
                " If that is the site you mean, give its own URL."
            )

    def _timeout(self) -> httpx.Timeout:
        left = self.remaining()
        return httpx.Timeout(min(READ_SECONDS, left), connect=min(CONNECT_SECONDS, left))


def _translate(error: Exception) -> SourceNotFound | SourceRefused:
    if isinstance(error.__cause__, ssl.SSLError):
        return TlsInvalid()
    kind = AnswerLost if isinstance(error, _LOST) else SourceNotFound
    return kind(f"The source site does not answer properly ({type(error).__name__}).")
