"""What a fake source says of itself, and tables to copy from it."""

import base64
from typing import Any

from migrator.site import Site, Table, checked


def hello(**changes: Any) -> dict[str, Any]:
    """The answer to `hello` of a site as Debian lays it out; `changes` replace parts of `wordpress` and `roots`."""
    wordpress = {
        "version": "6.8.1",
        "home": "http://source.test",
        "siteurl": "http://source.test",
        "content_url": "http://source.test/wp-content",
        "plugins_url": "http://source.test/wp-content/plugins",
        "mu_plugins_url": "http://source.test/wp-content/mu-plugins",
        "uploads_url": "http://source.test/wp-content/uploads",
        "prefix": "wp_",
        "charset": "utf8mb4",
        "collate": "utf8mb4_unicode_520_ci",
        "multisite": False,
    }
    roots = {
        "core": "/usr/share/wordpress",
        "content": "/var/lib/wordpress/wp-content",
        "plugins": "/var/lib/wordpress/wp-content/plugins",
        "mu_plugins": "/var/lib/wordpress/wp-content/mu-plugins",
        "uploads": "/var/lib/wordpress/wp-content/uploads",
        "themes": ["/var/lib/wordpress/wp-content/themes"],
    }
    answer = {
        "protocol": 1,
        "agent_version": "0.1.0",
        "time": 0,
        "wordpress": {key: changes.get(key, value) for key, value in wordpress.items()},
        "roots": {key: changes.get(f"root_{key}", value) for key, value in roots.items()},
        "roots_to_walk": changes.get("roots_to_walk", [["core", roots["core"]], ["content", roots["content"]]]),
        "constants": changes.get("constants", []),
    }
    return answer | {key: value for key, value in changes.items() if key in answer}


def site(**changes: Any) -> Site:
    """The same, checked."""
    return checked(Site, hello(**changes))


def table(name: str, columns: list[tuple[str, str]], key: list[str] | None, create: str = "") -> Table:
    """A table of (name, type) columns."""
    answer = {
        "name": name,
        "type": "table",
        "create": base64.b64encode(create.encode()).decode(),
        "columns": [{"name": column, "type": kind} for column, kind in columns],
        "key": key,
    }
    return checked(Table, answer)
