"""Finding out what answers under a URL: is it WordPress, and what are its own two addresses?

WordPress has `home` (what visitors see) and `siteurl` (where its scripts are); they differ where it lives in a
directory of its own. Its REST index tells both. Where that is closed, the `EditURI` link and the login form do.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from api.domain.errors import NotWordPress, SourceRefused
from api.domain.source_url import may_receive_password
from api.source.client import SourceClient, plain_url
from api.source.json_text import parse_object
from api.source.page import Page

_API_RELATION = "https://api.w.org/"
_LOGIN_FIELDS = ("log", "pwd")


@dataclass(frozen=True)
class Site:
    """A WordPress site's addresses, without trailing slash, in the scheme that it really answers under."""

    home: str
    siteurl: str

    @property
    def admin(self) -> str:
        """Where the admin pages are, with trailing slash."""
        return f"{self.siteurl}/wp-admin/"


def discover(client: SourceClient, given: str) -> Site:
    """Return the site under a URL, and bind the session to it.

    Raises NotWordPress, or SourceRefused if the URL leads to a site that the password was not given for.
    """
    given = plain_url(given)
    front = client.get(f"{given}/")
    _refuse_challenge(front)
    client.stay_within(given)
    if not may_receive_password(given, front.url):
        client.get(front.url)  # raises: this address is not the given one
    index = _rest_index(client, front)
    site = _site_from_index(index, front) if index else _site_from_page(front)
    if index is None and not _looks_like_wordpress(client, front, site):
        raise NotWordPress("What answers under this URL is not a WordPress site.")
    return site


def _refuse_challenge(front: Page) -> None:
    """Stop early where a person or further credentials are needed."""
    if front.status == 401 and "basic" in front.headers.get("www-authenticate", "").lower():
        raise SourceRefused(
            "The web server asks for a password of its own (basic authentication).", reason="BASIC_AUTH"
        )
    if "sg-captcha" in front.headers or front.headers.get("cf-mitigated") == "challenge":
        raise SourceRefused("The site's firewall wants to see a person in a browser.", reason="BOT_CHALLENGE")


def _rest_index(client: SourceClient, front: Page) -> dict[str, object] | None:
    """Return the REST index, from where the page says it is, else from where it always is."""
    declared = [url for url in (_from_link_header(front), *front.document.relations(_API_RELATION)) if url]
    for url in (*declared[:1], f"{_directory(front.url)}/?rest_route=/"):
        if may_receive_password(front.url, url):
            index = _parse_index(client.get(url))
            if index is not None:
                return index
    return None


def _from_link_header(front: Page) -> str | None:
    for part in front.headers.get("link", "").split(","):
        target, _, parameters = part.partition(";")
        if _API_RELATION in parameters:
            return target.strip(" <>")
    return None


def _parse_index(page: Page) -> dict[str, object] | None:
    index = parse_object(page.text)
    if index is not None and isinstance(index.get("namespaces"), list) and isinstance(index.get("url"), str):
        return index
    return None


def _site_from_index(index: dict[str, object], front: Page) -> Site:
    siteurl = str(index["url"])
    return Site(_as_reached(str(index.get("home") or siteurl), front), _as_reached(siteurl, front))


def _site_from_page(front: Page) -> Site:
    home = _directory(front.url)
    declared = [url for url in front.document.relations("EditURI") if "/xmlrpc.php" in url]
    siteurl = declared[0].partition("/xmlrpc.php")[0] if declared else home
    return Site(home, _as_reached(siteurl, front))


def _as_reached(url: str, front: Page) -> str:
    """Return one of WordPress's addresses, by https where the site was reached so though WordPress does not know."""
    url = plain_url(url)
    secured = "https:" + url.partition(":")[2]
    same_host = urlsplit(url).netloc == urlsplit(front.url).netloc
    return secured if same_host and front.url.startswith("https:") else url


def _directory(url: str) -> str:
    parts = urlsplit(url)
    path = parts.path if parts.path.endswith("/") else parts.path.rpartition("/")[0]
    return f"{parts.scheme}://{parts.netloc}{path.rstrip('/')}"


def _looks_like_wordpress(client: SourceClient, front: Page, site: Site) -> bool:
    if front.document.has('meta[name="generator"][content^="WordPress"]') or "/wp-includes/" in front.text:
        return True
    login = client.get(f"{site.siteurl}/wp-login.php")
    return login.document.form_with(*_LOGIN_FIELDS) is not None
