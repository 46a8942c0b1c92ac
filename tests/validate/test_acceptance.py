"""Faults that only the real kro and the real API server know of, on API servers that the command starts."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bundle.kubectl import until
from tests.validate.conftest import SECONDS, Tree

pytestmark = pytest.mark.validate

LOCAL = "kro/environments/local.yaml"
REFUSED, EXAMPLE = 6, 7
CONFIG, DEPLOYMENT = "kro/templates/parts/config.yaml.j2", "kro/templates/parts/deployment.yaml.j2"


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (CONFIG, "CLONE_ACCESS: ${schema.spec.access}", "CLONE_ACCESS: is-${schema.spec.access + }", "Syntax error"),
        (CONFIG, "${schema.spec.phpVersion}", "${schema.spec.phpVersoin}", "undefined field 'phpVersoin'"),
        (DEPLOYMENT, "revisionHistoryLimit: 0", "revisionHistoryLimits: 0", "schema not found for field"),
    ],
    ids=["broken expression", "unknown field of the schema", "unknown field of a part"],
)
def test_what_kro_refuses_is_named_by_its_line_in_the_template(
    tree: Tree, file: str, old: str, new: str, message: str
) -> None:
    line = tree.change(file, old, new)
    tree.render()
    outcome = tree.validate(LOCAL)
    assert outcome.status == REFUSED, outcome.output
    found = [text for text in outcome.output.splitlines() if text.startswith(f"{file}:{line}: ")]
    assert len(found) == 1, outcome.output
    assert re.search(r"\(kro/rendered/local/20-definition\.yaml:\d+\): kro: ", found[0])
    assert message in found[0]


def test_what_the_api_server_refuses_is_named_by_its_line_too(tree: Tree) -> None:
    overlay, policy = "manifests/overlays/local/network-policies.yaml", "kro/templates/10-admission-policy.yaml.j2"
    first = (tree.folder / overlay).read_text().splitlines().index("  policyTypes: [Ingress]") + 1
    text = (tree.folder / overlay).read_text()
    (tree.folder / overlay).write_text(text.replace("  policyTypes: [Ingress]", "  policyKinds: [Ingress]", 1))
    broken = tree.change(policy, 'variables.secretName == "" ||', 'variables.secretNam == "" ||')
    tree.render()
    outcome = tree.validate(LOCAL)
    assert outcome.status == REFUSED, outcome.output
    lines = outcome.output.splitlines()
    assert [line for line in lines if line.startswith(f"{overlay}:{first}: spec.policyKinds: ")], outcome.output
    (undefined,) = [line for line in lines if line.startswith(f"{policy}:{broken}: ")]
    assert "spec.validations[4].expression: " in undefined
    assert "undefined field 'secretNam'" in undefined


def test_objects_that_do_not_work_and_those_that_get_in(tree: Tree) -> None:
    unknown = tree.change("kro/examples/gated.yaml", "access: gated", "acces: gated")
    tree.change(
        "kro/templates/00-rbac.yaml.j2",
        "resources: [configmaps, persistentvolumeclaims, services]\n    verbs: [create",
        "resources: [configmaps, services]\n    verbs: [create",
    )
    weak = tree.change("kro/templates/parts/schema.yaml.j2", " maximum=10080", "")
    tree.change(
        "kro/templates/10-admission-policy.yaml.j2",
        "oldObject != null || object.metadata.namespace ==",
        "true || object.metadata.namespace ==",
    )
    tree.render()
    outcome = tree.validate(LOCAL)
    assert outcome.status == EXAMPLE, outcome.output
    lines = outcome.output.splitlines()
    assert f"kro/examples/gated.yaml:{unknown}: spec.acces: unknown field" in lines
    (forbidden,) = [line for line in lines if line.startswith("kro/examples/persistent.yaml:1: ")]
    assert '"system:serviceaccount:kro-system:kro" cannot' in forbidden
    # The schema's line is that of the field, in front of its folded text.
    (loose,) = [line for line in lines if line.startswith(f"kro/templates/parts/schema.yaml.j2:{weak - 1}: ")]
    assert 'spec.ttlMinutes: {"spec": {"ttlMinutes": 10081}} gets in, and must not' in loose
    (elsewhere,) = [line for line in lines if "metadata.namespace: " in line]
    assert elsewhere.startswith("kro/templates/10-admission-policy.yaml.j2:")
    assert "4 fault(s)" in lines[-1]


def test_a_value_file_of_ones_own(tree: Tree) -> None:
    """Somewhere else, with another namespace, another account for kro, and without anything rendered yet."""
    text = (tree.folder / LOCAL).read_text()
    changes = {
        "name: local": "name: mine",
        "namespace: wordpress-staging": "namespace: my-clones",
        "serviceAccount: kro": "serviceAccount: my-kro",
        "classes: [db.t4g.micro, db.t4g.small, db.t4g.medium]": "classes: [db.t4g.small]",
        "limit: 512Mi": "limit: 1Gi",
    }
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    folder = tree.folder / "elsewhere"
    folder.mkdir()
    (folder / "mine.yaml").write_text(text)
    outcome = tree.validate(str(folder / "mine.yaml"))
    assert outcome.status == 0, outcome.output
    assert "there is no kro/rendered/mine to compare with" in outcome.output


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_runs_on_when_the_command_is_ended(tree: Tree, ending: signal.Signals) -> None:
    command = [sys.executable, "-m", "kro.validate", LOCAL]
    temporary = tree.folder / "tmp"
    with subprocess.Popen(command, cwd=tree.folder, env=tree.environment, stdout=subprocess.DEVNULL) as process:
        until(lambda: len(children(temporary)) >= 2, "etcd and API server run", SECONDS)
        process.send_signal(ending)
        process.wait(60)
    until(lambda: not children(temporary), "they have ended", 60)
    # One that is killed cannot tidy up after itself.
    assert not list(temporary.iterdir()) or ending == signal.SIGKILL


def children(folder: Path) -> list[str]:
    """Command lines of the processes that were told of a folder."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = file.read_bytes().decode(errors="replace")
        except OSError:  # it has ended
            continue
        if str(folder) in words:
            found.append(words.replace("\0", " "))
    return found
