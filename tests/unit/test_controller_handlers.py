"""The verbs hung on kopf: what is tried again, what is final, and that nothing blocks anything else."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any

import kopf
import pytest
from prometheus_client import REGISTRY

from api.controller import vigil
from api.controller.handlers import LONGEST_RETRY_SECONDS, RETRY_SECONDS, WHOLE, Handlers, tried_again
from api.controller.pacing import Pacing
from api.controller.progress import SLOW_SECONDS, Following
from api.domain.errors import DatabaseUnavailable, Duplicate, NotFound
from tests.unit.controller_fakes import NAME, NOW, SECRETS, FakeWorld, clone, intent, progress


class Stopped:
    """kopf's stop flag: sets itself after some waits with an end, which take no time."""

    def __init__(self, after: int) -> None:
        self.pauses: list[float] = []
        self._after = after

    async def wait(self, pause: float | None = None) -> bool:
        if pause is None:
            await asyncio.Event().wait()
            return False
        self.pauses.append(pause)
        await asyncio.sleep(0)
        return len(self.pauses) > self._after


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vigil, "TICK_SECONDS", 0.0)


async def some_looks() -> None:
    """Let the vigil look a few times."""
    for _ in range(20):
        await asyncio.sleep(0)


def body(phase: str = "", **metadata: Any) -> dict[str, Any]:
    """Return the object that `clone()` was read from."""
    created = (NOW - timedelta(minutes=1)).isoformat()
    known = {"name": NAME, "uid": "uid-1", "resourceVersion": "1", "creationTimestamp": created}
    return {
        "metadata": known | metadata,
        "spec": {"ttlMinutes": 60},
        "status": {"phase": phase, "url": "https://clones.test/"},
    }


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def test_a_new_object_is_made_whole(threads: ThreadPoolExecutor) -> None:
    world, memo = FakeWorld(), kopf.Memo()
    run(Handlers(world.ports(), threads, threads, threads).on_seen(body=body(), memo=memo))
    assert NAME in world.secrets
    assert memo[WHOLE]


def test_an_object_that_is_ready_is_not_looked_at_again(threads: ThreadPoolExecutor) -> None:
    world, memo = FakeWorld(), kopf.Memo()
    run(Handlers(world.ports(), threads, threads, threads).on_seen(body=body("Ready"), memo=memo))
    assert world.done == []
    assert memo[WHOLE]


def test_what_is_down_is_tried_again(threads: ThreadPoolExecutor) -> None:
    world, memo = FakeWorld(failures={"create database": DatabaseUnavailable("down")}), kopf.Memo()
    handler = tried_again(Handlers(world.ports(), threads, threads, threads).on_seen)
    with pytest.raises(kopf.TemporaryError, match="down") as first:
        run(handler(body=body(), memo=memo, retry=0))
    with pytest.raises(kopf.TemporaryError) as hundredth:
        run(handler(body=body(), memo=memo, retry=99))
    assert (first.value.delay, hundredth.value.delay) == (RETRY_SECONDS, LONGEST_RETRY_SECONDS)
    assert WHOLE not in memo


def test_a_secret_that_vanished_meanwhile_is_no_final_failure(threads: ThreadPoolExecutor) -> None:
    world = FakeWorld(config_map={}, failures={"create Secret": NotFound("gone")})
    with pytest.raises(NotFound):
        run(Handlers(world.ports(), threads, threads, threads).on_seen(body=body(), memo=kopf.Memo()))
    assert world.config_map == {}


def test_what_is_somebody_elses_is_final_and_never_followed(threads: ThreadPoolExecutor) -> None:
    world = FakeWorld(
        config_map={}, failures={"create database": Duplicate("theirs")}, imports={NAME: progress("done")}
    )
    memo, handlers = kopf.Memo(), Handlers(world.ports(), threads, threads, threads)
    with pytest.raises(kopf.PermanentError, match="theirs"):
        run(handlers.on_seen(body=body(), memo=memo))
    run(handlers.follow(name=NAME, body=body(), memo=memo, stopped=Stopped(3)))
    assert world.done == ["write progress Failed 0"]


def test_an_import_is_followed_to_its_end(threads: ThreadPoolExecutor) -> None:
    world = FakeWorld(config_map={}, imports={NAME: progress("failed")})
    stopped = Stopped(100)
    run(
        Handlers(world.ports(), threads, threads, threads).follow(
            name=NAME, body=body(), memo=kopf.Memo(whole=True), stopped=stopped
        )
    )
    assert world.done == ["write progress Failed 41"]
    assert len(stopped.pauses) == 1
    assert [watch.open for watch in world.watches] == [False]


def test_following_bears_with_a_database_that_is_down(
    threads: ThreadPoolExecutor, caplog: pytest.LogCaptureFixture
) -> None:
    world = FakeWorld(config_map={}, failures={"read progress": DatabaseUnavailable("down")})
    run(
        Handlers(world.ports(), threads, threads, threads).follow(
            name=NAME, body=body(), memo=kopf.Memo(whole=True), stopped=Stopped(5)
        )
    )
    assert caplog.text.count("could not follow") == 1


def test_a_clone_that_is_ready_is_looked_at_again_when_it_no_longer_is(threads: ThreadPoolExecutor) -> None:
    world, live = FakeWorld(config_map={}, imports={NAME: progress("done")}), body("Ready")
    stopped = Stopped(1000)

    async def lose_the_pod() -> None:
        handlers = Handlers(world.ports(), threads, threads, threads)
        memo = kopf.Memo(whole=True)
        following = asyncio.ensure_future(handlers.follow(name=NAME, body=live, memo=memo, stopped=stopped))
        while not (world.watches and not world.watches[0].open):
            await asyncio.sleep(0)
        world.meanwhile["progress"] = lambda: world.done.append("asked the database")
        await some_looks()
        assert REGISTRY.get_sample_value("clone_controller_imports_followed") == 0
        assert [watch.open for watch in world.watches] == [False]
        world.meanwhile.clear()
        world.imports[NAME] = progress("failed", code="VOLUME_LOST")
        live["status"]["phase"] = "Preparing"
        await following

    run(lose_the_pod())
    assert world.done == ["write progress Ready 100", "write progress Lost 41"]


def test_an_import_is_followed_when_kro_has_made_the_parts(threads: ThreadPoolExecutor) -> None:
    world, live = FakeWorld(config_map={}, imports={NAME: progress("failed")}), body()
    live["status"] = {}

    async def make_them_later() -> None:
        handlers, memo = Handlers(world.ports(), threads, threads, threads), kopf.Memo(whole=True)
        following = asyncio.ensure_future(handlers.follow(name=NAME, body=live, memo=memo, stopped=Stopped(100)))
        await some_looks()
        assert not world.watches
        assert REGISTRY.get_sample_value("clone_controller_imports_followed") == 0
        live["status"] = {"url": "https://clones.test/"}
        await following

    run(make_them_later())
    assert world.done == ["write progress Failed 41"]


def test_a_slow_progress_query_holds_up_no_deletion() -> None:
    world = FakeWorld(config_map={}, objects={NAME: clone(deleted_at=NOW)}, imports={NAME: progress("failed")})
    asked, answer = threading.Event(), threading.Event()

    def slow() -> None:
        asked.set()
        answer.wait(10)

    world.meanwhile["progress"] = slow

    async def delete_meanwhile(handlers: Handlers) -> None:
        memo, stopped = kopf.Memo(whole=True), Stopped(100)
        following = asyncio.ensure_future(handlers.follow(name=NAME, body=body(), memo=memo, stopped=stopped))
        while not asked.is_set():
            await asyncio.sleep(0)
        await handlers.on_deleted(name=NAME, body=body(deletionTimestamp=NOW.isoformat()))
        assert not following.done()
        answer.set()
        await following

    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as follower:
        run(delete_meanwhile(Handlers(world.ports(), one, follower, follower)))
    assert world.done == [f"drop database {NAME}", f"delete Secret {NAME}", "write progress Failed 41"]


def test_clones_that_make_it_slow_hold_up_no_other_ones_progress() -> None:
    """More of them than there are threads, and all of these wait; one that is new goes on."""
    release, asked = threading.Event(), threading.Semaphore(0)
    worlds = [FakeWorld(config_map={}, imports={NAME: progress("running")}) for _ in range(3)]
    honest = FakeWorld(config_map={})

    def hang() -> None:
        asked.release()
        release.wait(30)

    async def follow(world: FakeWorld, pools: tuple[ThreadPoolExecutor, ...], *, slow: bool) -> None:
        handlers = Handlers(world.ports(), *pools)
        times = iter([0.0, SLOW_SECONDS * 2 if slow else 0.0, 0.0, 0.0])
        following = Following(world.ports(), NAME, times.__next__)
        following.look(clone())
        if slow:
            world.meanwhile["progress"] = hang
        await handlers.look(following, clone())

    async def all_of_them(*pools: ThreadPoolExecutor) -> None:
        hanging = [asyncio.ensure_future(follow(world, pools, slow=True)) for world in worlds]
        while not asked.acquire(blocking=False):
            await asyncio.sleep(0)
        honest.meanwhile["progress"] = lambda: honest.imports.update({NAME: progress("failed")})
        await follow(honest, pools, slow=False)
        release.set()
        await asyncio.gather(*hanging)

    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as two, ThreadPoolExecutor(1) as three:
        asyncio.run(all_of_them(one, two, three))
    assert honest.done == ["write progress Failed 41"]


def test_an_object_is_deleted_when_its_time_is_over(threads: ThreadPoolExecutor) -> None:
    world = FakeWorld(objects={NAME: clone()})
    live, stopped = body(), Stopped(100)
    handlers = Handlers(world.ports(), threads, threads, threads)

    async def shorten_later() -> None:
        waiting = asyncio.ensure_future(handlers.expire(name=NAME, body=live, stopped=stopped))
        await some_looks()
        assert world.done == []
        live["spec"]["ttlMinutes"] = 1
        world.objects[NAME] = clone(ttl_minutes=1, expires_at=NOW)
        await waiting

    run(shorten_later())
    assert world.done == [f"delete object {NAME}"]


def test_a_clock_that_jumps_is_seen_at_the_next_look(threads: ThreadPoolExecutor) -> None:
    world = FakeWorld(objects={NAME: clone()})
    handlers = Handlers(world.ports(), threads, threads, threads)

    async def jump_later() -> None:
        waiting = asyncio.ensure_future(handlers.expire(name=NAME, body=body(), stopped=Stopped(0)))
        await some_looks()
        world.now -= timedelta(hours=2)
        await some_looks()
        assert world.done == []
        world.now += timedelta(hours=4)
        await waiting

    run(jump_later())
    assert world.done == [f"delete object {NAME}"]


def test_a_deletion_that_came_too_late_for_a_longer_ttl_is_waited_for_anew(threads: ThreadPoolExecutor) -> None:
    world = FakeWorld(objects={NAME: clone(expires_at=NOW + timedelta(hours=1))})
    handlers = Handlers(world.ports(), threads, threads, threads)
    late = body()
    late["spec"]["ttlMinutes"] = 1

    async def extend() -> None:
        waiting = asyncio.ensure_future(handlers.expire(name=NAME, body=late, stopped=Stopped(0)))
        await some_looks()
        assert not waiting.done()
        late["spec"]["ttlMinutes"] = 60
        world.now += timedelta(hours=2)
        await waiting

    run(extend())
    assert world.done == [f"delete object {NAME}"]


def test_a_deletion_waits_for_the_parts_then_removes_the_rest(threads: ThreadPoolExecutor) -> None:
    world = FakeWorld(
        objects={NAME: clone(deleted_at=NOW)},
        records={NAME: replace(intent(), requested_by="")},
        secrets={NAME: SECRETS},
        accounts={NAME: ("db-value", NOW)},
        with_pods={NAME},
    )
    done_before: list[str] = []

    def end_the_pod() -> None:
        done_before.extend(world.done)
        world.with_pods.clear()

    world.meanwhile["pods"] = end_the_pod
    run(
        Handlers(world.ports(), threads, threads, threads).on_deleted(
            name=NAME, body=body(deletionTimestamp=NOW.isoformat())
        )
    )
    assert done_before == []
    assert world.done == [f"drop database {NAME}", f"delete Secret {NAME}"]


def test_a_deletion_goes_on_when_the_database_is_back(threads: ThreadPoolExecutor) -> None:
    world = FakeWorld(objects={NAME: clone(deleted_at=NOW)}, failures={"drop database": DatabaseUnavailable("down")})
    handlers = Handlers(world.ports(), threads, threads, threads)
    deleted = body(deletionTimestamp=NOW.isoformat())
    with pytest.raises(DatabaseUnavailable):
        run(handlers.on_deleted(name=NAME, body=deleted))
    world.failures.clear()
    run(handlers.on_deleted(name=NAME, body=deleted))
    assert world.done == [f"drop database {NAME}", f"delete Secret {NAME}"]


def test_the_more_clones_wait_the_longer_each_pauses() -> None:
    pacing = Pacing(looks_per_second=10)
    assert pacing.pause(0.5) == 0.5
    with ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(pacing.waiting())
        assert pacing.pause(0.5) == 20
    assert pacing.pause(0.5) == 0.5
