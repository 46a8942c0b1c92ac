"""Which hosts and ports a credential of the proxy opens.

`<clone>.import` opens the host of the clone's own source, `<clone>.site` an allow-list; facade and controller open
every host, for they ask sources that have no object yet, browse them, and take keys back when there is none any more.
What a host's addresses may be is another question: see `gate`.
"""

from urllib.parse import urlsplit

from api.cluster.clones import CloneObject
from api.domain.egress import CONTROLLER, FACADE, IMPORT, SITE

WORDPRESS_ORG = frozenset({"api.wordpress.org", "downloads.wordpress.org", "s.w.org", "wordpress.org"})
"""Where WordPress asks for updates and gets plugins and themes; the mu-plugin outgoing-http.php has the same."""

WEB_PORTS = frozenset({80, 443})
_FIRST_FREE_PORT = 1024  # below it are mail, databases' consoles and the like; hosts put second web servers above


def opens_every_host(user: str, port: int) -> bool:
    """Return whether a user may go to any host by this port."""
    return user in (FACADE, CONTROLLER) and (port in WEB_PORTS or port >= _FIRST_FREE_PORT)


def clone_of(user: str) -> tuple[str, str]:
    """Return name and role of a clone's user; the name is "" for any other user."""
    name, _, role = user.rpartition(".")
    return (name, role) if role in (IMPORT, SITE) else ("", "")


def clone_opens(clone: CloneObject | None, role: str, host: str, port: int) -> bool:
    """Return whether a clone's user may go to a host, in lower case, by a port."""
    if clone is None or clone.deleting:
        return False
    if role == IMPORT:
        return _is_source(clone.source_url, host, port)
    return port in WEB_PORTS and (host in WORDPRESS_ORG or host in clone.allow_hosts)


def _is_source(url: str, host: str, port: int) -> bool:
    """Whether that is the source's host, or its twin with or without `www`, which the engine follows redirects to."""
    try:
        parts = urlsplit(url)
        ports = WEB_PORTS if parts.port is None else WEB_PORTS | {parts.port}
    except ValueError:
        return False
    source = (parts.hostname or "").rstrip(".")
    return bool(source) and port in ports and host.removeprefix("www.") == source.removeprefix("www.")
