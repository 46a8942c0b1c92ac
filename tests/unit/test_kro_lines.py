"""Where things are written: a field in a YAML file, a manifest's line in its template, what kro talks about."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from kro.origins import Origin, _MarkingLoader, origins, without_marks
from kro.render import ENVIRONMENTS, TEMPLATES, render
from kro.validate.kro_message import path_of
from kro.validate.rendered import Rendered
from kro.value_file import load_environment
from kro.yaml_lines import as_path, line_of

TEXT = """\
metadata:
  annotations:
    example.com/a: x
    example.com/a.b: y
spec:
  rules:
    - host: one
    - host: two
      paths: [a, b]
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("", 1),
        ("metadata", 1),
        ("metadata.annotations", 2),
        ("metadata.annotations[example.com/a]", 3),
        ('metadata.annotations["example.com/a.b"]', 4),
        ("metadata.annotations.example.com/a.b", 4),
        (".spec.rules", 6),
        ("spec.rules[0].host", 7),
        ("spec.rules[1]", 8),
        ("spec.rules[1].paths[1]", 9),
        ("spec.rules[1].absent.deeper", 8),
        ("spec.rules[7].host", 6),
        ("absent", 1),
    ],
)
def test_a_path_leads_to_the_line_of_its_deepest_node(path: str, line: int) -> None:
    assert line_of(yaml.compose(TEXT, Loader=yaml.SafeLoader), path) == line


def test_an_empty_document_has_one_line() -> None:
    assert line_of(yaml.compose("", Loader=yaml.SafeLoader), "a.b") == 1


def test_keys_and_indexes_become_a_path() -> None:
    assert as_path(("spec", "rules", 0, "host")) == "spec.rules[0].host"


FILES = sorted(ENVIRONMENTS.glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_marks_change_nothing_but_themselves(file: Path) -> None:
    environment = load_environment(file)
    marked = render(environment, loader=_MarkingLoader)
    assert {name: without_marks(text) for name, text in marked.items()} == render(environment)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_line_with_text_comes_from_a_line_that_is_like_it(file: Path) -> None:
    """A line without expressions of Jinja's stands in its template as it is, but for the indentation."""
    environment = load_environment(file)
    files = render(environment)
    for name, found in origins(environment).items():
        for text, places in zip(files[name].splitlines(), found, strict=True):
            assert places or not text.strip(), (name, text)
            if places and not any("{{" in source(place) for place in places):
                assert text.strip() == source(places[0]).strip()


def source(place: Origin) -> str:
    return (TEMPLATES / place.template).read_text(encoding="utf-8").splitlines()[place.line - 1]


@pytest.mark.parametrize(
    ("message", "path"),
    [
        (
            'resource "config": failed to compile expression "schema.spec.x" at path "data.PHP_VERSION": ERROR',
            "spec.resources[0].template.data.PHP_VERSION",
        ),
        (
            'resource "deployment": error getting field schema for path spec.x: schema not found for field x',
            "spec.resources[{deployment}].template.spec.x",
        ),
        (
            'failed to type-check includeWhen expression "schema.spec.storage.persistent" in resource "volume": ERROR',
            "spec.resources[{volume}].includeWhen[0]",
        ),
        (
            'failed to build instance status schema: status field "message" expression "a.x": unknown identifiers',
            "spec.schema.status.message",
        ),
        (
            "failed to build OpenAPI schema for instance: field ttlMinutes: unknown type: integre",
            "spec.schema.spec.ttlMinutes",
        ),
        (
            'parse error: ERROR: <input>:1:43: Syntax error\n | "wp_" + (schema.metadata.name.replace("-", "_"))',
            "spec.resources[0].template.data.DB_NAME",
        ),
        ("something that nobody has seen yet", "spec"),
        ('failed to build resource "volume": something new', "spec.resources[{volume}]"),
    ],
)
def test_a_message_of_kros_leads_to_a_field(message: str, path: str) -> None:
    rendered = Rendered(load_environment(ENVIRONMENTS / "local.yaml"))
    (definition,) = [item for item in rendered.documents if item.data["kind"] == "ResourceGraphDefinition"]
    numbers = {part["id"]: number for number, part in enumerate(definition.data["spec"]["resources"])}
    assert path_of(message, definition) == path.format(**numbers)
