"""One look for all clones that wait to be gone."""

import asyncio
from collections.abc import Sequence

import pytest

from api.cluster.clones import CloneObject
from api.controller import departures
from api.controller.departures import Departures
from api.domain.errors import ClusterUnavailable
from tests.unit.controller_fakes import NOW, clone


class Looks:
    """What the looks of a test find, one after the other; the last one's answer stays."""

    def __init__(self, *found: set[str] | Exception) -> None:
        self.asked_for: list[list[str]] = []
        self._found = [*found]

    async def __call__(self, clones: Sequence[CloneObject]) -> set[str]:
        self.asked_for.append([clone.name for clone in clones])
        await asyncio.sleep(0)
        found = self._found.pop(0) if len(self._found) > 1 else self._found[0]
        if isinstance(found, Exception):
            raise found
        return found & {clone.name for clone in clones}


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(departures, "PAUSE_SECONDS", 0.0)


def leaving(name: str) -> CloneObject:
    return clone(name=name, deleted_at=NOW)


def test_all_are_asked_for_at_once_and_each_goes_when_it_is_clear() -> None:
    looks = Looks(set(), {"a"}, {"b", "c"})
    gone: list[str] = []

    async def leave() -> None:
        waiting = Departures(looks)

        async def one(name: str) -> None:
            await waiting.wait_until_clear(leaving(name))
            gone.append(name)

        await asyncio.gather(*(one(name) for name in "abc"))

    asyncio.run(leave())
    assert gone == ["a", "b", "c"]
    assert looks.asked_for == [["a", "b", "c"], ["a", "b", "c"], ["b", "c"]]


def test_who_comes_later_is_looked_for_too() -> None:
    looks = Looks({"a"}, {"b"})

    async def leave() -> None:
        waiting = Departures(looks)
        await waiting.wait_until_clear(leaving("a"))
        await waiting.wait_until_clear(leaving("b"))

    asyncio.run(leave())
    assert looks.asked_for == [["a"], ["b"]]


def test_all_who_come_during_a_look_share_the_next_one() -> None:
    asked_for: list[list[str]] = []

    async def leave() -> None:
        going_on, end = asyncio.Event(), asyncio.Event()

        async def slow(clones: Sequence[CloneObject]) -> set[str]:
            asked_for.append([clone.name for clone in clones])
            going_on.set()
            await end.wait()
            return {clone.name for clone in clones}

        waiting = Departures(slow)
        leaving_now = [asyncio.create_task(waiting.wait_until_clear(leaving("a")))]
        await going_on.wait()
        for name in "bcd":
            leaving_now.append(asyncio.create_task(waiting.wait_until_clear(leaving(name))))
            await asyncio.sleep(0)
        end.set()
        await asyncio.gather(*leaving_now)

    asyncio.run(leave())
    assert asked_for == [["a"], ["b", "c", "d"]]


def test_a_look_that_fails_is_everybodys_and_the_next_one_is_made_anew() -> None:
    looks = Looks(ClusterUnavailable("away"), {"a", "b"})

    async def leave() -> list[BaseException | None]:
        waiting = Departures(looks)
        both = [waiting.wait_until_clear(leaving(name)) for name in "ab"]
        failed = await asyncio.gather(*both, return_exceptions=True)
        await waiting.wait_until_clear(leaving("a"))
        return failed

    failed = asyncio.run(leave())
    assert [type(error) for error in failed] == [ClusterUnavailable] * 2
    assert looks.asked_for == [["a", "b"], ["a"]]


def test_who_is_told_to_stop_waiting_is_not_looked_for() -> None:
    looks = Looks(set(), {"b"})

    async def leave() -> None:
        waiting = Departures(looks)
        stopped = asyncio.create_task(waiting.wait_until_clear(leaving("a")))
        other = asyncio.create_task(waiting.wait_until_clear(leaving("b")))
        while not looks.asked_for:
            await asyncio.sleep(0)
        stopped.cancel()
        await other

    asyncio.run(leave())
    assert looks.asked_for == [["a", "b"], ["b"]]


@pytest.mark.parametrize(("waiting", "pause"), [(1, 0.5), (1000, 2.0)])
def test_the_more_wait_the_longer_is_the_pause(waiting: int, pause: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    pauses: list[float] = []
    looks = Looks(set(), {f"c-{number}" for number in range(waiting)})

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.sleep(0)

    async def leave() -> None:
        together = Departures(looks, monotonic=lambda: 0.0, sleep=sleep)
        await asyncio.gather(*(together.wait_until_clear(leaving(f"c-{number}")) for number in range(waiting)))

    asyncio.run(leave())
    assert pauses == [0.0, pause]
