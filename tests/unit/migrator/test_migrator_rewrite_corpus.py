"""Every case of the corpus, once and once more: a second run changes nothing."""

import pytest

from migrator.rewrite import Rewriter
from tests.unit.migrator.corpus import Case, cases

CASES = list(cases())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case) -> None:
    assert Rewriter(case.site.plain).rewrite(case.before) == case.after


@pytest.mark.parametrize("case", CASES, ids=str)
def test_running_twice_changes_nothing(case: Case) -> None:
    assert Rewriter(case.site.plain).rewrite(case.after) == case.after


def test_corpus_is_not_small_and_says_why() -> None:
    assert len(CASES) >= 150
    assert all(case.why for case in CASES)
    assert len({str(case) for case in CASES}) == len(CASES)
