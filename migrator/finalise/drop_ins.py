"""Set hosting drop-ins aside: they tie a site to caches and database layers of the host that it came from.

They are moved, not deleted, so that whoever knows the host can move them back; a restore leaves them out. They keep
their names' ending: a web server runs them (and they end at once) instead of showing their code.
"""

from collections.abc import Iterable

from migrator.local.volume import Volume

DROP_INS = ("advanced-cache.php", "db.php", "object-cache.php")  # wp-admin/includes/plugin.php, _get_dropins()
SET_ASIDE = "wp-content/set-aside-by-clone"


def set_aside(volume: Volume) -> list[str]:
    """Move the drop-ins away; returns those that were there."""
    found = [name for name in DROP_INS if volume.status(f"wp-content/{name}".encode()) is not None]
    for name in found:
        volume.move(f"wp-content/{name}".encode(), f"{SET_ASIDE}/{name}".encode())
    return found


def set_aside_places(names: Iterable[str]) -> dict[bytes, bytes]:
    """Where drop-ins that were set aside lie: place at the source → place in the clone."""
    return {f"wp-content/{name}".encode(): f"{SET_ASIDE}/{name}".encode() for name in names}
