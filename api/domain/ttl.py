"""How long clones live: in whole minutes, from the creation of their object."""

from datetime import datetime, timedelta

MIN_MINUTES = 1
MAX_MINUTES = 10080  # a week
DEFAULT_MINUTES = 60


def expires_at(created: datetime, ttl_minutes: int) -> datetime:
    """Return when a clone that was created at `created` has to go."""
    return created + timedelta(minutes=ttl_minutes)
