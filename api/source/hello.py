"""What an agent says of itself and its site when it is greeted: can this site be cloned with it?"""

from collections.abc import Mapping

from api.domain.refusals.agent import AgentProtocol
from api.domain.refusals.plugin import Multisite, WordPressTooOld
from api.source.package import version_key
from api.source.permission import OLDEST

PROTOCOL = 1
_MOST_ROOTS = 5  # core, content, plugins, mu_plugins, uploads

Hello = Mapping[str, object]


def check_hello(hello: Hello) -> None:
    """Raise AgentProtocol, Multisite or WordPressTooOld if the site cannot be cloned."""
    if hello.get("protocol") != PROTOCOL:
        raise AgentProtocol
    site = _part(hello, "wordpress")
    if site.get("multisite") is True:
        raise Multisite
    version = version_key(str(site.get("version", "")).partition("-")[0])
    if version and version < OLDEST:
        raise WordPressTooOld


def is_standing(hello: Hello) -> bool:
    """Return whether the key that greeted was made by the site's owner, who alone may revoke it."""
    return _part(hello, "key").get("purpose") == "standing"


def php_version(hello: Hello) -> str:
    """Return the version of the site's PHP, "" if the agent does not say."""
    version = _part(hello, "php").get("version")
    return version if isinstance(version, str) else ""


def database_bytes(hello: Hello) -> int:
    """Return the size of the site's tables, 0 if the agent does not say."""
    size = _part(hello, "database").get("bytes")
    return size if isinstance(size, int) and size > 0 else 0


def roots(hello: Hello) -> list[str]:
    """Return the names of the site's folders that are copied."""
    found = hello.get("roots_to_walk")
    pairs = found[:_MOST_ROOTS] if isinstance(found, list) else []
    return [pair[0] for pair in pairs if isinstance(pair, list) and pair and isinstance(pair[0], str)]


def _part(hello: Hello, name: str) -> Hello:
    part = hello.get(name)
    return part if isinstance(part, dict) else {}
