"""Password hashes that every WordPress reads: phpass's portable form, `$P$B` with 8192 rounds of MD5.

WordPress up to 6.7 makes these hashes itself, later ones read them and replace them by bcrypt at the first login.
The passwords hashed here are long and random, so that the old function does no harm.
Source: wp-includes/class-phpass.php (public domain), wp_check_password().
"""

import hashlib
import hmac
import secrets

_ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SETTING = "$P$B"  # B: 2 ** 13 rounds, what WordPress uses
_ROUNDS = 8192


def hash_password(password: str, salt: str = "") -> str:
    """Hash a password; salt: eight characters of phpass's alphabet, random if empty."""
    salt = salt or "".join(secrets.choice(_ALPHABET) for _ in range(8))
    secret = password.strip().encode()  # WordPress trims before it hashes and checks
    digest = _md5(salt.encode() + secret)
    for _ in range(_ROUNDS):
        digest = _md5(digest + secret)
    return _SETTING + salt + _encode(digest)


def check_password(password: str, hashed: str) -> bool:
    """Whether a hash made here is that of a password."""
    salt = hashed[len(_SETTING) : len(_SETTING) + 8]
    return hmac.compare_digest(hash_password(password, salt), hashed)


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def _encode(digest: bytes) -> str:
    """Three bytes become four characters, least significant first, as phpass's encode64() writes them."""
    characters: list[str] = []
    for start in range(0, len(digest), 3):
        group = digest[start : start + 3]
        value = int.from_bytes(group, "little")
        characters += [_ALPHABET[value >> shift & 63] for shift in range(0, 6 * (len(group) + 1), 6)]
    return "".join(characters)
