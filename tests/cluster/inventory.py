"""Counts everything a clone may leave: objects in the cluster, databases and accounts, the agent on the source."""

from __future__ import annotations

import json
from typing import Any

import pymysql
from pymysql.constants import ER

from local import rows
from local.kubectl import kubectl

KINDS = (
    "wordpressclones,pods,deployments,replicasets,services,ingresses,networkpolicies,configmaps,secrets,endpointslices,"
    "persistentvolumeclaims"
)
NAMESPACE = "wordpress-staging"
PLUGINS = "/var/lib/wordpress/wp-content/plugins"


def objects() -> set[str]:
    """`kind/name` of everything in the clones' namespace."""
    listed: dict[str, Any] = json.loads(kubectl("get", KINDS, "-n", NAMESPACE, "-o", "json"))
    return {f"{item['kind']}/{item['metadata']['name']}" for item in listed["items"]}


def databases() -> set[str]:
    """Databases and accounts on the shared server that belong to clones."""
    with rows.shared_server() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE 'wp\\_%'")
        found = {f"database/{row[0]}" for row in cursor.fetchall()}
        cursor.execute("SELECT USER FROM information_schema.USER_ATTRIBUTES WHERE USER LIKE 'wp\\_%'")
        return found | {f"user/{row[0]}" for row in cursor.fetchall()}


def agent() -> set[str]:
    """What of the agent is on the demo source: folder, tables, options, its place among the active plugins."""
    with rows.source_database() as connection, connection.cursor() as cursor:
        cursor.execute("SHOW TABLES LIKE '%custom\\_migrator%'")
        found = {f"table/{row[0]}" for row in cursor.fetchall()}
        cursor.execute(
            "SELECT option_name FROM wp_options WHERE option_name LIKE '%custom\\_migrator%'"
            " OR option_name = 'active_plugins' AND option_value LIKE '%custom-migrator%'"
        )
        found |= {f"option/{row[0]}" for row in cursor.fetchall()}
    plugins = kubectl("exec", "-n", "demo-source", "deploy/web", "--", "ls", PLUGINS)
    return found | {f"plugin/{name}" for name in plugins.split() if "migrator" in name}


def key_seconds() -> int:
    """After how many seconds no key to the demo source is valid any more; 0 if there is none."""
    return max([0, *(int(end - now) for end, now in _of_keys("expires_at, UNIX_TIMESTAMP()"))])


def registered_keys() -> set[str]:
    """Ids of the keys that are registered at the demo source."""
    return {str(identity) for (identity,) in _of_keys("id")}


def _of_keys(columns: str) -> list[tuple[Any, ...]]:
    """Columns of the table of keys, which may go with the agent at any moment."""
    with rows.source_database() as connection, connection.cursor() as cursor:
        try:
            cursor.execute(f"SELECT {columns} FROM wp_custom_migrator_keys")
        except pymysql.err.ProgrammingError as error:
            if error.args[0] != ER.NO_SUCH_TABLE:
                raise
            return []
        return list(cursor.fetchall())


def of(name: str, things: set[str]) -> set[str]:
    """Those of the things that bear a clone's name."""
    return {thing for thing in things if name in thing or name.replace("-", "_") in thing}


def ours() -> set[str]:
    """Everything on the cluster and on the shared server."""
    return objects() | databases()


def everything() -> set[str]:
    """All of the above, what is on the source too."""
    return ours() | agent()
