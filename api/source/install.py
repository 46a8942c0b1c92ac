"""Getting the agent active at the source through WordPress's own pages.

Every answer is read by the URLs of its links, never by its words. Several clones of one site may be prepared at once,
and an agent whose last key was revoked removes itself: so the folder may be there or not, active or not, at any moment.
Each call looks at what there is and takes the step that is missing; `api.source.bring_in` repeats it a few times.
"""

import re
from dataclasses import dataclass, field
from enum import Enum

from api.source.client import SourceClient
from api.source.html import Document
from api.source.package import PLUGIN_FILE, SLUG, AgentPackage
from api.source.page import Page
from api.source.permission import AdminAccess
from api.source.session import check_session, open_admin_page
from api.source.upload_failure import why_not_installed
from api.source.urls import join

_VERSION = re.compile(r"\d+(?:\.\d+)+")
_REDIRECTS = range(300, 400)
_OVERWRITES = ("update-plugin", "downgrade-plugin")


class Brought(Enum):
    """What a preparation has brought to the source, and takes away again if it fails."""

    NOTHING = "another one was there, or was faster"
    ACTIVITY = "the agent was there, but not active"
    FILES = "the agent was not there"


@dataclass(frozen=True)
class Installed:
    """The agent's row in the list of plugins; links are "" where WordPress offers none."""

    version: str
    activate: str = field(repr=False)
    deactivate: str = field(repr=False)
    delete: str = field(repr=False)


class PluginPages:
    """The plugin pages of one site, for a session that is logged in as administrator."""

    def __init__(self, client: SourceClient, access: AdminAccess, package: AgentPackage) -> None:
        self._client = client
        self._site = access.site
        self._upload_form = access.upload_form
        self._package = package

    def ensure_active(self) -> Brought:
        """Upload and activate what is missing; return what that was."""
        row = self.installed()
        if row is None:
            return Brought.FILES if self._install() else Brought.NOTHING
        if row.version != self._package.version:
            return Brought.ACTIVITY if (self.replace() or self._reinstall(row)) and row.activate else Brought.NOTHING
        if row.activate:
            self._get(row.activate)
        return Brought.ACTIVITY if row.activate else Brought.NOTHING

    def replace(self) -> bool:
        """Overwrite the agent that is there, active or not, with ours; False where WordPress cannot (before 5.5)."""
        answer = self._upload()
        overwrite = _overwrite_link(answer.document)
        activated = self._activate(self._get(overwrite) if overwrite else answer)
        return activated or overwrite is not None

    def _reinstall(self, row: Installed) -> bool:
        """Delete an agent that cannot be overwritten, and install ours; an active one stays: it has others' keys."""
        if row.deactivate:
            return False
        self.remove()
        return self._install()

    def reactivate(self) -> None:
        """Make the agent's tables by deactivating and activating it; only where there are none: keys go with them."""
        row = self.installed()
        if row is not None and row.deactivate:
            self._get(row.deactivate)
            self.ensure_active()

    def remove(self) -> None:
        """Deactivate and delete the agent; for a preparation that failed before a key could do it."""
        self.deactivate()
        row = self.installed()
        if row is not None and row.delete:
            self._confirm_deletion(self._get(row.delete))

    def deactivate(self) -> None:
        """Deactivate the agent, if it is active."""
        row = self.installed()
        if row is not None and row.deactivate:
            self._get(row.deactivate)

    def installed(self) -> Installed | None:
        """Return the agent's row in the list of plugins, None if it is not there."""
        page = self._get(f"{self._site.admin}plugins.php?s={SLUG}&plugin_status=all")
        row = page.document.within(f'tr[data-plugin="{PLUGIN_FILE}"]:not(.plugin-update-tr)')
        if row is None:
            return None
        version = _VERSION.search(row.text_of(".plugin-version-author-uri"))
        links = {action: row.link_with(action=action) or "" for action in ("activate", "deactivate", "delete-selected")}
        return Installed(
            version[0] if version else "", links["activate"], links["deactivate"], links["delete-selected"]
        )

    def _install(self) -> bool:
        """Upload where there was nothing a moment ago."""
        answer = self._upload()
        if self._activate(answer):
            return True
        if _overwrite_link(answer.document) is None:
            raise why_not_installed(self._client, self._site, answer, len(self._package.content))
        self._cancel(answer.document)  # somebody else was faster; the next look will tell what there is now
        return False

    def _activate(self, answer: Page) -> bool:
        """Follow the activation link of an installation's answer, if it has one."""
        link = answer.document.link_with(action="activate", plugin=PLUGIN_FILE)
        if link is not None:
            self._get(link)
        return link is not None

    def _upload(self) -> Page:
        form = self._upload_form
        files = {"pluginzip": (f"{SLUG}.zip", self._package.content, "application/zip")}
        return self._finish(self._client.send("POST", form.action, data=form.values, files=files))

    def _finish(self, answer: Page) -> Page:
        """Go where a form's answer leads: WordPress tells there what it did, and forgets then that it had to."""
        check_session(answer)
        target = answer.headers.get("location", "") if answer.status in _REDIRECTS else ""
        return self._get(join(answer.url, target)) if target else answer

    def _get(self, url: str) -> Page:
        return open_admin_page(self._client, url)

    def _cancel(self, document: Document) -> None:
        """Let WordPress delete the zip that it keeps while it asks whether to overwrite."""
        link = document.link_with(action="upload-plugin-cancel-overwrite")
        if link is not None:
            self._get(link)

    def _confirm_deletion(self, page: Page) -> None:
        form = page.document.form_with("verify-delete", "_wpnonce")
        if form is not None:
            self._finish(self._client.send("POST", form.action, data=form.values | {"checked[]": PLUGIN_FILE}))


def _overwrite_link(document: Document) -> str | None:
    links = (document.link_with(action="upload-plugin", overwrite=kind) for kind in _OVERWRITES)
    return next((link for link in links if link), None)
