"""May this login install plugins? The page that uploads them answers, before anything at the source is changed.

What an admin page is about stands in the classes of its body (`wp-admin/admin-header.php`): the version, and whether
the site is one of a network. A super administrator is led to the network's own pages.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from api.domain.errors import NotAdmin, SourceError
from api.domain.refusals.plugin import AdminNotFound, FileChangesDisabled, Multisite, WordPressTooOld
from api.domain.source_url import may_receive_password
from api.source.client import SourceClient
from api.source.discover import Site
from api.source.html import Document, Form, query_of
from api.source.page import Page
from api.source.session import open_admin_page
from api.source.urls import join

OLDEST = (5, 2)  # `Requires at least` of the plugin
_BRANCH = re.compile(r"branch-(\d+)(?:-(\d+))?")  # of 6.0 it is `branch-6`, because core makes it from a float
_UPLOAD = "plugin-install.php?tab=upload"


@dataclass(frozen=True)
class AdminAccess:
    """What the upload page tells: the site with its admin pages, the form that uploads a plugin, and itself.

    `logout_link` is "" if the page has none. All but the site hold nonces.
    """

    site: Site
    upload_form: Form = field(repr=False)
    logout_link: str = field(repr=False)
    page: Page = field(repr=False)


def check_permission(client: SourceClient, site: Site, landing: str = "") -> AdminAccess:
    """Return the way to upload a plugin; `landing` is where the login led to, for sites that rename their admin pages.

    Raises NotAdmin, Multisite, WordPressTooOld, AdminNotFound or FileChangesDisabled.
    """
    for candidate in _candidates(site, landing):
        page = open_admin_page(client, candidate.admin + _UPLOAD)
        if page.status != 404:
            return _access(client, candidate, page)
    raise AdminNotFound


def _candidates(site: Site, landing: str) -> Iterator[Site]:
    yield site
    renamed = join(site.admin, landing).partition("?")[0] if landing else ""
    if renamed.endswith("/") and renamed != site.admin and may_receive_password(site.siteurl, renamed):
        yield replace(site, admin_root=renamed)


def _access(client: SourceClient, site: Site, page: Page) -> AdminAccess:
    _check_kind(page)
    form = page.document.form_with("pluginzip", "_wpnonce")
    if form is None:
        raise _why(client, site)
    return AdminAccess(site, form, logout_link(page.document), page)


def _check_kind(page: Page) -> None:
    """Raise Multisite or WordPressTooOld, if the page tells."""
    classes = page.document.body_classes
    if "multisite" in classes or "/network/" in urlsplit(page.url).path:
        raise Multisite
    branch = next((match for name in classes if (match := _BRANCH.fullmatch(name))), None)
    if branch and (int(branch[1]), int(branch[2] or 0)) < OLDEST:
        raise WordPressTooOld


def _why(client: SourceClient, site: Site) -> SourceError:
    """Tell an editor from an administrator on a site whose files may not be changed: only the latter has settings."""
    settings = open_admin_page(client, f"{site.admin}options-general.php")
    _check_kind(settings)
    if settings.document.form_with("option_page", "blogname"):
        return FileChangesDisabled()
    return NotAdmin("This user may not install plugins: cloning needs an administrator of the source site.")


def logout_link(document: Document) -> str:
    """Return a page's link that logs out, "" if it has none."""
    links = (link for link in document.links if query_of(link).get("action") == "logout")
    return next((link for link in links if "_wpnonce" in query_of(link)), "")
