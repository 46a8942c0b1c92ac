"""The committed output is what templates and values say, and fit to be seen by anybody."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kro.render import ENVIRONMENTS, RENDERED, difference, render
from kro.value_file import load_environment
from tests.bundle import manifests

FILES = sorted(ENVIRONMENTS.glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_rendered_files_are_up_to_date(file: Path) -> None:
    values = load_environment(file)
    assert "".join(difference(render(values), RENDERED / values.name)) == "", "run `make render`"


def test_every_rendered_folder_has_its_value_file() -> None:
    assert [file.stem for file in FILES] == manifests.ENVIRONMENTS


@pytest.mark.parametrize("environment", manifests.ENVIRONMENTS)
def test_files_hold_the_expected_objects_in_an_order_that_can_be_applied(environment: str) -> None:
    shards = load_environment(ENVIRONMENTS / f"{environment}.yaml").site.shards
    load_balancers = [] if environment == "local" else ["IngressClassParams", "IngressClass", *["Ingress"] * shards]
    assert [document["kind"] for document in manifests.documents(environment)] == [
        "ClusterRole",
        "Role",
        "RoleBinding",
        *load_balancers,
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ResourceGraphDefinition",
    ]


@pytest.mark.parametrize("environment", manifests.ENVIRONMENTS)
def test_neither_values_nor_output_name_an_account_or_carry_a_template(environment: str) -> None:
    for file in [ENVIRONMENTS / f"{environment}.yaml", *(RENDERED / environment).glob("*.yaml")]:
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"\b\d{12}\b", text), f"{file}: looks like an account's number"
        assert "{{" not in text
        assert "{%" not in text


@pytest.mark.parametrize("environment", manifests.ENVIRONMENTS)
def test_kro_may_read_everywhere_and_write_in_the_clones_namespace_only(environment: str) -> None:
    roles = {document["kind"]: document for document in manifests.documents(environment)}
    assert roles["ClusterRole"]["metadata"]["labels"]["rbac.kro.run/aggregate-to-controller"] == "true"
    assert {verb for rule in roles["ClusterRole"]["rules"] for verb in rule["verbs"]} == {"get", "list", "watch"}
    assert roles["Role"]["metadata"]["namespace"] == "wordpress-staging"
    for rule in roles["ClusterRole"]["rules"] + roles["Role"]["rules"]:
        assert "*" not in rule["apiGroups"] + rule["resources"] + rule["verbs"]
        assert "secrets" not in rule["resources"]
