"""Text from elsewhere, made fit for a log line, an annotation or a problem document."""

import re

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_SPACES = re.compile(r"\s+")
_SECRETS = re.compile(
    r"cm_[0-9a-f]{16}_[0-9a-f]{64}|(?<=_wpnonce=)[0-9A-Za-z]+|(?<=Bearer )\S+|(?<=Basic )[0-9A-Za-z+/=]{4,}"
)
DEFAULT_LIMIT = 300


def clean(text: str, limit: int = DEFAULT_LIMIT) -> str:
    """Return `text` on one line, without control characters, of at most `limit` characters."""
    line = _SPACES.sub(" ", _CONTROL.sub(" ", text)).strip()
    return line if len(line) <= limit else line[: limit - 1] + "…"


def gibibytes(size: int) -> str:
    """Return a number of bytes for people: `4.7 GiB`."""
    return f"{size / 2**30:.1f} GiB"


def redact(text: str) -> str:
    """Return `text` with agent keys, WordPress nonces, bearer tokens and basic authentication blanked out."""
    return _SECRETS.sub("[redacted]", text)
