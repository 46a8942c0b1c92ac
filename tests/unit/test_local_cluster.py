"""Decisions about the cluster: what a node lacks, what kind is told, whether kro accepted, what has to start again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from local import kind
from local.credentials import tokens_json
from local.deploy import graph_state, namespace_manifest, workload_images
from local.errors import CommandFailed
from local.kind import NODES, configuration
from local.node_images import missing_on
from local.settings import LOCAL, kubernetes_version, module_version
from local.status import ready
from local.system_images import kubeadm_names

LISTING = """\
REF                                  TYPE      DIGEST      SIZE
docker.io/wordpress-clone/api:aaaa   manifest  sha256:1    100 MiB
docker.io/wordpress-clone/api:bbbb   manifest  sha256:2    100 MiB
docker.io/wordpress-clone/api:local  manifest  sha256:2    100 MiB
"""


@pytest.mark.parametrize(("wanted", "missing"), [("bbbb", False), ("aaaa", True), ("cccc", True)])
def test_an_image_is_missing_unless_both_tags_mean_it(wanted: str, missing: bool) -> None:
    pair = (f"wordpress-clone/api:{wanted}", "wordpress-clone/api:local")
    assert missing_on(LISTING, [pair]) == ([pair] if missing else [])


@pytest.mark.parametrize("wakes", [True, False])
def test_nodes_that_have_just_woken_are_given_time(
    wakes: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "kubeconfig").touch()
    asleep = {"conditions": [{"type": "Ready", "status": "Unknown"}]}
    listed = {"items": [{"metadata": {"name": name}, "status": asleep} for name in NODES]}
    waited: list[int] = []

    def wait(seconds: int) -> None:
        waited.append(seconds)
        if not wakes:
            raise CommandFailed("kubectl wait", 1, "timed out")

    monkeypatch.setattr(kind, "KUBECONFIG", tmp_path / "kubeconfig")
    monkeypatch.setattr(kind, "node_containers", lambda *_: list(NODES))
    monkeypatch.setattr(kind, "api_server_answers", lambda: True)
    monkeypatch.setattr(kind, "get", lambda _: listed)
    monkeypatch.setattr(kind, "wait_nodes_ready", wait)
    assert kind.healthy() is wakes
    assert waited == [kind.WAKING_SECONDS]


def test_kind_listens_on_the_loopback_only() -> None:
    mappings = [m for node in configuration(own_image=True)["nodes"] for m in node.get("extraPortMappings", [])]
    assert [(m["listenAddress"], m["hostPort"]) for m in mappings] == [("127.0.0.1", 8080)]


def test_a_stock_node_keeps_its_own_images_and_cgroup_driver() -> None:
    patches = [yaml.safe_load(patch)["kind"] for patch in configuration(own_image=False)["kubeadmConfigPatches"]]
    assert patches == ["KubeProxyConfiguration"]


def test_the_fixed_address_is_in_the_service_range_and_in_both_manifests() -> None:
    assert configuration(own_image=True)["networking"]["serviceSubnet"] == "10.96.0.0/16"
    for name in ("ingress.yaml", "coredns.yaml"):
        assert "10.96.0.80" in (LOCAL / "cluster" / name).read_text()


def test_versions_come_from_go_mod() -> None:
    assert kubernetes_version() == "v1.35.4"
    assert f"wordpress-clone/kube-apiserver:{kubernetes_version()}" in kubeadm_names()
    with pytest.raises(LookupError):
        module_version("kubernetes", "example.com/nothing")


def definition(generation: int, *conditions: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"generation": generation}, "status": {"conditions": list(conditions)}}


def condition(kind: str, status: str, observed: int = 2) -> dict[str, Any]:
    return {"type": kind, "status": status, "observedGeneration": observed, "message": "bad expression"}


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (definition(2, condition("GraphAccepted", "True"), condition("Ready", "True")), (True, "")),
        (definition(2, condition("GraphAccepted", "False")), (False, "bad expression")),
        (definition(2, condition("GraphAccepted", "False", 1)), (False, "")),
        (definition(2, condition("Ready", "True", 1)), (False, "")),
        ({"metadata": {"generation": 1}}, (False, "")),
    ],
)
def test_state_of_a_definition(found: dict[str, Any], state: tuple[bool, str]) -> None:
    assert graph_state(found) == state


def test_images_of_a_workload() -> None:
    pod = {"initContainers": [{"image": "a:1"}], "containers": [{"image": "b:1"}, {"image": "foreign:1"}]}
    workload = {"spec": {"template": {"spec": pod}}}
    assert workload_images(workload, {"b:1": "b:h", "a:1": "a:h", "c:1": "c:h"}) == {"a:1": "a:h", "b:1": "b:h"}


def test_namespaces_are_restricted() -> None:
    labels = json.loads(namespace_manifest("x"))["metadata"]["labels"]
    assert labels == {"pod-security.kubernetes.io/enforce": "restricted"}


def test_the_tokens_file_has_no_token_in_it() -> None:
    assert "wpc_example" not in tokens_json("wpc_example")
    assert json.loads(tokens_json("wpc_example"))["tokens"][0]["scopes"] == ["read", "clone", "restore", "admin"]


def test_ready_counts() -> None:
    assert ready({"kind": "Deployment", "spec": {"replicas": 2}, "status": {"readyReplicas": 1}}) == "1/2"
    assert ready({"kind": "DaemonSet", "status": {"numberReady": 2, "desiredNumberScheduled": 2}}) == "2/2"
