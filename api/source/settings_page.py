"""Registering a key with the agent on its own page of the admin area, where a site closes its REST API or admin-ajax.

The page's form has a nonce of its own, and what came of it stands in an element of the answer, as a code that is never
translated. The key goes to the address that the page came from, wherever the form may point.
"""

from api.domain.keys import AgentKey
from api.source.client import SourceClient
from api.source.permission import AdminAccess
from api.source.registration import Registration
from api.source.session import check_session, open_admin_page

_PAGE = "tools.php?page=custom-migrator"
_OUTCOME = "#custom-migrator-outcome code"
_MEANINGS = {"busy": Registration.BUSY, "storage": Registration.NO_TABLES}


def register_on_page(client: SourceClient, access: AdminAccess, key: AgentKey) -> Registration:
    """Register a key; NO_AGENT where there is no such page, or it does not take the key.

    Raises SessionLost, or what `check_front` does.
    """
    url = access.site.admin + _PAGE
    form = open_admin_page(client, url).document.form_with("custom_migrator_key", "_wpnonce")
    if form is None:
        return Registration.NO_AGENT
    answer = check_session(client.send("POST", url, data=form.values | {"custom_migrator_key": key.text}))
    said = answer.document.text_of(_OUTCOME)
    if said == f"registered-{key.id}":
        return Registration.DONE
    return _MEANINGS.get(said, Registration.NO_AGENT)
