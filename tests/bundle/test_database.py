"""A clone with a database server of its own: what ACK is asked for, and how its answer gets to the clone.

Nobody makes servers on the local cluster: the tests write what ACK would.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from kro.render import Kind
from tests.bundle.kubectl import kubectl, read, until
from tests.bundle.throwaway import NAMESPACE, clone

pytestmark = pytest.mark.cluster

NAME, SHARED = "bundle-own-db", "bundle-shared-db"


@pytest.fixture(scope="module")
def made(local_kind: Kind) -> Iterator[Kind]:
    """The kind, with one clone that has a server of its own and one that has not."""
    dedicated = {"mode": "dedicated", "class": "db.t4g.small"}
    kubectl("apply", "-f", "-", objects=[clone(local_kind, NAME, database=dedicated), clone(local_kind, SHARED)])
    for name in (NAME, SHARED):
        kubectl("wait", local_kind.plural, name, "-n", NAMESPACE, "--for=jsonpath={.status.phase}", "--timeout=30s")
    yield local_kind
    kubectl("delete", local_kind.plural, NAME, SHARED, "-n", NAMESPACE, "--timeout=60s")


def source_of_host(name: str) -> str:
    """The ConfigMap that the web server takes its database's host from."""
    pod = read("deployment", name, "-n", NAMESPACE)["spec"]["template"]["spec"]
    (reference,) = [item["valueFrom"] for item in pod["containers"][0]["env"] if item["name"] == "DB_HOST"]
    assert reference["configMapKeyRef"]["key"] == "DB_HOST"
    found: str = reference["configMapKeyRef"]["name"]
    return found


def test_what_is_asked_of_rds(made: Kind) -> None:
    spec = read("dbinstance", NAME, "-n", NAMESPACE)["spec"]
    assert spec["dbInstanceClass"] == "db.t4g.small"
    assert spec["dbInstanceIdentifier"] == f"clone-local-{NAME}"
    assert spec["dbName"] == "wp_bundle_own_db"
    assert spec["masterUserPassword"] == {"namespace": NAMESPACE, "name": f"{NAME}-secret", "key": "db-password"}
    assert spec["publiclyAccessible"] is False
    assert spec["storageEncrypted"] is True
    data = read("configmap", f"{NAME}-config", "-n", NAMESPACE)["data"]
    assert (data["DB_USER"], data["DB_NAME"]) == (spec["masterUsername"], spec["dbName"])


def test_its_address_reaches_pod_and_status_by_the_exports_config_map(made: Kind) -> None:
    export = read("fieldexport", NAME, "-n", NAMESPACE)["spec"]
    assert export["from"]["path"] == ".status.endpoint.address"
    assert export["from"]["resource"] == {"group": "rds.services.k8s.aws", "kind": "DBInstance", "name": NAME}
    target = export["to"]
    assert (target["kind"], target["namespace"], target["key"]) == ("configmap", NAMESPACE, "DB_HOST")
    assert target["name"] == source_of_host(NAME)
    patch = json.dumps({"data": {"DB_HOST": "own.rds.example.com"}})
    kubectl("patch", "configmap", target["name"], "-n", NAMESPACE, "--type=merge", "--field-manager=ack", "-p", patch)
    until(
        lambda: read(made.plural, NAME, "-n", NAMESPACE)["status"].get("databaseHost") == "own.rds.example.com",
        "the status has the address",
    )
    assert read("configmap", target["name"], "-n", NAMESPACE)["data"] == {"DB_HOST": "own.rds.example.com"}


def test_the_shared_server_asks_nothing_of_ack(made: Kind) -> None:
    selector = f"wordpressclones.kro.run/name={SHARED}"
    assert not read("dbinstances,fieldexports", "-n", NAMESPACE, "-l", selector)["items"]
    assert source_of_host(SHARED) == f"{SHARED}-config"
    assert "databaseHost" not in read(made.plural, SHARED, "-n", NAMESPACE)["status"]
