"""Signed calls to a site's agent: `hello`, to see that a key works, and `key.revoke`, to take it back.

The calls are the engine's (`migrator.channel`, `migrator.remote`), so that facade and engine understand a site alike.
The connection is the preparation's session, because the facade's calls have to pass its checks: the address, the site
that the session is bound to, the size of an answer, the time that is left.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

import httpx

from api.domain.errors import CloneError
from api.domain.keys import AgentKey
from api.domain.refusals.agent import AgentFailed, AgentSilent, AnswerCached, AnswerDamaged, KeyRefused
from api.domain.text import clean
from api.source.again import AnswerLost, again
from api.source.client import SourceClient
from api.source.front import check_challenge, is_cached
from api.source.json_text import parse_object
from api.source.page import Page
from migrator import errors, protocol
from migrator.channel import Channel
from migrator.remote import RemoteSite
from migrator.retrying import RetryPolicy

_OURS = ("user-agent", "accept-encoding")  # the session's own, or a browser's whose clearance it has
_LOST = (AnswerLost, AgentSilent, AnswerDamaged)
_ONCE = RetryPolicy(attempts=1)  # a session is short, and whoever has it decides what to try again


class Agent:
    """The agent of one site, called with one key; raises AgentFailed for addresses that cannot be a site's.

    Its calls raise AgentSilent, KeyRefused, AnswerDamaged or AgentFailed, and whatever the session raises.
    """

    def __init__(self, client: SourceClient, home: str, siteurl: str, key: AgentKey) -> None:
        self._client = client
        self._session = _Session(client)
        http = httpx.Client(transport=self._session, trust_env=False)
        with _translated():
            self._channel = Channel(home, protocol.AgentKey(key.id, key.secret), http, siteurl=siteurl)

    def hello(self) -> Mapping[str, object]:
        """Return what the agent tells of itself and its site; unchecked, because it may be of another version.

        Where no agent answers, raises what `check_challenge` does, or AnswerCached, if that is why.
        """
        return again(self._greet, self._client.pause, _LOST)

    def _greet(self) -> Mapping[str, object]:
        self._session.pages.clear()
        try:
            return self._hello()
        except AgentSilent as error:
            raise self._why_silent() from error

    @property
    def met_pages(self) -> bool:
        """Whether ordinary pages answered the last `hello`: where an agent is known to be, they are a cache's."""
        return any(page.status == 200 for page in self._session.pages)

    def _why_silent(self) -> AgentSilent:
        for page in self._session.pages:
            check_challenge(page)
        return AnswerCached() if any(map(is_cached, self._session.pages)) else AgentSilent()

    def _hello(self) -> Mapping[str, object]:
        answer = parse_object(self._call("hello", {}))
        if answer is None:
            raise AnswerDamaged("The migration plugin does not say what it is.")
        return answer

    def _call(self, op: str, arguments: Mapping[str, object]) -> str:
        with _translated():
            return bytes(self._channel.call(op, arguments)).decode("utf-8", "replace")

    def count_files(self, root: str, cursor: str | None) -> tuple[int, str | None]:
        """Return the bytes of a root's files after `cursor`, as far as one call comes, and where to go on (None: done).

        AgentFailed from an agent that cannot count.
        """
        call = partial(self._call, "files.count", {"root": root, "cursor": cursor})
        answer = parse_object(again(call, self._client.pause, _LOST)) or {}
        size, following = answer.get("bytes"), answer.get("next")
        if not isinstance(size, int) or size < 0:
            raise AnswerDamaged("The migration plugin does not say how large the site is.")
        return size, following if isinstance(following, str) else None

    def revoke(self) -> None:
        """Take the key back; with its last key the agent removes itself.

        Where the answer is lost and the key taken back, asking again raises AgentSilent or KeyRefused.
        """
        again(self._revoke, self._client.pause)

    def _revoke(self) -> None:
        with _translated():
            RemoteSite(self._channel, _ONCE).revoke()


class _Session(httpx.BaseTransport):
    """Carries the engine's requests over a session with all its limits; errors are the session's, none of httpx's."""

    def __init__(self, client: SourceClient) -> None:
        self._client = client
        self.pages: list[Page] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. The body is decoded already, so headers that describe its encoding must not come along."""
        headers = {name: value for name, value in request.headers.items() if name not in _OURS}
        page = self._client.send(request.method, str(request.url), content=request.read(), headers=headers)
        self.pages.append(page)
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
            return AgentSilent()
        case errors.KeyRefused() | errors.KeyExpired():
            return KeyRefused()
        case errors.AnswerDamaged() | errors.SourceDataInvalid():
            return AnswerDamaged()
    return AgentFailed(clean(error.message))
