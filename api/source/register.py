"""Registering a key with the agent: WordPress's REST API, with the session's cookies and a nonce.

`/?rest_route=…` comes first, which works with plain permalinks too. Where a site closes that form, the pretty one may
still be open, under the name that its pages give (some plugins rename it). The agent answers with the key's id: that
tells its answer from a cached page.
"""

import re
from collections.abc import Sequence
from enum import Enum

from api.domain.errors import CloneError
from api.domain.keys import AgentKey
from api.domain.refusals.agent import AnswerCached, RestClosed
from api.source.client import SourceClient
from api.source.discover import Site
from api.source.front import check_challenge
from api.source.json_text import parse_object
from api.source.page import Page
from api.source.session import SessionLost

ROUTE = "/custom-migrator/v1/keys"
PURPOSE = "clone"
_ABSENT = (404, 500, 502, 503)  # no such route; or an agent that is being removed or unpacked at this moment


class Registration(Enum):
    """What became of a key."""

    DONE = "done"
    BUSY = "busy"  # another registration or removal holds the agent's lock: the same call will do in a moment
    NO_AGENT = "no agent"
    NO_TABLES = "no tables"


_MEANINGS = {
    "custom_migrator_busy": Registration.BUSY,
    "custom_migrator_storage": Registration.NO_TABLES,
    "rest_no_route": Registration.NO_AGENT,
}


def register_key(client: SourceClient, site: Site, nonce: str, key: AgentKey) -> Registration:
    """Register a key; return what became of it. Raises RestClosed, AnswerCached, SessionLost or BotChallenge."""
    answers: list[Page] = []
    for url in (f"{site.home}/?rest_route={ROUTE}", f"{site.rest}{ROUTE}"):
        answer = client.send("POST", url, json={"key": key.text, "purpose": PURPOSE}, headers={"X-WP-Nonce": nonce})
        outcome = _outcome(answer, key)
        if outcome is not None:
            return outcome
        answers.append(answer)
    if all(answer.status in _ABSENT for answer in answers):
        return Registration.NO_AGENT
    raise _why(answers)


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
