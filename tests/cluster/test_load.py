"""Twenty calls at once: each makes a clone or is told when to come back; none hangs, none leaves anything."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest

from tests.cluster.conftest import READY_SECONDS, Facade, eventually

pytestmark = pytest.mark.cluster

CALLS = 20
ANSWER_SECONDS = 60  # after which a load balancer cuts; the facade answers within 45


@contextmanager
def removed(facade: Facade) -> Iterator[set[str]]:
    """Names of clones that are deleted, all at once, when the block ends."""
    names: set[str] = set()
    try:
        yield names
    finally:
        with ThreadPoolExecutor(CALLS) as pool:
            list(pool.map(facade.remove, names))


def listed(facade: Facade) -> set[str]:
    """Names of all clones."""
    return {view["name"] for view in facade.http.get("/clones").json()["clones"]}


def test_twenty_at_once(
    facade: Facade, source: dict[str, str], nothing_left: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    before, started = listed(facade), time.monotonic()
    with removed(facade) as names:
        with ThreadPoolExecutor(CALLS) as pool:
            answers = list(pool.map(lambda _: facade.order(source, ttl_minutes=30), range(CALLS)))
        answered = time.monotonic() - started
        names |= {name_of(answer) for answer in answers if answer.is_success}
        statuses = Counter(answer.status_code for answer in answers)
        assert statuses.keys() <= {200, 202, 429, 503}, [answer.text for answer in answers]
        assert len(names) == statuses[200] + statuses[202] > 0
        for refused in (answer for answer in answers if not answer.is_success):
            assert int(refused.headers["Retry-After"]) > 0
            assert refused.json()["code"] in {"TOO_MANY_REQUESTS", "NO_CAPACITY", "UNAVAILABLE"}
        assert max(answer.elapsed.total_seconds() for answer in answers) < ANSWER_SECONDS
        assert listed(facade) - before == names, "what was refused has made nothing"
        eventually(lambda: {facade.view(name)["phase"] for name in names} == {"Ready"}, READY_SECONDS, "all are ready")
        ready = time.monotonic() - started
    nothing_left()
    gone = time.monotonic() - started
    with capsys.disabled():
        print(
            f"\n{CALLS} POST /clone at once: {dict(statuses)}; answered {answered:.0f} s, ready {ready:.0f} s,", end=" "
        )
        print(f"all gone {gone:.0f} s")


def name_of(answer: httpx.Response) -> str:
    """The clone that an answer tells of."""
    name: str = answer.json()["name"]
    return name


def test_one_key_many_calls(facade: Facade, source: dict[str, str], nothing_left: Callable[[], None]) -> None:
    headers = {"Idempotency-Key": f"load-{time.monotonic_ns()}", "Prefer": "respond-async"}
    body = {"source": source, "ttl_minutes": 30}
    with removed(facade) as names:
        with ThreadPoolExecutor(5) as pool:
            answers = list(pool.map(lambda _: facade.http.post("/clone", json=body, headers=headers), range(5)))
        assert {answer.status_code for answer in answers} == {202}, [answer.text for answer in answers]
        names |= {name_of(answer) for answer in answers}
        (name,) = names
        facade.await_ready(name)
    nothing_left()
