"""Reads a value file; what is wrong in it is reported as `file:line: field: reason`, which editors can jump to."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import ValidationError

from kro.environment import Environment
from kro.yaml_lines import as_path, line_of


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
        raise InvalidEnvironment(_syntax(file, error)) from error
    except ValidationError as error:
        faults = [_fault(file, root, fault["loc"], fault["msg"]) for fault in error.errors()]
        raise InvalidEnvironment("\n".join(faults)) from error


def _fault(file: Path, root: yaml.Node | None, location: tuple[int | str, ...], reason: str) -> str:
    field = ".".join(str(step) for step in location) or "(whole file)"
    return f"{file}:{line_of(root, as_path(location))}: {field}: {reason}"


def _syntax(file: Path, error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        reason = " ".join(part for part in (error.context, error.problem) if part)
        return f"{file}:{error.problem_mark.line + 1}: (whole file): {reason}"
    return f"{file}: {error}"
