"""The real kro takes every environment's definition, and the API server every example and every manifest beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.bundle import manifests
from tests.bundle.kubectl import ROOT, kubectl, read
from tests.bundle.throwaway import clone, installed

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("cluster")]

EXAMPLES = sorted((ROOT / "kro" / "examples").glob("*.yaml"))
OVERLAYS = ["local", "staging", "production"]


@pytest.mark.parametrize("environment", manifests.ENVIRONMENTS)
def test_kro_accepts_the_definition_and_defines_the_kind(environment: str) -> None:
    with installed(environment) as kind:
        crd = read("customresourcedefinition", kind.definition)
        assert crd["spec"]["names"]["plural"] == kind.plural
        assert crd["spec"]["names"]["shortNames"] == [kind.short_name]
        kubectl("create", "--dry-run=server", "-f", "-", objects=clone(kind, "only-a-name"))


def test_the_deployed_definition_is_accepted_too() -> None:
    conditions = read("resourcegraphdefinition", "wordpressclones.kro.run")["status"]["conditions"]
    assert {item["type"]: item["status"] for item in conditions}["GraphAccepted"] == "True"


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_the_api_server_accepts_every_example(file: Path) -> None:
    kubectl("create", "--dry-run=server", "--validate=strict", "-f", str(file))


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_api_server_accepts_every_overlay(overlay: str) -> None:
    folder = ROOT / "manifests" / "overlays" / overlay
    built = kubectl("kustomize", str(folder))
    assert {"Deployment", "Ingress", "NetworkPolicy", "Role"} <= {item["kind"] for item in yaml.safe_load_all(built)}
    kubectl("apply", "--server-side", "--force-conflicts", "--dry-run=server", "-f", "-", objects=built)
