"""What happens at which event of an object: the verbs, hung on kopf.

Handlers are coroutines and the verbs' work is done in threads, so a clone whose database or source is slow holds up no
other one. Following has few threads of its own: it asks the database all the time, and however slow that is, there are
threads left for expiry and deletion; and one more for those whose last look was slow, which a clone can bring about, so
that they wait for each other and not the others for them. What is temporary is tried again by kopf, at growing
intervals; its notes about that stand in annotations of the object, never in the status, which is kro's.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

import kopf

from api.cluster.clones import CloneObject, to_clone
from api.controller import deletion, expiry
from api.controller.departures import Departures
from api.controller.ensure import ensure, refuse
from api.controller.metrics import ERRORS, FOLLOWED
from api.controller.pacing import IMPORTS_PER_SECOND, Pacing
from api.controller.ports import Ports
from api.controller.progress import Following
from api.controller.vigil import Stopped, Vigil
from api.domain.errors import CloneError, Duplicate, InvalidRequest

logger = logging.getLogger(__name__)

RETRY_SECONDS = 2.0  # until the first new try; each further one comes twice as late
LONGEST_RETRY_SECONDS = 15.0  # so that what was down an hour is noticed soon after it is back
WHOLE = "whole"  # key in an object's memo: its database is known to be its own

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Handlers:
    """The handlers of one namespace's WordPressClones.

    `followers` are the threads that progress is followed in, `slow_followers` that of clones that make it slow.
    """

    def __init__(
        self,
        ports: Ports,
        threads: ThreadPoolExecutor,
        followers: ThreadPoolExecutor,
        slow_followers: ThreadPoolExecutor,
    ) -> None:
        self._ports = ports
        self._threads = threads
        self._followers = followers
        self._slow_followers = slow_followers
        self._followed = Pacing(IMPORTS_PER_SECOND)
        self._departures = Departures(self._find_clear)
        self._vigil = Vigil()

    async def on_seen(self, body: Mapping[str, Any], memo: kopf.Memo, **_: Any) -> None:
        """Make an object whole that is new, or that was there when the controller started."""
        clone = to_clone(body)
        if clone.phase != "Ready":
            await self._ensure(clone)
        memo[WHOLE] = True

    async def follow(self, name: str, body: Mapping[str, Any], memo: kopf.Memo, stopped: Stopped, **_: Any) -> None:
        """Follow an import until its clone is ready; then wait, and follow again when it no longer is."""
        following, stop = Following(self._ports, name), False
        while not (stop or following.finished):
            if following.rests(to_clone(body)):
                stop = not await self._vigil.until(lambda: not following.rests(to_clone(body)), stopped)
            else:
                with FOLLOWED.track_inprogress(), self._followed.waiting():
                    stop = await self._follow(following, body, memo, stopped)

    async def expire(self, name: str, body: Mapping[str, Any], stopped: Stopped, **_: Any) -> None:
        """Delete an object when its time is over; `body` is what the watch said last, a TTL that was edited too."""
        while await self._vigil.until(lambda: to_clone(body).expires_at <= self._ports.now(), stopped):
            if await self._in_thread("expire", expiry.expire, self._ports, name):
                return

    async def on_deleted(self, name: str, body: Mapping[str, Any], **_: Any) -> None:
        """Remove what kro does not, when kro is done."""
        clone = to_clone(body)
        if not await self._in_thread("remove", deletion.is_due, self._ports, clone):
            return
        await self._departures.wait_until_clear(clone)
        arguments = (self._ports, name, clone.source_url, clone.database_host)
        await self._in_thread("remove", deletion.revoke_source_key, *arguments)
        await self._in_thread("remove", deletion.clean, self._ports, clone)

    async def _find_clear(self, clones: Sequence[CloneObject]) -> set[str]:
        return await self._in_thread("remove", deletion.find_clear, self._ports, clones)

    async def _ensure(self, clone: CloneObject) -> None:
        try:
            await self._in_thread("ensure", ensure, self._ports, clone)
        except (Duplicate, InvalidRequest) as error:
            await self._in_thread("ensure", refuse, self._ports, clone, error)
            raise kopf.PermanentError(error.detail) from error

    async def _follow(self, following: Following, body: Mapping[str, Any], memo: kopf.Memo, stopped: Stopped) -> bool:
        """Look until there is nothing more to see; return whether we were told to stop before that."""
        failing = False
        try:
            while not (following.finished or following.rests(to_clone(body))):
                if await stopped.wait(self._followed.pause(RETRY_SECONDS if failing else following.pause)):
                    return True
                if memo.get(WHOLE):
                    failing = not await self.look(following, to_clone(body), quiet=failing)
        finally:
            await self._in("follow", self._threads_for(following), following.close)
        return False

    async def look(self, following: Following, clone: CloneObject, *, quiet: bool = False) -> bool:
        """Look at an import once; return whether that worked, and say so the first time if not."""
        try:
            await self._in("follow", self._threads_for(following), following.look, clone)
        except CloneError as error:
            if not quiet:
                logger.warning("could not follow an import", extra={"clone": clone.name, "code": error.code})
            return False
        return True

    def _threads_for(self, following: Following) -> ThreadPoolExecutor:
        return self._slow_followers if following.is_slow else self._followers

    async def _in_thread(
        self, action: str, work: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result:
        return await self._in(action, self._threads, work, *args, **kwargs)

    async def _in(
        self,
        action: str,
        threads: ThreadPoolExecutor,
        work: Callable[Arguments, Result],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Result:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(threads, lambda: work(*args, **kwargs))
        except CloneError as error:
            ERRORS.labels(action, error.code).inc()
            raise


def tried_again(handler: Callable[..., Awaitable[None]]) -> Callable[..., Coroutine[Any, Any, None]]:
    """Return `handler` for kopf: whatever error of ours it raises, it is called again."""

    async def wrapped(*, retry: int = 0, **kwargs: Any) -> None:
        try:
            await handler(**kwargs)
        except CloneError as error:
            delay = min(LONGEST_RETRY_SECONDS, RETRY_SECONDS * 2 ** min(retry, 10))
            raise kopf.TemporaryError(error.detail, delay=delay) from error

    return wrapped
