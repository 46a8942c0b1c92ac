"""One environment's manifests, with the place that each field of them comes from."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jinja2 import TemplateError, TemplateSyntaxError

from kro.environment import Environment
from kro.origins import Origin, origins
from kro.render import RENDERED, TEMPLATES, difference, render
from kro.validate.faults import Class, Fault, shown
from kro.yaml_lines import line_of


@dataclass(frozen=True)
class Document:
    """One object of a manifest file, as data and as what it was read from."""

    file: str
    data: dict[str, Any]
    node: yaml.Node


class Rendered:
    """What the templates make of an environment's values; `folder` is where it is committed, `faults` says what not."""

    def __init__(self, environment: Environment, output: Path = RENDERED) -> None:
        self.environment = environment
        self.folder = output / environment.name
        self.faults: list[Fault] = []
        self.files: dict[str, str] = {}
        self._origins: dict[str, list[tuple[Origin, ...]]] = {}
        self.documents: list[Document] = []
        try:
            self.files = render(environment)
            self._origins = origins(environment)
        except TemplateError as error:
            self.faults.append(Fault(Class.TEMPLATE, _place_of(error), f"{environment.name}: {error}"))
        for name, text in self.files.items():
            self._read(name, text)

    def _read(self, name: str, text: str) -> None:
        try:
            nodes = list(yaml.compose_all(text, Loader=yaml.SafeLoader))
            data = list(yaml.safe_load_all(text))
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            self.faults.append(Fault(Class.TEMPLATE, self.place_of_line(name, line), f"not YAML: {error.problem}"))
            return
        self.documents += [Document(name, item, node) for item, node in zip(data, nodes, strict=True) if item]

    def place(self, document: Document, path: str = "") -> str:
        """Where a field of an object is written."""
        return self.place_of_line(document.file, line_of(document.node, path))

    def place_of_line(self, file: str, line: int) -> str:
        """Where a line of a manifest is written: in a template; the manifest itself, and macros, in parentheses."""
        lines = self._origins.get(file, [])
        found = lines[line - 1] if line <= len(lines) else ()
        manifest = f"{shown(self.folder / file)}:{line}"
        if not found:
            return manifest
        *macros, caller = [f"{shown(TEMPLATES / origin.template)}:{origin.line}" for origin in found]
        return f"{caller}: ({', '.join([*macros, manifest])})"

    def stale(self) -> list[Fault]:
        """One fault for each committed file that differs, at its first line that does."""
        faults = []
        names = {file.name for file in self.folder.glob("*.yaml")} | self.files.keys()
        for name in sorted(names):
            wanted = {name: self.files[name]} if name in self.files else {}
            lines = list(difference(wanted, self.folder, name))
            if lines:
                place = f"{shown(self.folder / name)}:{_first_line(lines)}"
                message = "is not what templates and values say: run `make render`, and commit what it writes"
                faults.append(Fault(Class.STALE, place, message, "".join(lines)))
        return faults


def _first_line(diff: list[str]) -> int:
    """Line of the committed file with the first difference: `@@ -12,7 +12,8 @@` and the lines behind it."""
    begin = int(diff[2].split()[1].removeprefix("-").partition(",")[0])
    same = next(index for index, line in enumerate(diff[3:]) if line[0] in "+-")
    return max(1, begin + same)


def _place_of(error: TemplateError) -> str:
    """The template's line that an error is about; Jinja puts it into the traceback."""
    if isinstance(error, TemplateSyntaxError):
        return f"{shown(TEMPLATES / (error.name or ''))}:{error.lineno}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).suffix == ".j2"]
    return f"{shown(Path(frames[-1].filename))}:{frames[-1].lineno}" if frames else shown(TEMPLATES)
