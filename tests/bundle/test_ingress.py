"""Where clones answer, and what load balancer and node keeper are told, in every environment."""

from __future__ import annotations

import re

import pytest

from tests.bundle import manifests
from tests.bundle.manifests import definition, template

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
    assert ingress["spec"]["ingressClassName"] == "alb"
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
