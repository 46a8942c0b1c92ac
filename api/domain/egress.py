"""Who goes out through the egress proxy, and with which password.

Every clone has two credentials: the import's, which opens its own source, and PHP's, which opens an allow-list. Facade
and controller have one each. A password follows from the platform's key and the user's name (HMAC-SHA256), so the proxy
keeps no list of them: what a credential opens is read from the clone's object whenever it is used.
"""

import hashlib
import hmac
from dataclasses import dataclass, field

FACADE = "facade"
CONTROLLER = "controller"
IMPORT = "import"
SITE = "site"
MIN_KEY_LENGTH = 32  # characters: as many as the digest has bytes (RFC 2104)
MAX_ALLOWED_HOSTS = 20
HOST_PATTERN = r"^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z][-a-z0-9]{0,61}[a-z0-9]$"
"""A host's full name in lower case. Its last part begins with a letter, which no spelling of an address does."""


@dataclass(frozen=True)
class EgressKeys:
    """The platform's keys: the first makes passwords, all of them verify, so that a key can be replaced in peace."""

    keys: tuple[bytes, ...] = field(default=(), repr=False)

    @classmethod
    def parse(cls, text: str) -> "EgressKeys":
        """Return the keys of a file that has one a line; ValueError if there is none or one is too short."""
        keys = tuple(line.strip().encode() for line in text.splitlines() if line.strip())
        if not keys or min(map(len, keys)) < MIN_KEY_LENGTH:
            raise ValueError(f"an egress key has at least {MIN_KEY_LENGTH} characters")
        return cls(keys)

    def password_of(self, user: str) -> str:
        """Return a user's password."""
        return _password(self.keys[0], user) if self.keys else ""

    def password_of_clone(self, name: str, role: str) -> str:
        """Return the password of a clone's `IMPORT` or `SITE`."""
        return self.password_of(f"{name}.{role}")

    def is_password(self, user: str, password: str) -> bool:
        """Return whether that is a user's password, without telling by the time it takes how much of it is right."""
        return any(hmac.compare_digest(_password(key, user).encode(), password.encode()) for key in self.keys)


NO_KEYS = EgressKeys()
"""There is no proxy: every password is ""."""


def _password(key: bytes, user: str) -> str:
    return hmac.new(key, user.encode(), hashlib.sha256).hexdigest()
