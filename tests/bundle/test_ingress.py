"""Where clones answer, and what load balancer and node keeper are told, in every environment."""

from __future__ import annotations

import re

import pytest

from kro.render import ENVIRONMENTS
from kro.value_file import load_environment
from tests.bundle import manifests
from tests.bundle.manifests import definition, documents, template

pytestmark = pytest.mark.parametrize("environment", manifests.ENVIRONMENTS)

NAME = "${schema.metadata.name}"


def test_one_address_everywhere(environment: str) -> None:
    schema, config = definition(environment)["spec"]["schema"], template(environment, "config")["data"]
    (rule,) = template(environment, "ingress")["spec"]["rules"]
    (path,) = rule["http"]["paths"]
    assert schema["status"]["url"] == config["CLONE_URL"]
    scheme, _, rest = config["CLONE_URL"].partition("://")
    assert scheme in {"http", "https"}
    assert re.fullmatch(re.escape(rule["host"]) + r"(:\d+)?" + re.escape(config["CLONE_PATH"]), rest)
    assert config["CLONE_PATH"] == '${schema.spec.ingress.mode == "host" ? "" : "/" + schema.metadata.name}'
    assert path["path"] == config["CLONE_PATH"].replace('? ""', '? "/"')
    assert path["pathType"] == "Prefix"
    assert path["backend"]["service"] == {"name": NAME, "port": {"number": 80}}
    assert template(environment, "service")["spec"]["ports"][0]["targetPort"] == 8080


def test_in_the_cloud_the_load_balancer_and_karpenter_are_told(environment: str) -> None:
    ingress = template(environment, "ingress")
    annotations = template(environment, "deployment")["spec"]["template"]["metadata"].get("annotations", {})
    if environment == "local":
        assert ingress["spec"]["ingressClassName"] == "skipper"
        return
    assert ingress["spec"]["ingressClassName"] == "wordpress-clones"
    assert annotations == {"karpenter.sh/do-not-disrupt": "true"}
    prefix = "alb.ingress.kubernetes.io/"
    assert ingress["metadata"]["annotations"] == {
        f"{prefix}group.name": f"wordpress-clones-{environment}-s${{string(schema.spec.ingress.shard)}}",
        f"{prefix}target-type": "ip",
        f"{prefix}listen-ports": '[{"HTTPS": 443}]',
        f"{prefix}healthcheck-path": "/healthz",
        f"{prefix}healthcheck-interval-seconds": "5",
        f"{prefix}healthcheck-timeout-seconds": "2",
        f"{prefix}healthy-threshold-count": "2",
        f"{prefix}target-group-attributes": "deregistration_delay.timeout_seconds=10",
    }


def test_what_holds_for_a_whole_load_balancer_is_said_once_in_the_parameters_of_its_class(environment: str) -> None:
    found = {item["kind"]: item for item in documents(environment) if item["kind"].startswith("IngressClass")}
    if environment == "local":
        assert not found
        return
    assert found["IngressClass"]["spec"]["parameters"]["name"] == found["IngressClassParams"]["metadata"]["name"]
    parameters = found["IngressClassParams"]["spec"]
    assert parameters["scheme"] == "internet-facing"
    assert len(parameters["subnets"]["ids"]) >= 2
    assert parameters["loadBalancerAttributes"] == [{"key": "idle_timeout.timeout_seconds", "value": "120"}]
    annotations = template(environment, "ingress")["metadata"]["annotations"]
    exclusive = ("scheme", "subnets", "load-balancer-attributes", "certificate-arn", "ssl-redirect")
    assert not [key for key in annotations if key.endswith(exclusive)]


def test_every_shard_has_an_anchor_behind_its_clones_which_no_clone_can_be(environment: str) -> None:
    anchors = [item for item in documents(environment) if item["kind"] == "Ingress"]
    shards = load_environment(ENVIRONMENTS / f"{environment}.yaml").site.shards
    assert [item["metadata"]["name"] for item in anchors] == [
        f"s{number}.shard" for number in range(1, shards + 1) if environment != "local"
    ]
    clone = template(environment, "ingress")
    for number, anchor in enumerate(anchors, 1):
        annotations = anchor["metadata"]["annotations"]
        group = clone["metadata"]["annotations"]["alb.ingress.kubernetes.io/group.name"]
        assert annotations["alb.ingress.kubernetes.io/group.name"] == group.replace(
            "${string(schema.spec.ingress.shard)}", str(number)
        )
        assert annotations["alb.ingress.kubernetes.io/group.order"] == "1000"
        assert anchor["spec"]["rules"][0]["host"].startswith(f"s{number}.")
        assert anchor["spec"]["ingressClassName"] == clone["spec"]["ingressClassName"]
