"""Renders the bundle: templates and one environment's values in, plain manifests out.

The output is committed, so that a review shows what reaches a cluster; `--check` fails when it is not what templates
and values say.
"""

from __future__ import annotations

import difflib
import json
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from jinja2 import Environment as Templates
from jinja2 import FileSystemLoader, StrictUndefined, select_autoescape

from kro.environment import Environment
from kro.value_file import InvalidEnvironment, load_environment

HERE = Path(__file__).resolve().parent
ENVIRONMENTS = HERE / "environments"
RENDERED = HERE / "rendered"
TEMPLATES = HERE / "templates"


@dataclass(frozen=True)
class Kind:
    """Names that a definition takes up in a cluster; a second one beside the first needs others."""

    kind: str = "WordPressClone"
    short_name: str = "wpc"

    @property
    def plural(self) -> str:
        """As kro makes it: lower case and an English plural, which for our names is an `s`."""
        return self.kind.lower() + "s"

    @property
    def definition(self) -> str:
        """Name of the ResourceGraphDefinition and of the CustomResourceDefinition that kro makes from it."""
        return f"{self.plural}.kro.run"


def render(
    environment: Environment, kind: Kind | None = None, loader: type[FileSystemLoader] = FileSystemLoader
) -> dict[str, str]:
    """Return file name → manifest for one environment, but none that would be empty; raises jinja2's TemplateError."""
    templates = Templates(
        loader=loader(TEMPLATES),
        undefined=StrictUndefined,
        # Manifests are YAML: HTML's escapes would be wrong in them, and values are quoted by the filter `quoted`.
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters |= {"quoted": quoted, "block": block}
    context = {"env": environment, "kind": kind or Kind()}
    files = sorted(name for name in templates.list_templates(["j2"]) if "/" not in name)
    rendered = {name.removesuffix(".j2"): templates.get_template(name).render(context) for name in files}
    return {name: text for name, text in rendered.items() if text.strip()}


def quoted(value: object) -> str:
    """Any value in YAML's flow style, of which JSON is a part; what is no JSON type goes in by its `str()`."""
    return json.dumps(value, ensure_ascii=False, default=str)


def block(text: str, columns: int) -> str:
    """A piece of YAML indented by so many columns, without its last line's end (the including template has one)."""
    return textwrap.indent(text.rstrip("\n"), " " * columns)


def difference(wanted: dict[str, str], folder: Path, pattern: str = "*.yaml") -> Iterator[str]:
    """Yield the lines of a unified diff between the folder's manifests and the wanted ones; none where they agree."""
    found = {file.name: file.read_text(encoding="utf-8") for file in sorted(folder.glob(pattern))}
    for name in sorted(found.keys() | wanted.keys()):
        yield from difflib.unified_diff(
            found.get(name, "").splitlines(keepends=True),
            wanted.get(name, "").splitlines(keepends=True),
            f"{folder.name}/{name} (committed)",
            f"{folder.name}/{name} (rendered)",
        )


def write(wanted: dict[str, str], folder: Path) -> None:
    """Make the folder's manifests the wanted ones; a manifest whose template is gone goes too."""
    folder.mkdir(parents=True, exist_ok=True)
    for stale in set(folder.glob("*.yaml")) - {folder / name for name in wanted}:
        stale.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


def main(
    environment: Annotated[
        list[Path] | None, typer.Option(help="Value file; may be repeated. All of kro/environments where left out.")
    ] = None,
    output: Annotated[Path, typer.Option(help="Folder that takes one folder per environment.")] = RENDERED,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail with a diff where the output differs.")
    ] = False,
) -> None:
    """Render the bundle."""
    stale = False
    try:
        for file in environment or sorted(ENVIRONMENTS.glob("*.yaml")):
            values = load_environment(file)
            manifests = render(values)
            if check:
                lines = list(difference(manifests, output / values.name))
                sys.stdout.writelines(lines)
                stale = stale or bool(lines)
            else:
                write(manifests, output / values.name)
    except InvalidEnvironment as error:
        sys.exit(str(error))
    if stale:
        sys.exit("the rendered manifests are out of date: run `make render`")


if __name__ == "__main__":
    typer.run(main)
