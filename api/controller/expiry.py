"""Deleting a clone whose time is over: `ttlMinutes` after its object was created.

When an object is due is told from what the watch last said; before it is deleted it is read again, and only that very
version is deleted. So a TTL that is extended in the last moment saves the clone.
"""

from api.cluster.errors import ObjectChanged
from api.controller.ports import Ports
from api.controller.telling import tell


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
