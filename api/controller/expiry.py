"""Deleting a clone whose time is over: `ttlMinutes` after its object was created.

When an object is due is told from what the watch last said; before it is deleted it is read again, and only that very
version is deleted. So a TTL that is extended in the last moment saves the clone.
"""

from datetime import datetime, timedelta

from api.cluster.errors import ObjectChanged
from api.controller.ports import Ports
from api.controller.telling import tell
from api.domain.ttl import expires_at

LONGEST_PAUSE_SECONDS = 4.0  # between two looks at the clock and the TTL; a clone is gone at most 10 s late
SHORTEST_PAUSE_SECONDS = 0.2


def pause_until(created: datetime, ttl_minutes: int, now: datetime) -> float:
    """Return how many seconds to wait before looking again; 0 if the object is due."""
    left = expires_at(created, ttl_minutes) - now
    if left <= timedelta(0):
        return 0.0
    return min(LONGEST_PAUSE_SECONDS, max(SHORTEST_PAUSE_SECONDS, left.total_seconds()))


def expire(ports: Ports, name: str) -> bool:
    """Delete the object if its time is over; return whether there is nothing more to wait for."""
    clone = ports.objects.get(name)
    if clone is None or clone.deleting:
        return True
    if clone.expires_at > ports.now():
        return False
    try:
        ports.objects.delete(name, resource_version=clone.resource_version)
    except ObjectChanged:
        return False  # perhaps its TTL: look again
    said = f"Its time was over at {clone.expires_at:%Y-%m-%d %H:%M:%S} UTC."
    tell(ports, "expired", name, said, uid=clone.uid)
    return True
