"""Bearer tokens: who a token belongs to and what it may do. Only hashes of tokens are ever stored.

A token is a long random string, so one round of SHA-256 is enough to store it (there is no dictionary to try); the
comparison takes the same time for every entry.
"""

import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field

SCOPES = ("read", "clone", "restore", "admin")
MIN_TOKEN_LENGTH = 24
_IMPLIED = {"clone": {"read"}, "restore": {"read"}, "admin": {"read", "clone", "restore"}}
_HASH = re.compile(r"[0-9a-f]{64}\Z")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,62}\Z")


class UnsoundTokens(ValueError):
    """The tokens file is not what it has to be; the text names the entry, never a hash."""


@dataclass(frozen=True)
class Caller:
    """Whoever holds a token: its name, as it appears in logs, and its scopes with those that they imply."""

    name: str
    scopes: frozenset[str]


@dataclass(frozen=True)
class TokenEntry:
    """One entry of the tokens file."""

    name: str
    sha256: str = field(repr=False)
    scopes: frozenset[str]


def hash_token(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def entry_json(name: str, token: str, scopes: list[str]) -> str:
    """Return the tokens file's entry for a token; ValueError (without it) if it is too short or a scope unknown."""
    if len(token) < MIN_TOKEN_LENGTH:
        raise ValueError(f"a token has at least {MIN_TOKEN_LENGTH} characters; take one from a random generator")
    entry = {"name": name, "sha256": hash_token(token), "scopes": scopes}
    _read_entry(entry)
    return json.dumps(entry)


def parse_tokens(text: str) -> tuple[TokenEntry, ...]:
    """Return the entries of a tokens file, `{"tokens": [{"name", "sha256", "scopes"}]}`; UnsoundTokens otherwise."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise UnsoundTokens("the tokens file is not JSON") from error
    if not isinstance(document, dict) or not isinstance(document.get("tokens"), list):
        raise UnsoundTokens('a tokens file is an object with a list "tokens"')
    return tuple(_read_entry(entry) for entry in document["tokens"])


def find_caller(entries: tuple[TokenEntry, ...], token: str) -> Caller | None:
    """Return whom `token` belongs to, or None; every entry is compared, whether one has matched or not."""
    digest = hash_token(token)
    matches = [entry for entry in entries if hmac.compare_digest(entry.sha256, digest)]
    if not matches:
        return None
    return Caller(matches[0].name, _with_implied(matches[0].scopes))


def _with_implied(scopes: frozenset[str]) -> frozenset[str]:
    return scopes.union(*(_IMPLIED.get(scope, set()) for scope in scopes))


def _read_entry(entry: object) -> TokenEntry:
    if not isinstance(entry, dict):
        raise UnsoundTokens("an entry of the tokens file is an object")
    name, digest, scopes = entry.get("name"), entry.get("sha256"), entry.get("scopes")
    if not isinstance(name, str) or not _NAME.match(name):
        raise UnsoundTokens("a token's name has 1 to 63 letters, digits or ._@-")
    if not isinstance(digest, str) or not _HASH.match(digest):
        raise UnsoundTokens(f"the sha256 of token {name} is not 64 hex digits")
    if not isinstance(scopes, list) or not scopes or not all(scope in SCOPES for scope in scopes):
        raise UnsoundTokens(f"the scopes of token {name} are not a list out of {', '.join(SCOPES)}")
    return TokenEntry(name, digest, frozenset(scopes))
