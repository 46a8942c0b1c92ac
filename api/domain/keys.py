"""Credentials that we make ourselves: the agent's keys and the clone's passwords.

A key is `cm_<16 hex id>_<64 hex secret>`: the id may be shown, the secret never. All come from the system's generator.
"""

import re
import secrets
import string
from dataclasses import dataclass, field

_KEY = re.compile(r"cm_([0-9a-f]{16})_([0-9a-f]{64})\Z")
_PASSWORD_ALPHABET = string.ascii_letters + string.digits
PASSWORD_LENGTH = 24  # 142 bits out of 62 letters and digits, which no shell, URL or form has to escape


@dataclass(frozen=True)
class AgentKey:
    """A key of the agent in its two parts; the secret stays out of `repr`."""

    id: str
    secret: str = field(repr=False)

    @property
    def text(self) -> str:
        """The key as it is registered and stored."""
        return f"cm_{self.id}_{self.secret}"


def new_key() -> AgentKey:
    """Return a new random key."""
    return AgentKey(secrets.token_hex(8), secrets.token_hex(32))


def parse_key(text: str) -> AgentKey:
    """Return the parts of a stored key; ValueError (without the text) if it is none."""
    match = _KEY.match(text)
    if match is None:
        raise ValueError("not a key of the agent")
    return AgentKey(match[1], match[2])


def new_password() -> str:
    """Return a new random password of letters and digits."""
    return "".join(secrets.choice(_PASSWORD_ALPHABET) for _ in range(PASSWORD_LENGTH))
