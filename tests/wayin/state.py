"""All that a site is, under one name each: files, tables, rows; and what has changed between two looks at it.

Names of options and of users' meta are theirs, other rows are named by their first column.
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.engine.servers import Server

State = Mapping[str, object]
#: Tables whose rows have names of their own: by these columns.
_NAMED = {
    "wp_options": ("option", "option_name"),
    "wp_sitemeta": ("network option", "meta_key"),
    "wp_usermeta": ("user meta", "meta_key"),
}


def site_state(root: Path, server: Server, database: str) -> State:
    """The site's files (size, time, mode, owner) and rows, as they are now."""
    return dict(_files(root)) | dict(_rows(server, database))


def changes(before: State, after: State) -> list[str]:
    """What was added, removed or changed: `added file wp-content/x`, `changed option cron`."""
    found = [f"added {name}" for name in after.keys() - before.keys()]
    found += [f"removed {name}" for name in before.keys() - after.keys()]
    found += [f"changed {name}" for name in before.keys() & after.keys() if before[name] != after[name]]
    return sorted(found)


def _files(root: Path) -> Iterator[tuple[str, object]]:
    for folder, folders, names in os.walk(root):
        for name in folders + names:
            path = Path(folder, name)
            seen = path.lstat()
            what = ("folder",) if path.is_dir() else (seen.st_size, seen.st_mtime_ns)
            kind = "folder" if path.is_dir() else "file"
            yield f"{kind} {path.relative_to(root)}", (*what, seen.st_mode, seen.st_uid)


def _rows(server: Server, database: str) -> Iterator[tuple[str, object]]:
    connection = server.connect(database)
    try:
        with connection.cursor() as cursor:
            for table in table_names(server, database):
                yield f"table {table}", True
                cursor.execute(f"SELECT * FROM `{table}`")
                columns = [name[0] for name in cursor.description or ()]
                kind, named_by = _NAMED.get(table, (table, columns[0]))
                for row in cursor.fetchall():
                    values = dict(zip(columns, row, strict=True))
                    owner = f" of user {values['user_id'].decode()}" if table == "wp_usermeta" else ""
                    name = f"{kind} {values[named_by].decode()}{owner}"
                    yield name, _list(values["option_value"]) if name == "option active_plugins" else row
    finally:
        connection.close()


def _list(serialized: bytes) -> list[bytes]:
    """The texts of a list in their order; the numbers that PHP gives them have gaps whenever one was taken out."""
    return re.findall(rb'"([^"]*)"', serialized)


def table_names(server: Server, database: str) -> list[str]:
    """The tables of a database."""
    return [name.decode() for (name,) in server.run("SHOW TABLES", database=database)]
