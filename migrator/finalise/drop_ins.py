"""Set aside what hosts put into a site: it ties the site to the caches, databases and logins of where it came from.

Two kinds, both loaded without being asked: drop-ins, and must-use plugins that are the host's own. What else the host's
must-use plugins load lies in folders beside them, and stays.

They are moved, not deleted, so that whoever knows the host can move them back; a restore leaves them out. They keep
their names' ending: a web server runs them (and they end at once) instead of showing their code.
"""

from collections.abc import Iterable

from migrator.local.volume import Volume

DROP_INS = ("advanced-cache.php", "db.php", "object-cache.php")  # wp-admin/includes/plugin.php, _get_dropins()
HOST_PLUGINS = (
    # WP Engine
    "mu-plugin.php",
    "slt-force-strong-passwords.php",
    "stop-long-comments.php",
    "wpe-cache-plugin.php",
    "wpe-update-source-selector.php",
    "wpe-wp-sign-on-plugin.php",
    "wpengine-security-auditor.php",
    # Kinsta
    "kinsta-mu-plugins.php",
    # GoDaddy
    "gd-system-plugin.php",
    # Endurance: Bluehost, HostGator and their sisters
    "endurance-browser-cache.php",
    "endurance-page-cache.php",
    "endurance-php-edge.php",
    "sso.php",
    # SiteGround has ordinary plugins, which the clone's image leaves inactive.
)
CANDIDATES = (*DROP_INS, *(f"mu-plugins/{name}" for name in HOST_PLUGINS))  # below wp-content
SET_ASIDE = "wp-content/set-aside-by-clone"


def set_aside(volume: Volume) -> list[str]:
    """Move the hosts' files away; returns those that were there, by their places below wp-content."""
    found = [name for name in CANDIDATES if volume.status(f"wp-content/{name}".encode()) is not None]
    for name in found:
        volume.move(f"wp-content/{name}".encode(), f"{SET_ASIDE}/{name}".encode())
    return found


def set_aside_places(names: Iterable[str]) -> dict[bytes, bytes]:
    """Where the files that were set aside lie: place at the source → place in the clone."""
    return {f"wp-content/{name}".encode(): f"{SET_ASIDE}/{name}".encode() for name in names}
