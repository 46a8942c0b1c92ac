"""What every environment's graph must hold to: confinement, secrets, and what may change while a clone lives."""

from __future__ import annotations

import json
import re

import pytest

from kro.render import ENVIRONMENTS
from kro.value_file import load_environment
from tests.bundle import manifests
from tests.bundle.manifests import containers, definition, parts, pod, template

pytestmark = pytest.mark.parametrize("environment", manifests.ENVIRONMENTS)

NAME = "${schema.metadata.name}"


def test_the_graph_has_its_parts_by_their_names(environment: str) -> None:
    assert {
        key: (part["template"]["kind"], part["template"]["metadata"]["name"])
        for key, part in parts(environment).items()
    } == {
        "config": ("ConfigMap", f"{NAME}-config"),
        "progress": ("ConfigMap", f"{NAME}-progress"),
        "networkPolicy": ("NetworkPolicy", NAME),
        "database": ("DBInstance", NAME),
        "databaseEndpoint": ("ConfigMap", f"{NAME}-database"),
        "databaseExport": ("FieldExport", NAME),
        "volume": ("PersistentVolumeClaim", NAME),
        "deployment": ("Deployment", NAME),
        "service": ("Service", NAME),
        "ingress": ("Ingress", NAME),
    }


def test_every_part_and_every_pod_says_whose_it_is(environment: str) -> None:
    labels = [part["template"]["metadata"]["labels"] for part in parts(environment).values()]
    labels.append(template(environment, "deployment")["spec"]["template"]["metadata"]["labels"])
    assert all(label["wordpressclones.kro.run/name"] == NAME for label in labels)
    assert labels[-1]["app.kubernetes.io/name"] == "wordpress-clone-site"


def test_the_pod_meets_the_restricted_profile_and_more(environment: str) -> None:
    specification = pod(environment)
    assert specification["automountServiceAccountToken"] is False
    assert specification["enableServiceLinks"] is False
    assert "serviceAccountName" not in specification
    assert not {"hostNetwork", "hostPID", "hostIPC"} & specification.keys()
    assert specification["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 10001,
        "runAsGroup": 10001,
        "fsGroup": 10001,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def test_every_container_is_confined_and_bounded(environment: str) -> None:
    for container in containers(environment).values():
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["limits"].keys() == {"memory"}
        disk = {"ephemeral-storage"} if container["name"] == "wordpress" else set()
        assert container["resources"]["requests"].keys() == {"cpu", "memory"} | disk
        assert "command" in container or container["name"] == "wordpress"


def test_every_volume_is_bounded_or_read_only(environment: str) -> None:
    site, *others = pod(environment)["volumes"]
    assert '{"emptyDir": {"sizeLimit": schema.spec.storage.size}}' in site.replace('"name": "site", ', "")
    assert template(environment, "volume")["spec"]["resources"] == {
        "requests": {"storage": "${schema.spec.storage.size}"}
    }
    for volume in others:
        assert volume.keys() - {"name"} <= {"emptyDir", "configMap"}
        assert "configMap" in volume or volume["emptyDir"]["sizeLimit"]
    for container in containers(environment).values():
        (authority,) = [mount for mount in container["volumeMounts"] if mount["name"] == "database-ca"]
        assert authority == {"name": "database-ca", "mountPath": "/etc/database-ca", "readOnly": True}


def test_a_node_keeps_disk_for_a_site_that_has_no_volume(environment: str) -> None:
    requests = containers(environment)["wordpress"]["resources"]["requests"]
    size = load_environment(ENVIRONMENTS / f"{environment}.yaml").pods.disk_request
    assert requests["ephemeral-storage"] == f'${{schema.spec.storage.persistent ? "64Mi" : "{size}"}}'


def test_the_web_server_shares_with_the_import_nothing_but_the_site(environment: str) -> None:
    volumes = {
        name: {mount["name"] for mount in container["volumeMounts"]}
        for name, container in containers(environment).items()
    }
    assert volumes["wordpress"] & volumes["import"] == {"site", "database-ca"}
    for container in containers(environment).values():
        (site,) = [mount for mount in container["volumeMounts"] if mount["name"] == "site"]
        assert site["mountPath"] == f"/var/www/html/{NAME}"


def test_secrets_are_referred_to_and_each_container_gets_its_own_only(environment: str) -> None:
    keys = {}
    for name, container in containers(environment).items():
        references = {
            item["name"]: item["valueFrom"]["secretKeyRef"]
            for item in container["env"]
            if "secretKeyRef" in item.get("valueFrom", {})
        }
        assert all(reference["name"] == f"{NAME}-secret" for reference in references.values())
        keys[name] = {variable: reference["key"] for variable, reference in references.items()}
        assert container["envFrom"] == [{"configMapRef": {"name": f"{NAME}-config"}}]
    everywhere = {"DB_PASSWORD": "db-password"}
    setup = everywhere | {"ADMIN_PASSWORD": "wp-admin-password", "API_KEY": "api-key"}
    assert keys == {
        "import": setup
        | {"SOURCE_KEY": "source-key", "SOURCE_SESSION": "source-session", "SOURCE_HOME": "source-home"}
        | {"EGRESS_PASSWORD": "egress-import-password"},
        "install": setup,
        "wordpress": everywhere | {"EGRESS_PASSWORD": "egress-site-password"},
    }


def test_import_and_site_are_two_users_of_the_egress_proxy(environment: str) -> None:
    users = {
        name: item["value"]
        for name, container in containers(environment).items()
        for item in container["env"]
        if item["name"] == "EGRESS_USER"
    }
    assert users == {"import": f"{NAME}.import", "wordpress": f"{NAME}.site"}


def test_no_part_reads_a_secret_into_the_graph(environment: str) -> None:
    for part in parts(environment).values():
        assert "externalRef" not in part
        assert part["template"]["kind"] != "Secret"
    assert not re.search(
        r"password|api-key|source-key|source-session", json.dumps(definition(environment)["spec"]["schema"]["status"])
    )


def test_only_what_never_changes_reaches_the_deployment(environment: str) -> None:
    """A changed pod template replaces the pod, and the clone's files with it: nothing that can change may be in it."""
    text = json.dumps(template(environment, "deployment")["spec"]["template"])
    fields = {field.split(".", 2)[2] for field in re.findall(r"schema\.spec\.[.a-zA-Z]+", text)}
    assert fields == {
        "phpVersion",
        "database.mode",
        "storage.persistent",
        "storage.size",
        "resources.requests.cpu",
        "resources.requests.memory",
        "resources.limits.memory",
    }
    for field in fields:
        assert "immutable=true" in rule(environment, field)
        assert "default=" in rule(environment, field), "a field that can be unset could change once"


def rule(environment: str, field: str) -> str:
    """What the schema says of a field, given by its dotted path below `spec`."""
    found = definition(environment)["spec"]["schema"]["spec"]
    for key in field.split("."):
        found = found[key]
    assert isinstance(found, str)
    return found


def test_a_volume_of_its_own_only_where_it_is_asked_for(environment: str) -> None:
    assert parts(environment)["volume"]["includeWhen"] == ["${schema.spec.storage.persistent}"]
    site = pod(environment)["volumes"][0]
    assert '"persistentVolumeClaim": {"claimName": schema.metadata.name}' in site
    assert "volume." not in json.dumps(template(environment, "deployment")), "it would be left out with the volume"


def test_the_clones_php_decides_the_image_of_installer_and_web_server(environment: str) -> None:
    images = {name: container["image"] for name, container in containers(environment).items()}
    assert images["install"] == images["wordpress"]
    chosen = re.findall(r"php\d\.\d", images["wordpress"])
    assert chosen == ["php7.4", "php8.2", "php8.4"]
    assert "phpVersion" not in images["import"]


def test_the_deployment_is_left_to_nobody_else_and_never_doubled(environment: str) -> None:
    specification = template(environment, "deployment")["spec"]
    assert specification["replicas"] == "${schema.spec.suspended ? 0 : 1}"
    assert specification["strategy"] == {"type": "Recreate"}
    assert specification["progressDeadlineSeconds"] == 86400


def test_progress_is_made_without_data(environment: str) -> None:
    assert template(environment, "progress").keys() == {"apiVersion", "kind", "metadata"}


def test_status_and_columns(environment: str) -> None:
    schema = definition(environment)["spec"]["schema"]
    assert schema["status"].keys() == {
        "url",
        "phase",
        "expiresAt",
        "progress",
        "step",
        "databaseHost",
        "message",
        "code",
        "adminUser",
    }
    assert [column["name"] for column in schema["additionalPrinterColumns"]] == ["URL", "PHASE", "EXPIRES", "AGE"]
    assert schema["shortNames"] == ["wpc"]
