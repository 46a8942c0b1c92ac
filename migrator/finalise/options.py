"""The clone's options: its own address, hidden from search engines, without our agent as a plugin.

Also taken out are settings that would point uploads elsewhere, and the reminder to confirm the site's e-mail address,
which would stand between a new administrator and the dashboard.
"""

from migrator.finalise.php import read_string_list, write_string_list
from migrator.local.database import Connection, named

AGENT_PLUGIN = b"custom-migrator/custom-migrator.php"
_AGENT_OPTIONS = "custom\\_migrator\\_%"
_FAR_FUTURE = "4102444800"  # 2100-01-01, Unix seconds


class Options:
    """The options table of a clone."""

    def __init__(self, connection: Connection, prefix: str) -> None:
        self._connection = connection
        self._table = f"{prefix}options"

    def read(self, name: str) -> bytes | None:
        """The stored bytes of an option, None if it is not there."""
        query = named("SELECT option_value FROM {table} WHERE option_name = %s", table=self._table)
        rows = self._connection.rows(query, "reading an option", (name,))
        return bytes(rows[0][0]) if rows and rows[0][0] is not None else None

    def write(self, name: str, value: str | bytes) -> None:
        """Set an option, which is made if it is not there."""
        doing = f"setting the option {name}"
        update = named("UPDATE {table} SET option_value = %s WHERE option_name = %s", table=self._table)
        if not self._connection.run(update, doing, (value, name)):
            insert = "INSERT INTO {table} (option_name, option_value, autoload) VALUES (%s, %s, 'yes')"
            self._connection.run(named(insert, table=self._table), doing, (name, value))

    def clear(self, name: str) -> None:
        """Empty an option if it is there."""
        update = named("UPDATE {table} SET option_value = '' WHERE option_name = %s", table=self._table)
        self._connection.run(update, f"emptying the option {name}", (name,))

    def delete_like(self, pattern: str) -> int:
        """Delete the options whose names match a LIKE pattern; returns how many."""
        delete = named("DELETE FROM {table} WHERE option_name LIKE %s", table=self._table)
        return self._connection.run(delete, "removing options", (pattern,))


def own_address(options: Options, clone_url: str) -> None:
    """Give the clone its address, hide it from search engines, and keep uploads where they were put."""
    options.write("siteurl", clone_url)
    options.write("home", clone_url)
    options.write("blog_public", "0")
    options.write("admin_email_lifespan", _FAR_FUTURE)
    options.clear("upload_path")
    options.clear("upload_url_path")


def without_agent(options: Options) -> bool:
    """Take our plugin out of the active ones, and its options away; returns whether it was active."""
    options.delete_like(_AGENT_OPTIONS)
    plugins = read_string_list(options.read("active_plugins") or b"")
    if plugins is None or AGENT_PLUGIN not in plugins:
        return False
    options.write("active_plugins", write_string_list([plugin for plugin in plugins if plugin != AGENT_PLUGIN]))
    return True
