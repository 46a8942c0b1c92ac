"""Rendering: repeatable, complete, and a stale file does not go unnoticed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from kro.render import ENVIRONMENTS, Kind, block, difference, main, quoted, render, write
from kro.value_file import load_environment

LOCAL = load_environment(ENVIRONMENTS / "local.yaml")


def test_rendering_twice_gives_the_same() -> None:
    assert render(LOCAL) == render(LOCAL)


def test_written_files_do_not_differ(tmp_path: Path) -> None:
    write(render(LOCAL), tmp_path)
    assert not list(difference(render(LOCAL), tmp_path))


def test_a_changed_a_missing_and_a_left_over_file_differ(tmp_path: Path) -> None:
    write(render(LOCAL), tmp_path)
    (tmp_path / "00-rbac.yaml").unlink()
    (tmp_path / "99-old.yaml").write_text("left: over\n")
    definition = tmp_path / "20-definition.yaml"
    definition.write_text(definition.read_text().replace("skipper", "nginx"))
    text = "".join(difference(render(LOCAL), tmp_path))
    assert "/00-rbac.yaml (rendered)" in text
    assert "-left: over" in text
    assert "ingressClassName: skipper" in text


def test_writing_removes_what_has_no_template_any_more(tmp_path: Path) -> None:
    (tmp_path / "99-old.yaml").write_text("left: over\n")
    write(render(LOCAL), tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(render(LOCAL))


def test_check_fails_on_a_difference_and_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([ENVIRONMENTS / "local.yaml"], tmp_path)
    main([ENVIRONMENTS / "local.yaml"], tmp_path, check=True)
    (tmp_path / "local" / "00-rbac.yaml").write_text("")
    with pytest.raises(SystemExit, match="make render"):
        main([ENVIRONMENTS / "local.yaml"], tmp_path, check=True)
    assert "+kind: ClusterRole" in capsys.readouterr().out


def test_a_wrong_value_file_ends_with_its_message(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("name: mine\n")
    with pytest.raises(SystemExit, match=r"mine\.yaml:1: namespace: Field required"):
        main([file], tmp_path)


def test_another_kind_takes_up_no_name_of_the_first() -> None:
    other = Kind("WordPressCloneCheck", "wpccheck")
    for text in render(LOCAL, other).values():
        for document in yaml.safe_load_all(text):
            assert "wordpressclonechecks" in document["metadata"]["name"]
    definition = yaml.safe_load(render(LOCAL, other)["20-definition.yaml"])
    assert definition["spec"]["schema"]["kind"] == "WordPressCloneCheck"
    assert definition["spec"]["schema"]["shortNames"] == ["wpccheck"]


@pytest.mark.parametrize("value", ["true", '[{"HTTPS": 443}]', "a: b # c", "- x", "'", "ä"])
def test_quoted_values_come_back_as_they_were(value: str) -> None:
    assert yaml.safe_load(f"key: {quoted(value)}") == {"key": value}


def test_block_indents_every_line_and_leaves_the_end_to_the_template() -> None:
    assert block("a:\n  b: 1\n", 2) == "  a:\n    b: 1"
