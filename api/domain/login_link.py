"""One-time login links: what is handed to the caller, and what the clone may know of it."""

import hashlib
import secrets
from dataclasses import dataclass, field

LIFE_SECONDS = 60


@dataclass(frozen=True)
class LoginToken:
    """A token of 256 random bits. The clone keeps its hash only: who reads its database cannot log in by that."""

    text: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    @property
    def hashed(self) -> str:
        """SHA-256 in hexadecimal, which is what the clone compares (mu-plugins/login-link.php)."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def url(self, clone_url: str) -> str:
        """The link: the token stands behind the `#`, which browsers send to nobody and no server logs."""
        return f"{clone_url}/?wordpress-clone-login#{self.text}"
