"""What is kept of an Idempotency-Key and of the body that came with it.

The header follows the IETF draft "The Idempotency-Key HTTP Header Field". The facade keeps no state, so both stand as
annotations on the intent's Secret. The body holds a password of somebody's live site: an ordinary hash of it could be
tried against a dictionary by whoever reads the annotation, so it is hashed as a password is, with a salt and scrypt.
"""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping

from api.domain.errors import FieldError, InvalidRequest

MAX_LENGTH = 255
_PRINTABLE = re.compile(r"[\x21-\x7e]{1,255}\Z")
_COST, _BLOCK, _LANES = 2**14, 8, 1  # 16 MiB and some 50 ms a try (RFC 7914's recommendation for logins)


def hash_key(caller: str, key: str) -> str:
    """Return what is stored of a key: a hash, with the caller's name in it, so that callers share no keys.

    InvalidRequest if it is no visible ASCII of 1 to 255 characters.
    """
    if not _PRINTABLE.match(key):
        problem = FieldError("Idempotency-Key", f"1 to {MAX_LENGTH} visible ASCII characters.")
        raise InvalidRequest("The header Idempotency-Key is not valid.", errors=[problem])
    return hashlib.sha256(f"{caller}\n{key}".encode()).hexdigest()


def hash_request(body: Mapping[str, object]) -> str:
    """Return `<salt>$<hash>` of a request body with its secret values."""
    salt = secrets.token_hex(16)
    return f"{salt}${_digest(salt, body)}"


def same_request(stored: str, body: Mapping[str, object]) -> bool:
    """Return whether `stored` was made from this very body."""
    salt, _, digest = stored.partition("$")
    return hmac.compare_digest(digest, _digest(salt, body))


def _digest(salt: str, body: Mapping[str, object]) -> str:
    text = json.dumps(body, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(text, salt=salt.encode(), n=_COST, r=_BLOCK, p=_LANES, maxmem=2**26).hex()
