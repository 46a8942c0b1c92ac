"""Whether a copy is the site: every row, every definition, every file. Written without any code of the engine.

The copy is held against a reference, a database that the site's maker has filled with what it must hold, and against
the list of files that it must have. Both sides are read as the servers' raw bytes.
"""

import os
from collections import Counter
from pathlib import Path
from typing import Any

from tests.engine.side import Side
from tests.engine.site_files import FileState, tree

#: Options that a copy has of its own, and the one that WordPress itself makes when it is first called.
OWN_OPTIONS = (b"blog_public", b"active_plugins", b"admin_email_lifespan", b"cron")


def differences(reference: Side, copy: Side, *, any_root: str, root: Path) -> list[str]:
    """What is not in a copy's database as it must be; empty for an exact copy.

    Args:
        any_root: Stands for the copy's folder in the reference.
        root: The copy's folder.
    """
    found = []
    for kind in ("BASE TABLE", "VIEW"):
        if reference.tables(kind) != copy.tables(kind):
            found.append(f"{kind}: {sorted(reference.tables(kind) ^ copy.tables(kind))}")
    for name in sorted(reference.tables() & copy.tables()):
        wanted, there = _cleaned(name, reference.rows(name)), _cleaned(name, copy.rows(name))
        wanted = _at_root(wanted, any_root.encode(), os.fsencode(root))
        found += _rows_differ(name, wanted, there)
        if reference.columns(name) != copy.columns(name):
            found.append(f"{name}: columns {set(reference.columns(name)) ^ set(copy.columns(name))}")
        if reference.indexes(name) != copy.indexes(name):
            found.append(f"{name}: indexes {reference.indexes(name) ^ copy.indexes(name)}")
    for name in sorted(reference.tables("VIEW") & copy.tables("VIEW")):
        found += _rows_differ(name, reference.rows(name), copy.rows(name))
    if reference.foreign_keys() != copy.foreign_keys():
        found.append(f"foreign keys: {reference.foreign_keys() ^ copy.foreign_keys()}")
    return found


def _rows_differ(name: str, wanted: "Counter[Any]", there: "Counter[Any]") -> list[str]:
    missing, added = wanted - there, there - wanted
    samples = [f"{str(row)[:300]} x{count}" for rows in (missing, added) for row, count in list(rows.items())[:2]]
    return [f"{name}: {missing.total()} missing, {added.total()} added: {samples}"] if missing or added else []


def _at_root(rows: "Counter[Any]", any_root: bytes, root: bytes) -> "Counter[Any]":
    """Put the copy's folder where the reference has what stands for it: only values that are not serialized have it."""
    changed: Counter[Any] = Counter()
    for row, count in rows.items():
        replaced = tuple(value.replace(any_root, root) if isinstance(value, bytes) else value for value in row)
        changed[replaced] += count
    return changed


def _cleaned(name: str, rows: "Counter[Any]") -> "Counter[Any]":
    """Without what a copy has of its own: some options, its administrator, its users' tokens."""
    if name == "wp_options":
        return Counter({row: n for row, n in rows.items() if row[1] not in OWN_OPTIONS})
    if name == "wp_users":
        return Counter({row: n for row, n in rows.items() if row[0] in (b"1", b"2")})
    if name == "wp_usermeta":
        return Counter({row: n for row, n in rows.items() if row[1] in (b"1", b"2")})
    return rows


def file_differences(expected: dict[bytes, FileState], root: Path) -> list[str]:
    """What is not in a copy's folder as it must be; its wp-config.php is its own."""
    there = dict(tree(root))
    there.pop(b"wp-config.php", None)
    found = [f"missing {path!r}" for path in sorted(expected.keys() - there.keys())]
    found += [f"added {path!r}" for path in sorted(there.keys() - expected.keys())]
    for path in sorted(expected.keys() & there.keys()):
        wanted, got = expected[path], there[path]
        same_time = wanted.mtime is None or wanted.mtime == got.mtime
        if (wanted.digest, wanted.size) != (got.digest, got.size) or not same_time:
            found.append(f"{path!r}: {wanted} became {got}")
    return found
