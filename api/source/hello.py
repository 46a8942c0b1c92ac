"""What an agent says of itself and its site when it is greeted: can this site be cloned with it?"""

from collections.abc import Mapping

from api.domain.refusals.agent import AgentProtocol
from api.domain.refusals.plugin import Multisite, WordPressTooOld
from api.source.package import version_key
from api.source.permission import OLDEST

PROTOCOL = 1

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


def _part(hello: Hello, name: str) -> Hello:
    part = hello.get(name)
    return part if isinstance(part, dict) else {}
