"""Clones come and go while facade, controller, kro, database, network, node and source fail at random: nothing is left.

Thirty cycles and always the same seed by default; `make soak` takes more, and another one each time. `--seed` repeats
what a former run has printed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx
import pytest

from tests.cluster import inventory
from tests.cluster.conftest import READY_SECONDS, Facade, eventually, front_page
from tests.cluster.objects import Cluster
from tests.faults.cycles import Cycles, plan
from tests.faults.injector import FaultInjector

pytestmark = pytest.mark.cluster

BYSTANDER = "soak-bystander"
AT_ONCE = 8
LEFT_SECONDS = 180.0
ALL_FAULTS_SECONDS = 240.0


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """What decides about times, order and kinds of everything; printed by a run that fails, too."""
    given: int = request.config.getoption("--seed", default=1)
    return given


@pytest.fixture
def bystander() -> Iterator[Cluster]:
    """A clone that nobody touches, through all of it."""
    cluster = Cluster()
    cluster.create(BYSTANDER, ttlMinutes=1440)
    try:
        eventually(lambda: cluster.phase(BYSTANDER) == "Ready", READY_SECONDS, "the bystander is ready")
        yield cluster
    finally:
        cluster.clones.delete(BYSTANDER)
        eventually(lambda: cluster.phase(BYSTANDER) == "gone", 120, "the bystander is gone")


def test_nothing_is_left_and_nothing_living_is_lost(
    request: pytest.FixtureRequest,
    seed: int,
    bystander: Cluster,
    facade: Facade,
    source: dict[str, str],
    visitor: httpx.Client,
) -> None:
    number: int = request.config.getoption("--cycles", default=30)
    before, source_before, began = inventory.ours(), inventory.agent(), time.monotonic()
    cycles = Cycles(bystander, facade, source)
    print(f"\n{number} cycles, --seed={seed}")
    with FaultInjector(seed) as faults, ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(cycles.run, (plan(seed, at) for at in range(number))))
        eventually(faults.all_done, ALL_FAULTS_SECONDS, "every kind of fault has come")
    print(f"cycles: {dict(cycles.outcomes)}; faults: {dict(faults.done)}; {time.monotonic() - began:.0f} s")
    settled = partial(same_as_before, before, facade)
    eventually(settled, LEFT_SECONDS, f"all is as before (--seed={seed})")
    # A key that its facade did not live to revoke, or whose source did not answer then, ends by itself; so does the
    # agent with the last of them, when somebody visits its site.
    patience = inventory.key_seconds() + LEFT_SECONDS
    eventually(partial(source_is_as, source_before, source, visitor), patience, f"so is the source (--seed={seed})")
    url = bystander.get(BYSTANDER).url
    front_page(visitor, url)
    print(f"all is as before after {time.monotonic() - began:.0f} s")


def source_is_as(before: set[str], source: dict[str, str], visitor: httpx.Client) -> bool:
    """Whether nothing more is on the source, after a visit to it."""
    visitor.get(f"{source['url']}/")
    return inventory.agent() <= before


def same_as_before(before: set[str], facade: Facade) -> bool:
    """Whether there is nothing that was not, and of the bystander all that was.

    Where the facade died in the middle of a call there may be a clone, or the record of one, whose name nobody was
    told: that is deleted as a user would, who finds it in the list.
    """
    now = inventory.ours()
    for thing in now - before:
        print(f"  still there: {thing}", flush=True)
    for thing in (missing := inventory.of(BYSTANDER, before) - now):
        print(f"  missing: {thing}", flush=True)
    listed = facade.http.get("/clones")
    if listed.status_code == httpx.codes.OK:
        for clone in listed.json()["clones"]:
            if clone["name"].startswith("clone-") and f"Secret/{clone['name']}-secret" not in before:
                facade.http.delete(f"/clones/{clone['name']}", timeout=60)
    return now <= before and not missing
