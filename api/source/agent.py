"""Signed calls to a site's agent: `hello`, to see that a key works, and `key.revoke`, to take it back.

The calls are the engine's (`migrator.channel`, `migrator.remote`), so that facade and engine understand a site alike.
The connection is the preparation's session, because the facade's calls have to pass its checks: the address, the site
that the session is bound to, the size of an answer, the time that is left.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx

from api.domain.errors import CloneError, SourceRefused
from api.domain.keys import AgentKey
from api.domain.text import clean
from api.source.client import USER_AGENT, SourceClient
from api.source.json_text import parse_object
from migrator import errors, protocol
from migrator.channel import Channel
from migrator.remote import RemoteSite
from migrator.retrying import RetryPolicy

_HEADERS = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity"}
_ONCE = RetryPolicy(attempts=1)  # a session is short, and whoever has it decides what to try again


class AgentSilent(SourceRefused):
    """No URL of the site is answered by an agent."""


class KeyUnknown(SourceRefused):
    """The agent does not know the key, or its time is over."""


class Agent:
    """The agent of one site, called with one key; raises SourceRefused for addresses that cannot be a site's.

    Its calls raise AgentSilent, KeyUnknown, or SourceRefused with the agent's reason; and whatever the session raises.
    """

    def __init__(self, client: SourceClient, home: str, siteurl: str, key: AgentKey) -> None:
        http = httpx.Client(transport=_Session(client), trust_env=False, headers=_HEADERS)
        with _translated():
            self._channel = Channel(home, protocol.AgentKey(key.id, key.secret), http, siteurl=siteurl)

    def hello(self) -> Mapping[str, object]:
        """Return what the agent tells of itself and its site; unchecked, because it may be of another version."""
        with _translated():
            answer = parse_object(bytes(self._channel.call("hello", {})).decode("utf-8", "replace"))
            if answer is None:
                raise errors.AnswerDamaged("The source's agent does not say what it is.")
            return answer

    def revoke(self) -> None:
        """Take the key back; with its last key the agent removes itself."""
        with _translated():
            RemoteSite(self._channel, _ONCE).revoke()


class _Session(httpx.BaseTransport):
    """Carries the engine's requests over a session with all its limits; errors are the session's, none of httpx's."""

    def __init__(self, client: SourceClient) -> None:
        self._client = client

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. The body is decoded already, so headers that describe its encoding must not come along."""
        page = self._client.send(request.method, str(request.url), content=request.read(), headers=request.headers)
        kept = {name: page.headers[name] for name in ("location",) if name in page.headers}
        return httpx.Response(page.status, headers=kept, stream=httpx.ByteStream(page.body))


@contextmanager
def _translated() -> Iterator[None]:
    """Turn the engine's errors into the facade's."""
    try:
        yield
    except errors.MigrationError as error:
        raise _translate(error) from error


def _translate(error: errors.MigrationError) -> CloneError:
    match error:
        case errors.AgentMissing() | errors.SourceUnreachable():
            return AgentSilent("The migration plugin does not answer at the source.", reason="AGENT_SILENT")
        case errors.KeyRefused() | errors.KeyExpired():
            return KeyUnknown("The migration plugin refused the key.", reason="KEY_REFUSED")
        case errors.AnswerDamaged() | errors.SourceDataInvalid():
            return SourceRefused("The migration plugin's answer is damaged on its way.", reason="ANSWER_DAMAGED")
    return SourceRefused(clean(error.message), reason="AGENT_ERROR")
