"""The agent as a zip file that WordPress installs, made in memory from its folder.

Deterministic: the same folder gives the same bytes, whatever its order, times and modes on disk.
"""

import io
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

SLUG = "custom-migrator"
PLUGIN_FILE = f"{SLUG}/{SLUG}.php"
_VERSION = re.compile(r"^[ \t/*#@]*Version:\s*(\d+(?:\.\d+)*)", re.MULTILINE)
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the zip format's first moment
_MODE = 0o644 << 16


@dataclass(frozen=True)
class AgentPackage:
    """The plugin's zip and its version."""

    version: str
    content: bytes = field(repr=False)


def build_package(folder: Path) -> AgentPackage:
    """Return the package of the plugin in `folder`; ValueError if its entry file is missing or has no version."""
    entry = folder / f"{SLUG}.php"
    match = _VERSION.search(entry.read_text(encoding="utf-8")) if entry.is_file() else None
    if match is None:
        raise ValueError(f"{folder} does not hold the plugin {SLUG}")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            info = zipfile.ZipInfo(f"{SLUG}/{path.relative_to(folder).as_posix()}", _EPOCH)
            info.external_attr = _MODE
            archive.writestr(info, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return AgentPackage(match[1], buffer.getvalue())


def version_key(version: str) -> tuple[int, ...]:
    """Return a version in a form that compares by number."""
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
