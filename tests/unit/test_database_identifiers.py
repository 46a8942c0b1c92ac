"""Names in SQL: each is quoted for its place, and none comes from anywhere but a clone's name."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.database.identifiers import account, account_name, grant_target, quote
from api.domain.errors import InvalidRequest

names = st.from_regex(r"[a-z]([-a-z0-9]{0,27}[a-z0-9])?", fullmatch=True)


@pytest.mark.parametrize(
    ("name", "user"),
    [
        ("a", "wp_a"),
        ("shop-1", "wp_shop_1"),
        ("clone-20260517-093000-ab12cd3", "wp_clone_20260517_093000_ab12cd3"),
    ],
)
def test_an_account_is_named_after_its_clone(name: str, user: str) -> None:
    assert account_name(name) == user


@pytest.mark.parametrize("name", ["", "Shop", "a_b", "a`b", "a;b", "-a", "a-", "a" * 30, "a\n", "ä", "1a", "a'b"])
def test_no_other_name_becomes_an_account(name: str) -> None:
    with pytest.raises(InvalidRequest):
        account_name(name)


@given(names)
def test_an_account_fits_mysql(name: str) -> None:
    user = account_name(name)
    assert len(user) <= 32
    assert set(user) <= set(string.ascii_lowercase + string.digits + "_")


@given(names, names)
def test_two_clones_never_share_an_account(one: str, other: str) -> None:
    assert (account_name(one) == account_name(other)) == (one == other)


@given(st.text())
def test_a_quoted_identifier_ends_where_it_should(text: str) -> None:
    quoted = quote(text)
    assert quoted[0] == quoted[-1] == "`"
    assert quoted[1:-1].replace("``", "").count("`") == 0


@given(names, names)
def test_a_grant_matches_one_database(one: str, other: str) -> None:
    pattern = grant_target(account_name(one)).removesuffix(".*").strip("`")
    assert bool(like(pattern).fullmatch(account_name(other))) == (one == other)


def test_an_account_is_for_every_host() -> None:
    assert account("wp_a_1") == "`wp_a_1`"


def like(pattern: str) -> "re.Pattern[str]":
    """Return a LIKE pattern as a regular expression: `_` is any character, `%` any text, a backslash escapes."""
    translated = re.sub(
        r"\\(.)|(_)|(%)|(.)",
        lambda match: "." if match[2] else ".*" if match[3] else re.escape(match[1] or match[4]),
        pattern,
    )
    return re.compile(translated)
