"""The clone's users: everybody is logged out, and one administrator is new.

Sessions, application passwords and reset keys of the source must not open the clone. The new administrator is `admin`,
or `admin-` and four random characters where the source has an `admin`.
"""

import secrets
import string
from collections.abc import Mapping

from migrator.finalise.phpass import hash_password
from migrator.local.database import Connection, named
from migrator.site import Scalar

_MAIL_DOMAIN = "clone.invalid"  # RFC 2606: never delivered anywhere
_DROPPED_META = ("session_tokens", "_application_passwords")
_ADMINISTRATOR = 'a:1:{s:13:"administrator";b:1;}'

_INSERT = """INSERT INTO {users} (user_login, user_pass, user_nicename, user_email, user_url, user_registered,
    user_activation_key, user_status, display_name) VALUES (%s, %s, %s, %s, '', UTC_TIMESTAMP(), '', 0, %s)"""


def user_tables(prefix: str, constants: Mapping[str, Scalar]) -> tuple[str, str]:
    """Names of the tables of users and of their properties, which constants of the source may change."""
    users, meta = constants.get("CUSTOM_USER_TABLE"), constants.get("CUSTOM_USER_META_TABLE")
    return str(users or f"{prefix}users"), str(meta or f"{prefix}usermeta")


class Users:
    """The users of a clone.

    Args:
        prefix: Of the clone's tables.
        constants: The source's; CUSTOM_USER_TABLE and CUSTOM_USER_META_TABLE name other tables.
    """

    def __init__(self, connection: Connection, prefix: str, constants: Mapping[str, Scalar]) -> None:
        self._connection = connection
        self._prefix = prefix
        self._users, self._meta = user_tables(prefix, constants)

    def log_everybody_out(self) -> int:
        """Remove sessions, application passwords and reset keys; returns how many entries went."""
        delete = named("DELETE FROM {meta} WHERE meta_key IN (%s, %s)", meta=self._meta)
        update = "UPDATE {users} SET user_activation_key = '' WHERE user_activation_key <> ''"
        gone = self._connection.run(delete, "removing sessions", _DROPPED_META)
        return gone + self._connection.run(named(update, users=self._users), "removing reset keys")

    def add_administrator(self, password: str) -> str:
        """Make the clone's administrator; returns the login."""
        login = self._free_login()
        values = (login, hash_password(password), login, f"{login}@{_MAIL_DOMAIN}", login)
        self._connection.run(named(_INSERT, users=self._users), "adding the clone's administrator", values)
        ((user_id,),) = self._connection.rows("SELECT LAST_INSERT_ID()", "reading the administrator's id")
        add = named("INSERT INTO {meta} (user_id, meta_key, meta_value) VALUES (%s, %s, %s)", meta=self._meta)
        for key, value in self._meta_of(login).items():
            self._connection.run(add, "adding the clone's administrator", (user_id, key, value))
        return login

    def _meta_of(self, login: str) -> dict[str, str]:
        return {
            "nickname": login,
            f"{self._prefix}capabilities": _ADMINISTRATOR,
            f"{self._prefix}user_level": "10",
        }

    def _free_login(self) -> str:
        login = "admin"
        while self._is_taken(login):
            login = "admin-" + "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(4))
        return login

    def _is_taken(self, login: str) -> bool:
        query = "SELECT 1 FROM {users} WHERE user_login = %s OR user_nicename = %s LIMIT 1"
        return bool(self._connection.rows(named(query, users=self._users), "looking for a free login", (login, login)))
