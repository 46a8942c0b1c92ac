"""The arithmetic of the benchmark of many clones."""

import math

import pytest

from tests.bench.scale_growth import growth
from tests.bench.scale_numbers import KroMetrics
from tests.bench.scale_objects import Watched

BEFORE = KroMetrics({0.1: 10, 1.0: 10, math.inf: 10}, errors=1, queue=0, kinds=1)
AFTER = KroMetrics({0.1: 60, 1.0: 110, math.inf: 110}, errors=1, queue=3, kinds=1)


def test_only_what_came_since_counts() -> None:
    found = AFTER.since(BEFORE)
    assert (found.reconciles, found.errors, found.queue) == (100, 0, 3)


@pytest.mark.parametrize(("share", "seconds"), [(0.25, 0.05), (0.5, 0.1), (0.75, 0.55), (1.0, 1.0)])
def test_quantiles_lie_between_bounds_by_proportion(share: float, seconds: float) -> None:
    assert AFTER.since(BEFORE).quantile(share) == pytest.approx(seconds)


def test_no_reconcile_took_no_time() -> None:
    assert BEFORE.since(BEFORE).quantile(0.5) == 0


@pytest.mark.parametrize(("values", "exponent"), [((2, 20), 1.0), ((2, 200), 2.0), ((2, 2), 0.0)])
def test_growth_is_an_exponent(values: tuple[float, float], exponent: float) -> None:
    first, last = values
    assert growth([(100, first), (300, 7), (1000, last)]) == pytest.approx(exponent)


def test_growth_is_from_the_mean_of_what_was_measured_twice() -> None:
    assert growth([(100, 1), (1000, 20), (100, 3)]) == pytest.approx(1.0)


def test_one_count_does_not_grow() -> None:
    assert growth([(100, 1), (100, 3)]) == 0


def test_an_object_is_complete_when_it_is_ready_and_its_import_has_ended() -> None:
    watched = Watched()
    for status in ({"phase": "Importing", "progress": "100"}, {"phase": "Ready"}):
        watched.hear("MODIFIED", {"metadata": {"name": "a"}, "status": status})
    assert watched.missing(["a", "b"], "ready") == ["b"]
    assert watched.missing(["a"], "complete") == ["a"]
    watched.hear("MODIFIED", {"metadata": {"name": "a"}, "status": {"phase": "Ready", "progress": "100"}})
    assert watched.missing(["a"], "complete") == []
