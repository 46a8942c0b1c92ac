"""Whatever is killed, at whatever moment: the next start goes on, sends little twice, and ends with an exact copy."""

import random
from collections.abc import Callable

import pytest

from tests.engine.harness import Bench, check_copy
from tests.engine.process import Clone, Outcome
from tests.engine.proxy import at_byte
from tests.engine.sites import Site

pytestmark = pytest.mark.engine
MOST_SENT = 1.10  # of what an undisturbed run is sent
MOST_STARTS = 10


@pytest.fixture(scope="module")
def undisturbed(bench: Bench) -> int:
    """Bytes that the source sends in a run that nothing disturbs."""
    site = bench.killed_site
    with bench.clone(bench.target) as clone:
        assert bench.copy(site, clone).status == 0
        return bench.proxy.sent


@pytest.fixture
def check_sent(bench: Bench, undisturbed: int, record_property: Callable[[str, object], None]) -> Callable[[], None]:
    """Fails where too much was sent twice; the ratio is in the XML report of a run that writes one."""

    def check() -> None:
        ratio = bench.proxy.sent / undisturbed
        record_property("sent_over_undisturbed", round(ratio, 4))
        assert ratio <= MOST_SENT, f"{ratio:.3f} of {undisturbed:,} bytes: {bench.proxy.by_op}"

    return check


def position(victim: str, kill: int, total: int) -> int:
    """Where to kill, in bytes sent; the same in every run of the tests."""
    return int(total * random.Random(f"{victim} {kill}").uniform(0.0, 0.98))


def finish(bench: Bench, site: Site, clone: Clone, key: str, first: Outcome, ready: Callable[[], None]) -> None:
    """Start the engine until it is done, as its operator would: again after a status below 20."""
    outcome = first
    for _ in range(MOST_STARTS):
        if outcome.status == 0:
            return
        assert outcome.status < 20, (outcome.status, outcome.text)
        ready()
        outcome = bench.copy(site, clone, key)
    raise AssertionError(f"not done after {MOST_STARTS} starts: {outcome.text}")


def test_an_engine_that_is_killed_goes_on(
    bench: Bench, undisturbed: int, check_sent: Callable[[], None], kill: int
) -> None:
    site, key = bench.killed_site, bench.killed_site.new_key()
    with bench.clone(bench.target) as clone:
        engine = clone.start(site.home, key, bench.proxy.url)
        at_byte(bench.proxy, position("engine", kill, undisturbed), engine.kill)
        assert engine.wait().status == -9
        outcome = bench.copy(site, clone, key)
        assert outcome.status == 0, outcome.text
        check_copy(site, clone)
        check_sent()


def test_a_source_whose_php_is_killed_is_asked_again(
    bench: Bench, undisturbed: int, check_sent: Callable[[], None], kill: int
) -> None:
    site, key, web = bench.killed_site, bench.killed_site.new_key(), bench.web

    def restart() -> None:
        web.container.kill()
        web.container.start()

    with bench.clone(bench.target) as clone:
        engine = clone.start(site.home, key, bench.proxy.url)
        action = restart if kill % 2 else web.kill_workers
        at_byte(bench.proxy, position("php", kill, undisturbed), action)
        finish(bench, site, clone, key, engine.wait(), web.wait)
        check_copy(site, clone)
        check_sent()


def test_a_target_whose_mysql_is_killed_is_filled_on(
    bench: Bench, undisturbed: int, check_sent: Callable[[], None], kill: int
) -> None:
    site, key, target = bench.killed_site, bench.killed_site.new_key(), bench.target

    def restart() -> None:
        target.container.kill()
        target.container.start()

    with bench.clone(target) as clone:
        engine = clone.start(site.home, key, bench.proxy.url)
        at_byte(bench.proxy, position("mysql", kill, undisturbed), restart)
        finish(bench, site, clone, key, engine.wait(), target.wait)
        target.wait()
        check_copy(site, clone)
        check_sent()
