"""What a value file may say, and that a wrong one is named with file, line and field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from kro.render import ENVIRONMENTS
from kro.value_file import InvalidEnvironment, load_environment

FILES = sorted(ENVIRONMENTS.glob("*.yaml"))


def changed(field: str, value: object) -> dict[str, Any]:
    """The local values with one field, given by its dotted path, set to something else; None removes it."""
    values: dict[str, Any] = yaml.safe_load((ENVIRONMENTS / "local.yaml").read_text())
    *folders, last = field.split(".")
    place: Any = values
    for step in folders:
        place = place[int(step) if step.isdigit() else step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return values


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_committed_values_are_valid_and_named_after_their_file(file: Path) -> None:
    assert load_environment(file).name == file.stem


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Local"),
        ("name", None),
        ("surprise", 1),
        ("images.api", "wordpress-clone/api"),
        ("images.target", {"8.4": "wordpress-clone/target:php8.4"}),
        ("images.pullPolicy", "Sometimes"),
        ("site.scheme", "ftp"),
        ("site.host", "S1.clone-sites.test"),
        ("site.domain", "clone-sites.test/path"),
        ("site.shards", 0),
        ("site.port", 0),
        ("database.port", 65536),
        ("database.host", "${schema.spec.source.url}"),
        ("ingress.annotations", {"a": "${schema.metadata.name}"}),
        ("network.visitors", []),
        ("pods.siteMemory.limit", "512M"),
        ("pods.cpuRequest", "0"),
        ("pods.siteSize", None),
        ("pods.diskRequest", "2G"),
        ("kro.serviceAccount", "system:masters"),
    ],
)
def test_a_wrong_value_is_named_with_file_and_field(tmp_path: Path, field: str, value: object) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump(changed(field, value)))
    with pytest.raises(InvalidEnvironment) as caught:
        load_environment(file)
    assert str(caught.value).startswith(f"{file}:")
    assert f": {field}" in str(caught.value)


@pytest.mark.parametrize(
    ("peer", "reason"),
    [
        ({}, "exactly one of"),
        ({"namespace": "a", "cidr": "10.0.0.0/8"}, "exactly one of"),
        ({"cidr": "10.0.0.0/8", "podLabels": {"a": "b"}}, "podLabels need a namespace"),
        ({"cidr": "0.0.0.0/0"}, "every address"),
        ({"cidr": "10.0.0.1/8"}, "not a valid IPv4 network"),
        ({"internet": True}, "not permitted"),
    ],
)
def test_a_wrong_peer_says_why(tmp_path: Path, peer: dict[str, object], reason: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump(changed("network.database", [peer])))
    with pytest.raises(InvalidEnvironment, match=r"network\.database\.0.*" + reason):
        load_environment(file)


def test_each_fault_has_its_line(tmp_path: Path) -> None:
    text = (ENVIRONMENTS / "local.yaml").read_text()
    file = tmp_path / "mine.yaml"
    assert "- namespace: database" in text
    file.write_text(
        text.replace("scheme: http", "scheme: gopher").replace("- namespace: database", "- namespace: DATABASE")
    )
    lines = file.read_text().splitlines()
    with pytest.raises(InvalidEnvironment) as caught:
        load_environment(file)
    scheme, namespace = str(caught.value).splitlines()
    assert scheme.startswith(f"{file}:{1 + next(n for n, line in enumerate(lines) if 'gopher' in line)}: site.scheme: ")
    assert namespace.startswith(f"{file}:{1 + next(n for n, line in enumerate(lines) if 'DATABASE' in line)}: ")
    assert "network.database.0.namespace" in namespace


@pytest.mark.parametrize("text", ["", "- a list", "name: [unclosed", "just text"])
def test_what_is_no_value_file_at_all_is_refused_too(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(InvalidEnvironment, match=r"mine\.yaml"):
        load_environment(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidEnvironment, match=r"absent\.yaml: No such file"):
        load_environment(tmp_path / "absent.yaml")
