"""What kro makes of one object, how progress gets into its status, and that nothing stays behind.

The Secret is never made, so no container starts: this is about the graph, whole clones have tests of their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from kro.render import Kind
from tests.bundle.kubectl import kubectl, read, until
from tests.bundle.throwaway import NAMESPACE, clone

pytestmark = pytest.mark.cluster

NAME = "bundle-parts"
OF_THE_CLONE = f"wordpressclones.kro.run/name={NAME}"
PARTS = "configmaps,persistentvolumeclaims,deployments,services,ingresses,networkpolicies"


@pytest.fixture(scope="module")
def made(local_kind: Kind) -> Iterator[Kind]:
    """The kind, with one live object."""
    kubectl("apply", "-f", "-", objects=clone(local_kind, NAME, ttlMinutes=30))
    kubectl("wait", local_kind.plural, NAME, "-n", NAMESPACE, "--for=jsonpath={.status.phase}", "--timeout=30s")
    yield local_kind
    kubectl("delete", local_kind.plural, NAME, "-n", NAMESPACE, "--ignore-not-found", "--timeout=60s")


def part(kind: str, name: str = NAME) -> dict[str, Any]:
    return read(kind, name, "-n", NAMESPACE)


def status(kind: Kind) -> dict[str, Any]:
    found: dict[str, Any] = part(kind.plural)["status"]
    return found


def write_progress(manager: str = "a-test", **data: str) -> None:
    """Write the progress as the controller does: a merge patch by another field manager than kro's."""
    patch = json.dumps({"data": data})
    name = f"{NAME}-progress"
    kubectl("patch", "configmap", name, "-n", NAMESPACE, "--type=merge", f"--field-manager={manager}", "-p", patch)


def wait_for(kind: Kind, field: str, value: str) -> None:
    condition = f"--for=jsonpath={{.status.{field}}}={value}"
    kubectl("wait", kind.plural, NAME, "-n", NAMESPACE, condition, "--timeout=30s")


def test_kro_makes_every_part(made: Kind) -> None:
    found = read(PARTS, "-n", NAMESPACE, "-l", OF_THE_CLONE)["items"]
    assert sorted((item["kind"], item["metadata"]["name"]) for item in found) == [
        ("ConfigMap", f"{NAME}-config"),
        ("ConfigMap", f"{NAME}-progress"),
        ("Deployment", NAME),
        ("Ingress", NAME),
        ("NetworkPolicy", NAME),
        ("Service", NAME),
    ]


def test_the_environment_of_the_pod(made: Kind) -> None:
    data = part("configmap", f"{NAME}-config")["data"]
    assert data == {
        "CLONE_NAME": NAME,
        "CLONE_URL": f"http://s1.clone-sites.test:8080/{NAME}",
        "CLONE_PATH": f"/{NAME}",
        "CLONE_ACCESS": "open",
        "ALLOW_HOSTS": "",
        "EGRESS_PROXY": "http://egress-proxy.wordpress-clone.svc:3128",
        "SITE_ROOT": f"/var/www/html/{NAME}",
        "PHP_VERSION": "8.4",
        "SOURCE_URL": "",
        "SOURCE_CA_FILE": "/etc/database-ca/sources.crt",
        "DB_HOST": "mysql.database.svc",
        "DB_PORT": "3306",
        "DB_NAME": "wp_bundle_parts",
        "DB_USER": "wp_bundle_parts",
        "DB_CA_FILE": "/etc/database-ca/ca.crt",
        "EXPIRES_AT": status(made)["expiresAt"],
    }


def test_the_restricted_profile_lets_the_pod_in(made: Kind) -> None:
    until(
        lambda: len(read("pods", "-n", NAMESPACE, "-l", OF_THE_CLONE)["items"]) == 1,
        "the Deployment has made its pod",
    )


def test_status_before_anything_happened(made: Kind) -> None:
    found = status(made)
    assert found["url"] == f"http://s1.clone-sites.test:8080/{NAME}"
    created = datetime.fromisoformat(part(made.plural)["metadata"]["creationTimestamp"])
    assert datetime.fromisoformat(found["expiresAt"]) - created == timedelta(minutes=30)
    assert found["phase"] == "Preparing"
    assert [found[field] for field in ("progress", "step", "message", "code", "adminUser")] == [""] * 5


def test_columns(made: Kind) -> None:
    head, line = kubectl("get", made.plural, NAME, "-n", NAMESPACE).splitlines()
    assert head.split() == ["NAME", "URL", "PHASE", "EXPIRES", "AGE"]
    assert f"/{NAME} " in line


def test_progress_written_by_another_reaches_the_status_and_stays(made: Kind) -> None:
    write_progress(phase="Importing", percent="41", step="files", message="Copying files.", adminUser="admin")
    wait_for(made, "progress", "41")
    found = status(made)
    assert (found["phase"], found["step"], found["message"]) == ("Importing", "files", "Copying files.")
    write_progress(percent="42")
    wait_for(made, "progress", "42")
    # kro has applied its own, empty ConfigMap again meanwhile, and left the data alone.
    assert part("configmap", f"{NAME}-progress")["data"]["step"] == "files"


@pytest.mark.parametrize(
    ("written", "shown"), [("Failed", "Failed"), ("Lost", "Lost"), ("Ready", "Preparing"), ("Importing", "Importing")]
)
def test_phases(made: Kind, written: str, shown: str) -> None:
    """No pod is ready here, so none is `Ready`, whatever the progress says."""
    write_progress(phase=written, percent=written)
    wait_for(made, "progress", written)
    assert status(made)["phase"] == shown


def test_a_failure_brings_its_code_and_sentence(made: Kind) -> None:
    write_progress(phase="Failed", percent="50", code="SOURCE_GONE", message="The site stopped answering.")
    wait_for(made, "code", "SOURCE_GONE")
    assert status(made)["message"] == "The site stopped answering."


def test_more_time_changes_the_expiry_and_not_the_pod(made: Kind) -> None:
    before, expires = part("deployment"), status(made)["expiresAt"]
    spec = json.dumps({"spec": {"ttlMinutes": 600}})
    kubectl("patch", made.plural, NAME, "-n", NAMESPACE, "--type=merge", "-p", spec)
    until(lambda: status(made)["expiresAt"] != expires, "the status has the new expiry")
    until(
        lambda: part("configmap", f"{NAME}-config")["data"]["EXPIRES_AT"] == status(made)["expiresAt"],
        "the ConfigMap has the new expiry",
    )
    after = part("deployment")
    assert after["metadata"]["generation"] == before["metadata"]["generation"]
    assert after["spec"] == before["spec"]


def test_nothing_stays_behind(made: Kind) -> None:
    kubectl("delete", made.plural, NAME, "-n", NAMESPACE, "--timeout=60s")
    until(
        lambda: not read(f"{PARTS},pods,replicasets", "-n", NAMESPACE, "-l", OF_THE_CLONE)["items"],
        "all parts are gone",
    )
