"""What a clone and its parts are called.

A name has to be at once a Kubernetes object name, a path segment of a URL and, behind `wp_`, a MySQL user name of
at most 32 characters (MySQL 8.4 manual, "Account User Name"): hence 29 characters, lower case, digits and `-`.
The random end makes names unique and not guessable.
"""

import re
import secrets
import string
from datetime import UTC, datetime

from api.domain.errors import InvalidRequest

NAME_PATTERN = r"^[a-z]([-a-z0-9]{0,27}[a-z0-9])?$"
MAX_LENGTH = 29
SUFFIX_LENGTH = 7
_ALPHABET = string.ascii_lowercase + string.digits
_NAME = re.compile(NAME_PATTERN.removesuffix("$") + r"\Z")
_SUFFIX = re.compile(r"[a-z0-9]{7}\Z")


def clone_name(now: datetime, suffix: str) -> str:
    """Return `clone-YYYYMMDD-HHMMSS-<suffix>`; `now` is aware, the name tells UTC, `suffix` has 7 of [a-z0-9]."""
    if not _SUFFIX.match(suffix):
        raise ValueError("a suffix has seven lower case letters or digits")
    return f"clone-{now.astimezone(UTC):%Y%m%d-%H%M%S}-{suffix}"


def random_suffix() -> str:
    """Return 7 random letters or digits (36 bits) from the system's generator."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(SUFFIX_LENGTH))


def is_name(name: str) -> bool:
    """Return whether `name` may name a clone."""
    return _NAME.match(name) is not None


def validate_name(name: str) -> None:
    """Raise InvalidRequest if `name` may not name a clone."""
    if not is_name(name):
        raise InvalidRequest(
            f"A clone's name has 1 to {MAX_LENGTH} lower case letters, digits or '-', starts with a letter"
            " and does not end in '-'."
        )


def database_name(name: str) -> str:
    """Return the name of the clone's database, which is its MySQL user's name too."""
    return "wp_" + name.replace("-", "_")


def secret_name(name: str) -> str:
    """Return the name of the clone's Secret."""
    return f"{name}-secret"


def screenshots_name(name: str) -> str:
    """Return the name of the Secret with screenshots of the source, where there are any."""
    return f"{name}-screenshots"


def progress_name(name: str) -> str:
    """Return the name of the ConfigMap that carries the clone's progress into its status."""
    return f"{name}-progress"
