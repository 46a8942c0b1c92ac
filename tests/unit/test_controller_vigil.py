"""One task that looks for all who wait."""

import asyncio

import pytest

from api.controller.vigil import TICK_SECONDS, Vigil


class Stopped:
    """kopf's stop flag."""

    def __init__(self) -> None:
        self._set = asyncio.Event()

    def set(self) -> None:
        self._set.set()

    async def wait(self, timeout: float | None = None) -> bool:
        assert timeout is None
        return await self._set.wait()


class Ticks:
    """Takes the place of sleeping; `seconds` is what was slept."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)


def test_each_goes_on_when_its_own_condition_holds() -> None:
    ticks, gone = Ticks(), []

    async def watch() -> None:
        vigil = Vigil(ticks)

        async def one(name: str, tick: int) -> None:
            assert await vigil.until(lambda: len(ticks.seconds) >= tick, Stopped())
            gone.append((name, len(ticks.seconds) >= tick))

        await asyncio.gather(one("late", 50), one("early", 10))

    asyncio.run(watch())
    assert gone == [("early", True), ("late", True)]
    assert set(ticks.seconds) == {TICK_SECONDS}


def test_who_is_told_to_stop_waits_no_longer_and_is_not_looked_for() -> None:
    ticks = Ticks()
    looks: list[int] = []

    def never() -> bool:
        looks.append(1)
        return False

    async def watch() -> bool:
        vigil, stopped = Vigil(ticks), Stopped()
        waiting = asyncio.create_task(vigil.until(never, stopped))
        while not looks:
            await asyncio.sleep(0)
        stopped.set()
        held = await waiting
        before = len(looks)
        assert await vigil.until(lambda: True, Stopped())
        assert len(looks) == before
        return held

    assert not asyncio.run(watch())


def test_a_condition_that_fails_is_its_owners_alone() -> None:
    def fail() -> bool:
        raise KeyError("no such key")

    async def watch() -> tuple[bool | BaseException, bool | BaseException]:
        vigil, ticks = Vigil(Ticks()), iter(range(5))
        both = vigil.until(fail, Stopped()), vigil.until(lambda: next(ticks) == 4, Stopped())
        return await asyncio.gather(*both, return_exceptions=True)

    failed, held = asyncio.run(watch())
    assert isinstance(failed, KeyError)
    assert held is True


def test_looking_ends_with_the_last_who_waits_and_begins_again() -> None:
    async def watch() -> None:
        vigil, alone = Vigil(Ticks()), len(asyncio.all_tasks())
        for _ in range(2):
            assert await vigil.until(lambda: True, Stopped())
            async with asyncio.timeout(5):
                while len(asyncio.all_tasks()) > alone:
                    await asyncio.sleep(0)

    asyncio.run(watch())


@pytest.mark.parametrize("count", [1, 200])
def test_all_are_looked_at_by_one_task(count: int) -> None:
    ticks = Ticks()

    async def watch() -> None:
        vigil = Vigil(ticks)
        await asyncio.gather(*(vigil.until(lambda: len(ticks.seconds) >= 3, Stopped()) for _ in range(count)))

    asyncio.run(watch())
    assert len(ticks.seconds) <= 5
