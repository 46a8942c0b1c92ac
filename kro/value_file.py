"""Reads a value file; what is wrong in it is reported as `file:line: field: reason`, which editors can jump to."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import ValidationError

from kro.environment import Environment


class InvalidEnvironment(ValueError):
    """A value file is unreadable or breaks the schema; the message has one `file:line: field: reason` per fault."""


def load_environment(file: Path) -> Environment:
    """Read and check one value file; raises InvalidEnvironment."""
    try:
        text = file.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        return Environment.model_validate(yaml.safe_load(text))
    except OSError as error:
        raise InvalidEnvironment(f"{file}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise InvalidEnvironment(f"{file}: {error}") from error
    except ValidationError as error:
        faults = [_fault(file, root, fault["loc"], fault["msg"]) for fault in error.errors()]
        raise InvalidEnvironment("\n".join(faults)) from error


def _fault(file: Path, root: yaml.Node | None, location: tuple[int | str, ...], reason: str) -> str:
    field = ".".join(str(step) for step in location) or "(whole file)"
    return f"{file}:{_line(root, location)}: {field}: {reason}"


def _line(node: yaml.Node | None, location: tuple[int | str, ...]) -> int:
    """Line (from 1) of the deepest node on the way to `location` that the file has."""
    line = 1
    for step in location:
        if node is None:
            break
        line, node = _child(node, step, line)
    return line


def _child(node: yaml.Node, step: int | str, line: int) -> tuple[int, yaml.Node | None]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == step:
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        item = node.value[step]
        return item.start_mark.line + 1, item
    return line, None
