"""Registering a key with the agent: WordPress's REST API, with the session's cookies and a nonce.

`/?rest_route=…` comes first, which works with plain permalinks too. Where a site closes that form, the pretty one may
still be open, under the name that its pages give (some plugins rename it). The agent answers with the key's id: that
tells its answer from a cached page. Where both are closed, or there is no nonce for them, the agent's own page in the
admin area takes the key.
"""

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from api.domain.errors import CloneError
from api.domain.keys import AgentKey
from api.domain.refusals.agent import AjaxClosed, AnswerCached, RestClosed
from api.domain.refusals.front import BotChallenge
from api.source.again import again, is_passing
from api.source.client import SourceClient
from api.source.discover import Site
from api.source.front import check_challenge
from api.source.json_text import parse_object
from api.source.page import Page
from api.source.permission import AdminAccess
from api.source.registration import Attempt, Registration
from api.source.session import SessionLost
from api.source.settings_page import register_on_page

ROUTE = "/custom-migrator/v1/keys"
PURPOSE = "clone"

_MEANINGS = {
    "custom_migrator_busy": Registration.BUSY,
    "custom_migrator_storage": Registration.NO_TABLES,
    "rest_no_route": Registration.NO_AGENT,
}


def register_key(client: SourceClient, access: AdminAccess, nonce: str, key: AgentKey) -> Attempt:
    """Register a key, over REST if there is a nonce; else, or where that is closed, on the agent's page.

    Raises SessionLost, or what `check_front` does.
    """
    if not nonce:
        return Attempt(register_on_page(client, access, key), AjaxClosed())
    try:
        return Attempt(_over_rest(client, access.site, nonce, key))
    except (RestClosed, AnswerCached, BotChallenge) as closed:
        return Attempt(register_on_page(client, access, key), closed)


def _over_rest(client: SourceClient, site: Site, nonce: str, key: AgentKey) -> Registration:
    """Return what became of the key; raises RestClosed, AnswerCached, SessionLost or BotChallenge."""
    answers: list[Page] = []
    for url in (f"{site.home}/?rest_route={ROUTE}", f"{site.rest}{ROUTE}"):
        given: dict[str, Any] = {"json": {"key": key.text, "purpose": PURPOSE}, "headers": {"X-WP-Nonce": nonce}}
        answer = again(partial(client.send, "POST", url, **given), client.pause, passing=partial(_is_lost, key))
        outcome = _outcome(answer, key)
        if outcome is not None:
            return outcome
        answers.append(answer)
    raise _why(answers)


def _is_lost(key: AgentKey, answer: Page) -> bool:
    return is_passing(answer) and _outcome(answer, key) is None


def _outcome(answer: Page, key: AgentKey) -> Registration | None:
    """Return what the agent or the REST API says; None if neither has answered. Raises SessionLost."""
    if answer.status == 201 and _field(answer, "id") == key.id:
        return Registration.DONE
    code = _field(answer, "code")
    if code == "rest_cookie_invalid_nonce":
        raise SessionLost
    return _MEANINGS.get(code)


def _why(answers: Sequence[Page]) -> CloneError:
    for answer in answers:
        check_challenge(answer)
    if any(answer.status == 200 and parse_object(answer.text) is None for answer in answers):
        return AnswerCached()
    answer = answers[0]
    return RestClosed(
        f"The site's REST API does not let the plugin answer (HTTP {answer.status} {_field(answer, 'code')})."
        " Open it for administrators."
    )


def _field(answer: Page, name: str) -> str:
    value = (parse_object(answer.text) or {}).get(name)
    return value if isinstance(value, str) and re.fullmatch(r"[\w.-]{1,64}", value) else ""
