"""May this login install plugins? The page that uploads them answers, before anything at the source is changed."""

from dataclasses import dataclass

from api.domain.errors import NotAdmin, SourceRefused
from api.source.client import SourceClient
from api.source.discover import Site
from api.source.html import Document, Form, query_of
from api.source.session import check_session


@dataclass(frozen=True)
class AdminAccess:
    """What the upload page holds: the form that uploads a plugin, and the link that logs out ("" if there is none)."""

    upload_form: Form
    logout_link: str


def check_permission(client: SourceClient, site: Site) -> AdminAccess:
    """Return the way to upload a plugin; raises NotAdmin or SourceRefused."""
    page = check_session(client.get(f"{site.admin}plugin-install.php?tab=upload"))
    form = page.document.form_with("pluginzip", "_wpnonce")
    if form is not None:
        return AdminAccess(form, logout_link(page.document))
    raise _why(client, site)


def _why(client: SourceClient, site: Site) -> NotAdmin | SourceRefused:
    """Tell an editor from an administrator on a site whose files may not be changed: only the latter has settings."""
    settings = check_session(client.get(f"{site.admin}options-general.php"))
    if settings.document.form_with("option_page", "blogname"):
        return SourceRefused(
            "The site does not let administrators install plugins (DISALLOW_FILE_MODS, or rights of a network).",
            reason="FILE_CHANGES_DISABLED",
        )
    return NotAdmin("This user may not install plugins: cloning needs an administrator of the source site.")


def logout_link(document: Document) -> str:
    """Return a page's link that logs out, "" if it has none."""
    links = (link for link in document.links if query_of(link).get("action") == "logout")
    return next((link for link in links if "_wpnonce" in query_of(link)), "")
