"""Signed calls to a site's agent: `hello`, to see that a key works, and `key.revoke`, to take it back.

The protocol is the engine's (`migrator.protocol`); the connection is ours, because the facade's calls have to pass the
address check. The agent answers on any URL of the site; three are tried, for firewalls that close one of them.
"""

import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping

from api.domain.errors import CloneError, SourceRefused
from api.domain.keys import AgentKey
from api.domain.text import clean
from api.source.client import SourceClient
from api.source.page import Page
from migrator import protocol
from migrator.errors import MigrationError

_HEADERS = {"Content-Type": protocol.CONTENT_TYPE, "X-Custom-Migrator": "1"}
_NO_ARGUMENTS: dict[str, object] = {}


class AgentSilent(SourceRefused):
    """No URL of the site is answered by an agent."""


class KeyUnknown(SourceRefused):
    """The agent does not know the key, or its time is over."""


class Agent:
    """The agent of one site, called with one key. `now` is Unix time in seconds."""

    def __init__(
        self, client: SourceClient, home: str, siteurl: str, key: AgentKey, now: Callable[[], float] = time.time
    ) -> None:
        self._client = client
        self._urls = (f"{home}/", f"{siteurl}/wp-admin/admin-ajax.php", f"{home}/wp-json/")
        self._key = protocol.AgentKey(key.id, key.secret)
        self._now = now
        self._offset = 0

    def hello(self) -> Mapping[str, object]:
        """Return what the agent tells of itself and its site."""
        return self._call("hello")

    def revoke(self) -> None:
        """Take the key back; with its last key the agent removes itself."""
        self._call("key.revoke")

    def _call(self, op: str) -> Mapping[str, object]:
        """Return the answer to one operation; raises AgentSilent, or SourceRefused with the agent's reason."""
        failure: CloneError = AgentSilent("The migration plugin does not answer at the source.", reason="AGENT_SILENT")
        for url in self._urls:
            for answer in self._tries(url, op):
                if isinstance(answer, CloneError):
                    failure = answer
                elif answer is not None:
                    return answer
        raise failure

    def _tries(self, url: str, op: str) -> Iterator[Mapping[str, object] | CloneError | None]:
        """Yield what came of one URL: a second time if the agent's clock differs from ours."""
        page, nonce = self._post(url, op)
        refusal = _refusal(page)
        if refusal.get("code") == "clock" and isinstance(refusal.get("time"), int):
            self._offset = int(str(refusal["time"])) - int(self._now())
            page, nonce = self._post(url, op)
            refusal = _refusal(page)
        if refusal:
            yield KeyUnknown(f"The migration plugin refused the key ({refusal['code']}).", reason="KEY_REFUSED")
        else:
            yield self._read(page, op, nonce)

    def _post(self, url: str, op: str) -> tuple[Page, str]:
        nonce = secrets.token_hex(16)
        timestamp = int(self._now()) + self._offset
        body = protocol.encode_request(self._key, op, _NO_ARGUMENTS, timestamp=timestamp, nonce=nonce)
        page = self._client.send("POST", f"{url}?custom-migrator=1", content=body, headers=_HEADERS)
        return page, nonce

    def _read(self, page: Page, op: str, nonce: str) -> Mapping[str, object] | CloneError | None:
        try:
            answer = protocol.decode_answer(self._key, op, nonce, page.body)
            if answer is None:
                return None
            if answer.status == "ok":
                document = json.loads(bytes(answer.payload))
                return document if isinstance(document, dict) else None
            code, message = protocol.error_of(answer.payload)
        except (MigrationError, ValueError):
            return SourceRefused("The migration plugin's answer is damaged on its way.", reason="ANSWER_DAMAGED")
        return SourceRefused(f"The migration plugin says {clean(code)}: {clean(message)}", reason="AGENT_ERROR")


def _refusal(page: Page) -> Mapping[str, object]:
    """Return the agent's refusal of a signature, empty if the answer is something else."""
    if page.status != 403 or not page.body.lstrip().startswith(b"{"):
        return {}
    try:
        document = json.loads(page.body)
    except ValueError:
        return {}
    known = ("unauthenticated", "expired", "clock")
    return document if isinstance(document, dict) and document.get("code") in known else {}
