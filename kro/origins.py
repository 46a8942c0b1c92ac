"""Which line of which template a line of a manifest came from.

Templates are rendered a second time with a mark at the end of each line that has text of its own. The marks name the
line; taken out again, they leave what is rendered without them. A line may have several: that of a macro and, behind
it, that of the line which calls it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from jinja2 import Environment as Templates
from jinja2 import FileSystemLoader

from kro.environment import Environment
from kro.render import render

# Private-use characters: no template and no value has them.
_BEGIN, _END = "\ue000", "\ue001"
_MARK = re.compile(f"{_BEGIN}([^{_END}]*):([0-9]+){_END}")
# Behind these a mark would change what Jinja does with the end of the line.
_STATEMENT = re.compile(r"\{%|%\}|\{#|#\}|-\}\}|\{\{-")


@dataclass(frozen=True)
class Origin:
    """A line (from 1) of a template, whose name is relative to kro/templates."""

    template: str
    line: int

    def __str__(self) -> str:
        return f"kro/templates/{self.template}:{self.line}"


def origins(environment: Environment) -> dict[str, list[tuple[Origin, ...]]]:
    """Return, for each manifest and each of its lines, the template lines, that of the caller of a macro last."""
    marked = render(environment, loader=_MarkingLoader)
    return {name: [_origins_of(line) for line in text.splitlines()] for name, text in marked.items()}


def without_marks(text: str) -> str:
    """Return what would be rendered without marks."""
    return _MARK.sub("", text)


def _origins_of(line: str) -> tuple[Origin, ...]:
    return tuple(Origin(name, int(number)) for name, number in _MARK.findall(line))


class _MarkingLoader(FileSystemLoader):
    def get_source(self, environment: Templates, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, file, is_current = super().get_source(environment, template)
        lines = source.splitlines(keepends=True)
        return "".join(_mark(line, template, number) for number, line in enumerate(lines, 1)), file, is_current


def _mark(line: str, template: str, number: int) -> str:
    if not line.strip() or _STATEMENT.search(line):
        return line
    text = line.removesuffix("\n")
    return f"{text}{_BEGIN}{template}:{number}{_END}{line[len(text) :]}"
