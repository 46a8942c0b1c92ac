"""What holds for facade, controller, egress proxy and browser in every environment, read from the kustomize sources."""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
import yaml

from api.cloning.placement import MOST_CLONES
from api.source.addresses import is_public
from kro.render import ENVIRONMENTS
from kro.value_file import load_environment
from tests.bundle.kubectl import ROOT
from tests.bundle.manifests import Manifest

MANIFESTS = ROOT / "manifests"
CLOUD = ["staging", "production"]


def read(*files: Path) -> list[Manifest]:
    return [document for file in files for document in yaml.safe_load_all(file.read_text(encoding="utf-8"))]


BASE = read(*(file for file in (MANIFESTS / "base").glob("*.yaml") if file.name != "kustomization.yaml"))
DEPLOYMENTS = {item["metadata"]["name"]: item for item in BASE if item["kind"] == "Deployment"}


@pytest.mark.parametrize("name", ["clone-api", "clone-controller", "clone-browser", "egress-proxy"])
def test_the_pods_meet_the_restricted_profile_and_more(name: str) -> None:
    pod = DEPLOYMENTS[name]["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    (container,) = pod["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {"readinessProbe", "livenessProbe", "resources"} <= container.keys()


@pytest.mark.parametrize("name", ["clone-api", "clone-controller"])
def test_passwords_and_tokens_come_as_files(name: str) -> None:
    pod = DEPLOYMENTS[name]["spec"]["template"]["spec"]
    variables = {variable["name"]: variable["valueFrom"] for variable in pod["containers"][0]["env"]}
    from_secrets = [value["secretKeyRef"] for value in variables.values() if "secretKeyRef" in value]
    assert from_secrets == [{"name": "database-admin", "key": "username"}]
    secrets = {volume["secret"]["secretName"] for volume in pod["volumes"] if "secret" in volume}
    own = {"api-tokens", "browser-access"} if name == "clone-api" else set()
    assert secrets == {"database-admin", "egress-key"} | own


def test_the_egress_proxy_has_one_secret_and_may_read_objects_only() -> None:
    pod = DEPLOYMENTS["egress-proxy"]["spec"]["template"]["spec"]
    assert {volume["secret"]["secretName"] for volume in pod["volumes"] if "secret" in volume} == {"egress-key"}
    bound = [item for item in BASE if item["kind"].endswith("RoleBinding") and "egress-proxy" in str(item["subjects"])]
    assert [item["roleRef"]["name"] for item in bound] == ["egress-proxy"]
    (role,) = [item for item in BASE if item["kind"] == "Role" and item["metadata"]["name"] == "egress-proxy"]
    assert role["rules"] == [{"apiGroups": ["kro.run"], "resources": ["wordpressclones"], "verbs": ["get"]}]


def test_the_browser_has_no_token_and_no_secret_but_its_own() -> None:
    pod = DEPLOYMENTS["clone-browser"]["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert "env" not in pod["containers"][0]
    assert "envFrom" not in pod["containers"][0]
    secrets = {volume["secret"]["secretName"] for volume in pod["volumes"] if "secret" in volume}
    assert secrets == {"browser-access"}


def selects(policy: Manifest, name: str) -> bool:
    """Whether a policy applies to the pods of that name."""
    selector = policy["spec"]["podSelector"]
    labels = selector.get("matchLabels", {"app.kubernetes.io/name": name})
    expressions = selector.get("matchExpressions", [])
    return labels["app.kubernetes.io/name"] == name and all(name in item["values"] for item in expressions)


@pytest.mark.parametrize("overlay", ["local", *CLOUD])
def test_the_browser_reaches_the_facades_proxy_and_nothing_else(overlay: str) -> None:
    policies = [item for item in BASE if item["kind"] == "NetworkPolicy"]
    policies += read(MANIFESTS / "overlays" / overlay / "network-policies.yaml")
    ours = [item for item in policies if item["metadata"]["namespace"] == "wordpress-clone"]
    facade = {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "clone-api"}}}
    rules = [item["spec"] for item in ours if selects(item, "clone-browser")]
    reached = [rule for spec in rules for rule in spec.get("egress", [])]
    assert reached == [{"to": [facade], "ports": [{"port": 8001, "protocol": "TCP"}]}]
    visitors = [rule for spec in rules for rule in spec.get("ingress", [])]
    assert visitors == [{"from": [facade], "ports": [{"port": 3000, "protocol": "TCP"}]}]


def test_no_secret_is_committed() -> None:
    texts = [file.read_text(encoding="utf-8") for file in MANIFESTS.rglob("*.yaml")]
    assert not any(re.search(r"^kind: Secret$|secretGenerator", text, re.MULTILINE) for text in texts)
    assert not any(re.search(r"\b\d{12}\b", text) for text in texts)


def test_both_namespaces_refuse_what_is_not_restricted_and_what_is_not_allowed() -> None:
    for name in ("wordpress-clone", "wordpress-staging"):
        (namespace,) = [item for item in BASE if item["kind"] == "Namespace" and item["metadata"]["name"] == name]
        assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
        policies = [item for item in BASE if item["kind"] == "NetworkPolicy" and item["metadata"]["namespace"] == name]
        assert {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]} in [item["spec"] for item in policies]


def test_every_verb_on_what_can_be_changed_has_its_reason() -> None:
    """One verb per line with a comment, wherever a rule has more than one verb."""
    text = (MANIFESTS / "base" / "rbac.yaml").read_text(encoding="utf-8")
    for verbs in re.findall(r"verbs: \[(.*)\]", text):
        assert set(verbs.split(", ")) <= {"list", "watch"}
    lines = re.findall(r"^ {6}- [a-z]+.*$", text, re.MULTILINE)
    assert lines
    assert all(" # " in line for line in lines)


@pytest.mark.parametrize("overlay", CLOUD)
def test_only_the_proxy_reaches_the_internet_and_that_ends_where_private_addresses_begin(overlay: str) -> None:
    policies = read(MANIFESTS / "overlays" / overlay / "network-policies.yaml")
    internet = [
        (policy["metadata"]["name"], peer["ipBlock"])
        for policy in policies
        for rule in policy["spec"].get("egress", [])
        for peer in rule["to"]
        if ip_network(peer["ipBlock"]["cidr"]).prefixlen == 0
    ]
    ((name, block),) = internet
    assert name == "egress-proxy"
    for network in map(ip_network, block["except"]):
        assert not is_public(str(network.network_address))
        assert not is_public(str(network.broadcast_address))
    for address in ("10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.168.0.1", "224.0.0.1"):
        assert any(ip_address(address) in ip_network(network) for network in block["except"])


@pytest.mark.parametrize("overlay", ["local", *CLOUD])
def test_facade_and_controller_reach_the_world_by_the_proxy_alone(overlay: str) -> None:
    policies = [item for item in BASE if item["kind"] == "NetworkPolicy"]
    policies += read(MANIFESTS / "overlays" / overlay / "network-policies.yaml")
    ours = [item for item in policies if item["metadata"]["namespace"] == "wordpress-clone"]
    for name in ("clone-api", "clone-controller"):
        rules = [rule for item in ours if selects(item, name) for rule in item["spec"].get("egress", [])]
        ports = {item["port"] for rule in rules for item in rule["ports"]}
        own = {3000} if name == "clone-api" else set()  # the browser
        assert ports == {53, 3306, 3128, 6443 if overlay == "local" else 443} | own


@pytest.mark.parametrize("overlay", ["local", *CLOUD])
def test_overlay_and_bundle_agree(overlay: str) -> None:
    kustomization = read(MANIFESTS / "overlays" / overlay / "kustomization.yaml")[0]
    values = load_environment(ENVIRONMENTS / f"{overlay}.yaml")
    (settings,) = kustomization["configMapGenerator"]
    image, *others = kustomization["images"]
    assert [other["name"] for other in others] == ["wordpress-clone/browser", "wordpress-clone/egress-proxy"]
    assert {other["newTag"] for other in others} == {image["newTag"]}
    assert f"CLONE_DB_HOST={values.database.host}" in settings["literals"]
    shards = f"CLONE_SHARDS={values.site.shards}"
    assert (shards in settings["literals"]) == (values.ingress.load_balancer is not None)
    gibibytes = int(values.pods.site_size.removesuffix("Gi"))
    assert f"CLONE_MAX_SOURCE_BYTES={gibibytes * 2**30}" in settings["literals"]
    assert f"{image.get('newName', image['name'])}:{image['newTag']}" == values.images.api
    assert not any(values.site.domain in patch["patch"] for patch in kustomization["patches"])


@pytest.mark.parametrize("overlay", CLOUD)
def test_the_quota_has_room_for_the_clones_that_may_live_and_for_pods_that_are_ending(overlay: str) -> None:
    kustomization = read(MANIFESTS / "overlays" / overlay / "kustomization.yaml")[0]
    (quota,) = (dict(item["spec"]["hard"]) for item in BASE if item["kind"] == "ResourceQuota")
    for patch in (item for item in kustomization["patches"] if item["target"]["kind"] == "ResourceQuota"):
        quota |= {step["path"].rpartition("/")[2]: step["value"] for step in yaml.safe_load(patch["patch"])}
    values = load_environment(ENVIRONMENTS / f"{overlay}.yaml")
    settings = dict(line.split("=", 1) for line in kustomization["configMapGenerator"][0]["literals"])
    clones = int(settings.get("CLONE_MAX_CLONES", "80"))
    assert clones <= MOST_CLONES * values.site.shards
    assert int(quota["pods"]) >= 1.2 * clones
    millicores = int(values.pods.cpu_request.removesuffix("m"))
    assert int(quota["requests.cpu"]) * 1000 >= 1.2 * clones * millicores
    limit, asked = int(quota["limits.memory"].removesuffix("Gi")), values.pods.site_memory.limit
    assert limit >= 1.2 * clones * int(asked.removesuffix("Gi"))


def marked(file: Path) -> set[str]:
    """Names of the fields or settings on the lines that are marked REPLACE."""
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.endswith("# REPLACE")]
    return {re.sub(r"""^[\s-]*["']?([\w./-]+).*""", r"\1", line) for line in lines}


@pytest.mark.parametrize("overlay", CLOUD)
def test_the_docs_say_what_has_to_be_replaced(overlay: str) -> None:
    docs = (ROOT / "docs" / "bundle.md").read_text(encoding="utf-8")
    table = docs.partition("**What has to be yours**")[2]
    names = set().union(*map(marked, [ENVIRONMENTS / f"{overlay}.yaml", *MANIFESTS.glob(f"overlays/{overlay}/*.yaml")]))
    assert {"domain", "subnets", "CLONE_CLUSTER_NAME", "cidr"} <= names
    # A patch's value is named by its path; PHP's versions are keys of images.target.
    said = {"value": "/spec/rules/0/host", **dict.fromkeys(("7.4", "8.2", "8.4"), "images.target")}
    assert not [name for name in names if not re.search(rf"[`.]{re.escape(said.get(name, name))}`", table)]
