"""Registering a key with the agent: WordPress's REST API, with the session's cookies and a nonce.

The route is always called as `/?rest_route=…`, which works with plain permalinks too.
"""

import re
from enum import Enum

from api.domain.errors import SourceRefused
from api.domain.keys import AgentKey
from api.source.client import SourceClient
from api.source.discover import Site
from api.source.json_text import parse_object
from api.source.page import Page
from api.source.session import SessionLost

ROUTE = "/custom-migrator/v1/keys"
PURPOSE = "clone"
_NONCE = re.compile(r"(?<![0-9a-f])[0-9a-f]{10}\Z")
_ABSENT = (404, 500, 502, 503)  # no such route; or an agent that is being removed or unpacked at this moment


class Registration(Enum):
    """What became of a key."""

    DONE = "done"
    BUSY = "busy"  # another registration or removal holds the agent's lock: the same call will do in a moment
    NO_AGENT = "no agent"
    NO_TABLES = "no tables"


def fetch_nonce(client: SourceClient, site: Site) -> str:
    """Return the REST nonce of the session (WordPress's `admin-ajax.php?action=rest-nonce`)."""
    page = client.get(f"{site.admin}admin-ajax.php?action=rest-nonce")
    said = page.text.strip()
    if page.status == 400 and said.endswith("0"):  # what admin-ajax.php says to those who are not logged in
        raise SessionLost
    nonce = _NONCE.search(said)
    if page.status != 200 or nonce is None:
        raise SourceRefused("The site's admin-ajax.php is closed to administrators.", reason="AJAX_CLOSED")
    return nonce[0]


def register_key(client: SourceClient, site: Site, nonce: str, key: AgentKey) -> Registration:
    """Register a key; return what became of it, or raise SourceRefused where the agent is kept from answering."""
    answer = client.send(
        "POST",
        f"{site.home}/?rest_route={ROUTE}",
        json={"key": key.text, "purpose": PURPOSE},
        headers={"X-WP-Nonce": nonce},
    )
    if answer.status == 201 and _field(answer, "id") == key.id:
        return Registration.DONE
    code = _field(answer, "code")
    if code == "custom_migrator_busy":
        return Registration.BUSY
    if code == "custom_migrator_storage":
        return Registration.NO_TABLES
    if answer.status in _ABSENT:
        return Registration.NO_AGENT
    if code == "rest_cookie_invalid_nonce":
        raise SessionLost
    raise SourceRefused(
        f"The site's REST API does not let the agent answer (HTTP {answer.status} {code}).", reason="REST_CLOSED"
    )


def _field(answer: Page, name: str) -> str:
    value = (parse_object(answer.text) or {}).get(name)
    return value if isinstance(value, str) and re.fullmatch(r"[\w.-]{1,64}", value) else ""
