"""Finding out what answers under a URL: is it WordPress, and what are its own two addresses?

WordPress has `home` (what visitors see) and `siteurl` (where its scripts are); they differ where it lives in a
directory of its own. Its REST index tells both. Where that is closed, the `EditURI` link and the login form do.
"""

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from api.domain.errors import NotWordPress, SourceError, SourceNotFound
from api.domain.refusals.front import WrongUrl
from api.domain.source_url import may_receive_password
from api.domain.text import clean
from api.source.client import SourceClient
from api.source.front import check_challenge, check_front
from api.source.json_text import parse_object
from api.source.page import Page
from api.source.urls import plain_url

_API_RELATION = "https://api.w.org/"
_LOGIN_FIELDS = ("log", "pwd")
_GONE = (404, 410)


@dataclass(frozen=True)
class Site:
    """A WordPress site's addresses, without trailing slash, in the scheme that it really answers under.

    `rest_root` and `admin_root` are "" where WordPress has its REST API and admin pages at their usual places.
    """

    home: str
    siteurl: str
    rest_root: str = ""
    admin_root: str = ""

    @property
    def admin(self) -> str:
        """Where the admin pages are, with trailing slash."""
        return self.admin_root or f"{self.siteurl}/wp-admin/"

    @property
    def rest(self) -> str:
        """Where the REST API is with pretty permalinks, without trailing slash."""
        return self.rest_root or f"{self.home}/wp-json"


def discover(client: SourceClient, given: str) -> Site:
    """Return the site under a URL, and bind the session to it.

    Raises NotWordPress, WrongUrl, SourceNotFound, OtherAddress if the URL leads to a site that the password was not
    given for, or what `check_front` does.
    """
    given = plain_url(given)
    front = client.get(f"{given}/")
    client.stay_within(given)
    if not may_receive_password(given, front.url):
        client.get(front.url)  # raises: this address is not the given one
    check_challenge(front)
    declared = _declared_rest_root(front)
    index = _rest_index(client, front, declared)
    site = _site_from_index(index, front) if index else _site_from_page(front)
    if index is None and not _looks_like_wordpress(client, front, site):
        raise _no_site(front)
    _refuse_lost_visitor(front, site)
    client.settle(site.home)
    return replace(site, rest_root=_as_reached(declared, front) if declared and "?" not in declared else "")


def _no_site(front: Page) -> SourceError:
    """Say what else a page is: nothing, a site that is down or maintained, or one of another kind."""
    check_front(front)
    if front.status in _GONE:
        return WrongUrl(f"There is nothing under this URL (HTTP {front.status}). Give the address of the front page.")
    if front.status >= 500:
        return SourceNotFound(f"The source site is out of order: it answers HTTP {front.status}.")
    return NotWordPress("What answers under this URL is not a WordPress site. Give the address of its front page.")


def _refuse_lost_visitor(front: Page, site: Site) -> None:
    """Refuse a path under which a site has nothing: its owner may have meant another site that lives there."""
    if front.status in _GONE and _directory(front.url) not in (site.home, site.siteurl):
        raise WrongUrl(f"There is nothing under this URL (HTTP {front.status}). Do you mean {clean(site.home, 200)}?")


def _declared_rest_root(front: Page) -> str:
    """Return where a page says that the REST API is, "" if it does not; it may be told not to by a plugin."""
    declared = [url for url in (_from_link_header(front), *front.document.relations(_API_RELATION)) if url]
    return declared[0] if declared and may_receive_password(front.url, declared[0]) else ""


def _rest_index(client: SourceClient, front: Page, declared: str) -> dict[str, object] | None:
    """Return the REST index, from where the page says it is, else from where it always is."""
    for url in filter(None, (declared, f"{_directory(front.url)}/?rest_route=/")):
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
    login = check_challenge(client.get(f"{site.siteurl}/wp-login.php"))
    return login.document.form_with(*_LOGIN_FIELDS) is not None
