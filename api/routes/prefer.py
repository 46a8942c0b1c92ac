"""The header `Prefer` (RFC 7240)."""


def wants_async(prefer: str) -> bool:
    """Return whether the header asks for `respond-async`; other preferences are ignored, as the RFC wants it."""
    preferences = (part.partition(";")[0].partition("=")[0].strip().lower() for part in prefer.split(","))
    return "respond-async" in preferences
