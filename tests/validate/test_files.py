"""Faults that need no API server: each is named with file and line, and none is started."""

from __future__ import annotations

from itertools import product

import pytest

from tests.validate.conftest import Tree

pytestmark = pytest.mark.validate

LOCAL = "kro/environments/local.yaml"
VALUES, TEMPLATE, STALE = 3, 4, 5


STAGING, PRODUCTION = "kro/environments/staging.yaml", "kro/environments/production.yaml"
SERVICE, GATED = "kro/templates/parts/service.yaml.j2", "kro/examples/gated.yaml"


def test_a_wrong_value_file_is_named_with_line_field_and_reason(tree: Tree) -> None:
    wrong = [
        (LOCAL, "scheme: http\n", "scheme: gopher\n", "site.scheme: Input should be 'http' or 'https'"),
        (LOCAL, "port: 8080\n", "prot: 8080\n", "site.prot: Extra inputs are not permitted"),
        (
            LOCAL,
            "cpuRequest: 20m",
            "storageClass: fast",
            'duplication of key "storageClass" in mapping (key-duplicates)',
        ),
        (STAGING, "  scheme: https\n", "\tscheme: https\n", "(whole file): "),
        (PRODUCTION, "name: production", "name: product", "name: must be the file's, production"),
    ]
    lines = [tree.change(file, old, new) for file, old, new, _ in wrong]
    outcome = tree.validate()
    assert outcome.status == VALUES, outcome.output
    lines[2] = 1 + (tree.folder / LOCAL).read_text().splitlines().index("  storageClass: standard")
    lines[4] = 1
    for (file, _, _, message), line in zip(wrong, lines, strict=True):
        found = [text for text in outcome.output.splitlines() if text.startswith(f"{file}:{line}: ")]
        assert [message in text for text in found] == [True], (file, line, outcome.output)
    assert "API server" not in outcome.output


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("port: {{ env.site.prot }}", "local: 'kro.environment.Site object' has no attribute 'prot'"),
        ("port: {{ env.site.port", "local: expected token"),
        ("port: [80", "not YAML: "),
    ],
)
def test_a_broken_template_is_named_with_its_line(tree: Tree, new: str, message: str) -> None:
    line = tree.change(SERVICE, "port: 80\n", f"{new}\n")
    octal = tree.change(GATED, "  ttlMinutes: 120", "  ttlMinutes: 0120")
    outcome = tree.validate(LOCAL)
    assert outcome.status == TEMPLATE, outcome.output
    assert f'{GATED}:{octal}: forbidden implicit octal value "0120" (octal-values)' in outcome.output
    # What is not closed is noticed on the next line.
    places = (f"{SERVICE}:{line}: ", f"{SERVICE}:{line + 1}: ")
    (found,) = [text for text in outcome.output.splitlines() if text.startswith(places)]
    assert message in found


def test_a_stale_file_is_named_with_its_first_line_that_differs(tree: Tree) -> None:
    file = "kro/rendered/local/20-definition.yaml"
    line = tree.change(file, "revisionHistoryLimit: 0", "revisionHistoryLimit: 5")
    outcome = tree.validate(LOCAL)
    assert outcome.status == STALE
    assert f"{file}:{line}: is not what templates and values say: run `make render`" in outcome.output


def test_a_stale_file_comes_with_the_difference(tree: Tree) -> None:
    tree.change("kro/templates/parts/service.yaml.j2", "targetPort: 8080", "targetPort: 8081")
    outcome = tree.validate()
    assert outcome.status == STALE
    for environment in ("local", "staging", "production"):
        assert f"kro/rendered/{environment}/20-definition.yaml:" in outcome.output
    assert "+              targetPort: 8081" in outcome.output


def test_a_manifest_that_no_template_makes_is_stale(tree: Tree) -> None:
    (tree.folder / "kro/rendered/local/99-old.yaml").write_text("left: over\n")
    outcome = tree.validate(LOCAL)
    assert outcome.status == STALE
    assert "kro/rendered/local/99-old.yaml:1: " in outcome.output


def test_placeholders_are_refused_in_a_file_of_ones_own_and_counted_in_ours(tree: Tree) -> None:
    shipped = (tree.folder / "kro/environments/production.yaml").read_text()
    mine = ("mine.yaml", "kro/environments/mine.yaml")
    for file in mine:
        (tree.folder / file).write_text(shipped.replace("name: production", "name: mine"))
    outcome = tree.validate(*mine)
    assert outcome.status == VALUES
    marked = [number for number, line in enumerate(shipped.splitlines(), 1) if line.endswith("# REPLACE")]
    assert marked
    for file, number in product(mine, marked):
        assert f"\n{file}:{number}: is still a placeholder" in outcome.output
    (tree.folder / mine[1]).unlink()
    # Something else is wrong, so that no API server is started.
    tree.change("kro/environments/production.yaml", "name: production", "name: product")
    assert f"{len(marked)} values of kro/environments/production.yaml are placeholders" in tree.validate().output


def test_all_faults_of_all_files_are_said_at_once(tree: Tree) -> None:
    tree.change(LOCAL, "scheme: http\n", "scheme: gopher\n")
    tree.change("kro/rendered/staging/00-rbac.yaml", "kind: ClusterRole\n", "kind: ClusterRoll\n")
    outcome = tree.validate()
    assert outcome.status == VALUES
    assert "site.scheme" in outcome.output
    assert "kro/rendered/staging/00-rbac.yaml:" in outcome.output


def test_a_file_that_is_not_there_and_a_wrong_command_line(tree: Tree) -> None:
    outcome = tree.validate("absent.yaml")
    assert (outcome.status, "absent.yaml: No such file" in outcome.output) == (VALUES, True)
    assert tree.validate("--no-such-option").status == 2
    assert "Ends with 0 when all is right" in tree.validate("--help").output
