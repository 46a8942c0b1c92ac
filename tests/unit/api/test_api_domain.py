"""Names, URLs, tokens, records: the rules as tables."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from api.cluster.secrets import MESSAGE_LIMIT
from api.domain import errors, keys, names
from api.domain.codes import by_code, from_record
from api.domain.errors import CloneError, InternalError, InvalidRequest, SourceRefused
from api.domain.idempotency import hash_key, hash_request, same_request
from api.domain.intent import CloneSecrets, Intent, intent_from_annotations
from api.domain.models import CloneRequest
from api.domain.refusals.agent import ApiKeyRefused
from api.domain.refusals.base import Refusal
from api.domain.refusals.login import CaptchaNeeded
from api.domain.source_url import may_receive_password, parse_page_url, parse_source_url
from api.domain.text import clean, redact
from api.domain.tokens import UnsoundTokens, entry_json, find_caller, parse_tokens
from api.routes.prefer import wants_async
from tests.unit.api.fakes import PASSWORD, SITE, order

KEY = "cm_" + "0" * 16 + "_" + "f" * 64
BASIC = "source.basic_auth.username"
NOON = datetime(2026, 11, 3, 12, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "valid"),
    [
        ("a", True),
        ("clone-20261103-120005-abc1234", True),
        ("a" * 29, True),
        ("a" * 30, False),
        ("", False),
        ("1a", False),
        ("-a", False),
        ("a-", False),
        ("A", False),
        ("a_b", False),
        ("a.b", False),
        ("a/b", False),
        ("a\n", False),
        ("ä", False),
        ("a b", False),
    ],
)
def test_names(name: str, valid: bool) -> None:
    assert names.is_name(name) is valid
    if not valid:
        with pytest.raises(InvalidRequest):
            names.validate_name(name)


def test_clone_name_is_utc_and_fits() -> None:
    berlin = NOON.astimezone(timezone(timedelta(hours=1)))
    name = names.clone_name(berlin, "abc1234")
    assert name == "clone-20261103-120005-abc1234"
    names.validate_name(name)
    assert len(names.database_name(name)) == 32
    assert names.database_name(name) == "wp_clone_20261103_120005_abc1234"
    assert names.secret_name(name) == name + "-secret"


@pytest.mark.parametrize("suffix", ["", "abc123", "abc12345", "ABC1234", "abc123-", "abc1234\n"])
def test_clone_name_refuses_other_suffixes(suffix: str) -> None:
    with pytest.raises(ValueError, match="suffix"):
        names.clone_name(NOON, suffix)


def test_suffixes_are_random() -> None:
    drawn = {names.random_suffix() for _ in range(200)}
    assert len(drawn) == 200
    assert all(re.fullmatch("[a-z0-9]{7}", suffix) for suffix in drawn)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("https://example.com", "https://example.com"),
        ("https://example.com/", "https://example.com"),
        ("HTTPS://Example.COM/Blog/", "https://example.com/Blog"),
        ("http://example.com:80/", "http://example.com"),
        ("https://example.com:443", "https://example.com"),
        ("http://example.com:8080/wp-login.php?redirect_to=x", "http://example.com:8080"),
        ("https://example.com/blog/wp-admin/plugins.php", "https://example.com/blog"),
        ("https://example.com/index.php/about", "https://example.com"),
        ("https://example.com/wp-admin-tips", "https://example.com/wp-admin-tips"),
        ("https://example.com/?p=1#top", "https://example.com"),
        ("http://[2001:db8::1]:8080/", "http://[2001:db8::1]:8080"),
        ("https://müller.example/", "https://müller.example"),
    ],
)
def test_source_urls(text: str, plain: str) -> None:
    assert parse_source_url(text) == plain


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com",
        "ftp://example.com",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https:///path",
        "https://user:secret@example.com",
        "https://user@example.com",
        "https://example.com:0",
        "https://example.com:99999",
        "https://exam ple.com",
        "https://example.com\\@evil.example",
        "https://example.com/\n",
        "http://[::1",
        "https://example.com/" + "a" * 2000,
    ],
)
def test_source_urls_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"URL|Port"):
        parse_source_url(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("https://Example.com", "https://example.com/"),
        ("https://example.com/in/?door=1#top", "https://example.com/in/?door=1"),
        ("http://example.com:80/wp-login.php", "http://example.com/wp-login.php"),
    ],
)
def test_page_urls(text: str, plain: str) -> None:
    assert parse_page_url(text) == plain


@pytest.mark.parametrize(
    ("given_url", "actual", "allowed"),
    [
        ("https://example.com", "https://example.com/wp-login.php", True),
        ("https://example.com", "https://www.example.com/", True),
        ("https://www.example.com", "https://example.com/", True),
        ("http://example.com", "https://example.com/", True),
        ("http://example.com:8080", "https://example.com/", True),
        ("https://example.com", "http://example.com/", False),
        ("https://example.com", "https://evil.example/", False),
        ("https://example.com", "https://example.com.evil.example/", False),
        ("https://example.com", "https://blog.example.com/", False),
        ("http://example.com:8080", "http://example.com:9090/", False),
        ("https://example.com", "ftp://example.com/", False),
        ("https://example.com", "http://[x/", False),
        ("https://example.com", "https://example.com:99999/", False),
        ("https://EXAMPLE.com", "https://example.com./x", True),
    ],
)
def test_where_a_password_may_go(given_url: str, actual: str, allowed: bool) -> None:
    assert may_receive_password(given_url, actual) is allowed


def test_intent_survives_its_annotations() -> None:
    intent = Intent("n", "Preparing", "login", "Grüße\nan alle", "", "https://e.com", "demo", NOON, NOON, 5, "k", "s$h")
    assert intent_from_annotations("n", intent.annotations()) == intent
    assert all(isinstance(value, str) for value in intent.annotations().values())


@pytest.mark.parametrize("lost", ["phase", "heartbeat", "created", "ttl-minutes"])
def test_unreadable_records_are_errors(lost: str) -> None:
    intent = Intent("n", "Preparing", "login", "", "", "", "demo", NOON, NOON, 5)
    annotations = {key: value for key, value in intent.annotations().items() if not key.endswith("/" + lost)}
    with pytest.raises(ValueError, match=r"record|isoformat|literal"):
        intent_from_annotations("n", annotations)


def test_a_silent_preparation_is_dead_after_five_beats() -> None:
    intent = Intent("n", "Preparing", "login", "", "", "", "demo", NOON, NOON, 5)
    assert not intent.is_interrupted(NOON + timedelta(seconds=24))
    assert intent.is_interrupted(NOON + timedelta(seconds=26))
    created = Intent("n", "Created", "object", "", "", "", "demo", NOON, NOON, 5)
    assert not created.is_interrupted(NOON + timedelta(days=1))


def test_values_stay_out_of_repr() -> None:
    key = keys.new_key()
    shown = repr([CloneSecrets("pw-one", "pw-two", "pw-three", "pw-four"), key, order()])
    assert "pw-" not in shown
    assert key.secret not in shown
    assert PASSWORD not in shown


def test_keys_round_trip() -> None:
    key = keys.new_key()
    assert re.fullmatch("cm_[0-9a-f]{16}_[0-9a-f]{64}", key.text)
    assert keys.parse_key(key.text) == key
    with pytest.raises(ValueError, match="not a key") as caught:
        keys.parse_key(key.text + "0")
    assert key.secret not in str(caught.value)


def test_passwords_are_long_and_differ() -> None:
    drawn = {keys.new_password() for _ in range(100)}
    assert len(drawn) == 100
    assert all(re.fullmatch("[A-Za-z0-9]{24}", password) for password in drawn)


def test_idempotency_hashes() -> None:
    stored = hash_request(order().for_hashing())
    assert PASSWORD not in stored
    assert stored != hash_request(order().for_hashing()), "salted"
    assert same_request(stored, order().for_hashing())
    assert not same_request(stored, order(ttl_minutes=61).for_hashing())
    assert not same_request(stored, order(password="another one").for_hashing())
    assert not same_request("", order().for_hashing())
    assert hash_key("demo", "k") != hash_key("other", "k")


@pytest.mark.parametrize("key", ["", " ", "a b", "ä", "a\n", "x" * 256])
def test_idempotency_keys_refused(key: str) -> None:
    with pytest.raises(InvalidRequest):
        hash_key("demo", key)


TOKEN = "a-token-that-is-long-enough"


def test_tokens() -> None:
    entries = parse_tokens(f'{{"tokens": [{entry_json("demo", TOKEN, ["clone"])}]}}')
    caller = find_caller(entries, TOKEN)
    assert caller is not None
    assert (caller.name, caller.scopes) == ("demo", frozenset({"clone", "read"}))
    assert find_caller(entries, TOKEN + "x") is None
    assert find_caller(entries, entries[0].sha256) is None, "the hash is not the token"
    assert TOKEN not in repr(entries)
    assert entries[0].sha256 not in repr(entries)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"tokens": {}}',
        '{"tokens": ["x"]}',
        '{"tokens": [{"name": "", "sha256": "", "scopes": []}]}',
        json.dumps({"tokens": [{"name": "a", "sha256": "0" * 63, "scopes": ["read"]}]}),
        json.dumps({"tokens": [{"name": "a", "sha256": "0" * 64, "scopes": []}]}),
        json.dumps({"tokens": [{"name": "a", "sha256": "0" * 64, "scopes": ["root"]}]}),
        json.dumps({"tokens": [{"name": "a\n", "sha256": "0" * 64, "scopes": ["read"]}]}),
    ],
)
def test_unsound_token_files(text: str) -> None:
    with pytest.raises(UnsoundTokens):
        parse_tokens(text)


def test_short_tokens_get_no_entry() -> None:
    with pytest.raises(ValueError, match="at least") as caught:
        entry_json("demo", "short-secret", ["read"])
    assert "short-secret" not in str(caught.value)


@given(st.text())
def test_clean_text_is_one_short_line(text: str) -> None:
    cleaned = clean(text, 50)
    assert len(cleaned) <= 50
    assert cleaned.isprintable() or not any(ord(ch) < 32 for ch in cleaned)
    assert "\n" not in cleaned


def test_redaction() -> None:
    key = keys.new_key()
    line = redact(f"key {key.text}, Authorization: Bearer abc.def, plugins.php?_wpnonce=0123456789&x=1")
    assert key.secret not in line
    assert "abc.def" not in line
    assert "0123456789" not in line
    assert "x=1" in line


def test_codes_are_unique_and_documented() -> None:
    table = by_code()
    assert {"AUTH_FAILED", "NOT_ADMIN", "SOURCE_REFUSED", "UNAVAILABLE", "PREPARATION_INTERRUPTED"} <= set(table)
    assert all(kind.__doc__ and kind.title and 400 <= kind.status < 600 for kind in table.values())
    assert all(code in (errors.__doc__ or "") for code, kind in table.items() if kind.__module__ == errors.__name__)


def test_errors_from_records() -> None:
    assert isinstance(from_record("SOURCE_REFUSED", "so"), SourceRefused)
    assert isinstance(from_record("NEVER_HEARD", "so"), InternalError)
    assert isinstance(from_record("", "so"), CloneError)
    cut = from_record("CAPTCHA", "The login form has …")
    assert (type(cut), cut.detail, str(cut)) == (CaptchaNeeded, "The login form has …", "The login form has …")


def test_a_body_keeps_its_hash_when_fields_are_added() -> None:
    expected = {"url": SITE, "username": "siteowner", "password": PASSWORD}
    assert order().for_hashing() == {"source": expected, "ttl_minutes": 60, "options": {}}


def test_all_that_was_given_is_hashed() -> None:
    source = {"url": SITE, "api_key": KEY, "basic_auth": {"username": "a", "password": "b"}}
    body = {"source": source, "ttl_minutes": 60, "options": {"login_url": f"{SITE}/in?x=y", "allow_insecure": True}}
    request = CloneRequest.model_validate(body)
    assert request.for_hashing() == body
    assert KEY not in repr(request)
    assert "/in" not in repr(request), "where a login hides is for its owner to tell"


@pytest.mark.parametrize("kind", [kind for kind in by_code().values() if issubclass(kind, Refusal)])
def test_refusals_say_what_to_do(kind: type[Refusal]) -> None:
    refusal = kind()
    assert refusal.reason == refusal.code
    assert refusal.detail.endswith(".")
    assert len(refusal.detail) <= MESSAGE_LIMIT, "a record holds all of it"
    assert ("source.api_key" in refusal.detail) == kind.by_hand or kind is ApiKeyRefused


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ttl_minutes": 0}, "ttl_minutes"),
        ({"ttl_minutes": 10081}, "ttl_minutes"),
        ({"ttl_minutes": "60"}, "ttl_minutes"),
        ({"ttl_minutes": True}, "ttl_minutes"),
        ({"ttl_minutes": 1.5}, "ttl_minutes"),
        ({"colour": "red"}, "colour"),
        ({"options": {"storage": "x"}}, "options.storage"),
        ({"source": {"url": "x", "username": "u", "password": "p"}}, "source.url"),
        ({"source": {"url": "https://e.com", "username": "", "password": "p"}}, "source.username"),
        ({"source": {"url": "https://e.com", "username": "a\nb", "password": "p"}}, "source.username"),
        ({"source": {"url": "https://e.com", "username": "u", "password": ""}}, "source.password"),
        ({"source": {"url": "https://e.com", "username": "u"}}, "source.password"),
        ({"source": {"url": "https://e.com", "username": "u", "password": "p", "token": "t"}}, "source.token"),
        ({"source": {"url": "https://e.com", "api_key": "cm_x"}}, "source.api_key"),
        ({"source": {"url": "https://e.com", "api_key": KEY, "password": "p"}}, "source.password"),
        ({"source": {"url": "https://e.com", "api_key": KEY, "username": "u"}}, "source.username"),
        (
            {"source": {"url": "https://e.com", "api_key": KEY, "basic_auth": {"username": "a:b", "password": "p"}}},
            BASIC,
        ),
        ({"options": {"login_url": "javascript:alert(1)"}}, "options.login_url"),
        ({"options": {"allow_insecure": "yes"}}, "options.allow_insecure"),
    ],
)
def test_requests_refused(change: dict[str, object], field: str) -> None:
    body = {"source": {"url": "https://e.com", "username": "u", "password": "p"}} | change
    with pytest.raises(ValidationError) as caught:
        CloneRequest.model_validate(body)
    assert [".".join(map(str, error["loc"])) for error in caught.value.errors()] == [field]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("respond-async", True),
        ("Respond-Async", True),
        ("return=minimal, respond-async; x=1", True),
        ("respond-async=", True),
        ("", False),
        ("wait=10", False),
        ("not-respond-async", False),
    ],
)
def test_preferences(header: str, expected: bool) -> None:
    assert wants_async(header) is expected
