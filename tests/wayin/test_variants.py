"""The way in at a real WordPress: each variant is entered, or ends with its own code; nothing of us stays there."""

import pytest

from tests.wayin.cases import ENTERED, REFUSED, Case
from tests.wayin.entering import Visitor
from tests.wayin.exceptions import unexplained
from tests.wayin.wordpress import PLUGIN, WordPress

pytestmark = pytest.mark.engine


def name_of(case: Case) -> str:
    return case.name


def is_of_agent(change: str) -> bool:
    """Where the plugin was there before, it goes with its last key all the same."""
    return "custom-migrator" in change or change == "changed option active_plugins"


@pytest.mark.parametrize("case", ENTERED, ids=name_of)
def test_a_site_that_is_entered(site: WordPress, endpoint: str, case: Case) -> None:
    case.put_in(site)
    before, is_new = site.state(), not (site.root / PLUGIN).exists()
    visitor = Visitor(site, endpoint)
    key = visitor.enter(**case.how)  # type: ignore[arg-type] # the table's fields are those of `enter`
    assert f"wp_custom_migrator_keys {key.id}" in site.state(), "the key is registered"
    assert site.logins == list(case.logins), "one login"
    assert visitor.browser.uses == list(case.browser), "a browser where, and only where, it is needed"
    visitor.end_copy(key)
    left = unexplained(before, site.state())
    left = left if is_new else [change for change in left if not is_of_agent(change)]
    assert not left, left


@pytest.mark.parametrize("case", REFUSED, ids=name_of)
def test_a_site_that_is_not(site: WordPress, endpoint: str, case: Case) -> None:
    case.put_in(site)
    before = site.state()
    visitor = Visitor(site, endpoint)
    refusal = visitor.refused(**case.how)
    assert refusal.code == case.code, refusal.detail
    assert site.logins == list(case.logins)
    assert visitor.browser.uses == list(case.browser)
    left = unexplained(before, site.state())
    assert not left, left


def test_a_site_that_is_too_large(site: WordPress, endpoint: str) -> None:
    before = site.state()
    refusal = Visitor(site, endpoint, max_bytes=1_000_000).refused()
    assert refusal.code == "TOO_LARGE", refusal.detail
    left = unexplained(before, site.state())
    assert not left, left
