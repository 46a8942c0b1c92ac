"""Names for content: two inputs have the same hash exactly when building them would give the same thing."""

from __future__ import annotations

import hashlib
import json
import shlex
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Template

#: Hexadecimal digits of a hash in a tag or file name.
LENGTH = 16
#: Leftovers of programs that run in a source folder; no image contains them.
LEFTOVERS = frozenset({"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".git"})


def hash_words(words: Iterable[str]) -> str:
    """Hash of a list of texts, in their order."""
    digest = hashlib.sha256()
    for word in words:
        data = word.encode()
        digest.update(len(data).to_bytes(8) + data)
    return digest.hexdigest()[:LENGTH]


def hash_files(root: Path, paths: Iterable[Path]) -> str:
    """Hash of files and folders under `root`: relative names, contents, execute bits, link targets.

    Raises:
        FileNotFoundError: one of the paths is not there.
    """
    words: list[str] = []
    for path in paths:
        if not path.exists() and not path.is_symlink():
            raise FileNotFoundError(path)
        for file in sorted(_walk(path)):
            words += [str(file.relative_to(root)), _describe(file)]
    return hash_words(words)


def _walk(path: Path) -> Iterable[Path]:
    if path.name in LEFTOVERS:
        return
    if path.is_symlink() or not path.is_dir():
        yield path
        return
    for child in path.iterdir():
        yield from _walk(child)


def _describe(file: Path) -> str:
    if file.is_symlink():
        return f"link {file.readlink()}"
    executable = bool(file.stat().st_mode & stat.S_IXUSR)
    return f"{'x' if executable else '-'} {hashlib.sha256(file.read_bytes()).hexdigest()}"


def copied_sources(dockerfile: str) -> list[str]:
    """What a Dockerfile's COPY and ADD lines take from the build context, in order; `--from=` lines left out."""
    found: list[str] = []
    for line in _logical_lines(dockerfile):
        instruction, _, rest = line.partition(" ")
        if instruction.upper() not in {"COPY", "ADD"}:
            continue
        flags, words = _split_arguments(rest.strip())
        if not any(flag.startswith("--from=") for flag in flags):
            found += words[:-1]
    return found


def base_images(dockerfile: str, arguments: Mapping[str, str] | None = None) -> list[str]:
    """The images that a Dockerfile's FROM lines name; its own stages and `scratch` left out.

    Args:
        dockerfile: the text.
        arguments: build arguments; the defaults of ARG lines stand for those that are not given.
    """
    found: list[str] = []
    stages = {"scratch"}
    values: dict[str, str] = {}
    for line in _logical_lines(dockerfile):
        words = [word for word in line.split() if not word.startswith("--")]
        if words[0].upper() == "ARG":
            name, _, default = words[1].partition("=")
            values[name] = (arguments or {}).get(name, default)
        if words[0].upper() != "FROM":
            continue
        image = Template(words[1]).safe_substitute(values)
        if image not in stages:
            found.append(image)
        if len(words) > 3:
            stages.add(words[3])
    return found


def _logical_lines(dockerfile: str) -> Iterable[str]:
    lines = [line.strip() for line in dockerfile.splitlines()]
    joined = "\n".join(line for line in lines if line and not line.startswith("#"))
    return joined.replace("\\\n", " ").splitlines()


def _split_arguments(text: str) -> tuple[list[str], list[str]]:
    flags: list[str] = []
    while text.startswith("--"):
        flag, _, text = text.partition(" ")
        flags.append(flag)
        text = text.lstrip()
    words = json.loads(text) if text.startswith("[") else shlex.split(text)
    return flags, [str(word) for word in words]
