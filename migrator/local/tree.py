"""Remove from a directory what is not to be there."""

import os
import shutil
from collections.abc import Container
from pathlib import Path

WORKING_DIRECTORY = b".migrator"
TOLERATED = frozenset({WORKING_DIRECTORY, b"lost+found"})


def remove_others(root: bytes, keep: Container[bytes]) -> int:
    """Remove everything below a directory whose place is not among those to keep; returns how many files went.

    Directories above a kept place must be among them.
    """
    removed = 0
    for folder, subfolders, names in os.walk(root):
        below = folder[len(root) :].lstrip(b"/")
        gone = [name for name in subfolders if _join(below, name) not in keep]
        subfolders[:] = [name for name in subfolders if name not in gone]
        for name in names:
            if _join(below, name) not in keep:
                os.unlink(os.path.join(folder, name))  # noqa: PTH108, PTH118 - names are bytes
                removed += 1
        removed += sum(_remove_tree(Path(os.fsdecode(folder), os.fsdecode(name))) for name in _ours(below, gone))
    return removed


def _ours(below: bytes, folders: list[bytes]) -> list[bytes]:
    return [name for name in folders if below or name not in TOLERATED]


def _remove_tree(path: Path) -> int:
    if path.is_symlink():
        path.unlink()
        return 1
    files = sum(len(names) for _, _, names in os.walk(path))
    shutil.rmtree(path)
    return files


def _join(below: bytes, name: bytes) -> bytes:
    return below + b"/" + name if below else name
