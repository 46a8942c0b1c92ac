"""What the preparation of a source has found out about it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PreparedSource:
    """A source whose agent takes the key: its own URL, and the version of its PHP ("" if it does not say)."""

    home: str
    php: str = ""
