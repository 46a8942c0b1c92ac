"""Plays ACK and RDS for one clone: what they would make and write, on the local database server.

RDS makes the user and the database of a DBInstance; ACK writes the endpoint into its status, and, told by the
FieldExport, into a ConfigMap.
"""

from __future__ import annotations

import json
from typing import Any

from api.database.identifiers import grant_target
from api.database.provision import RIGHTS
from local import rows
from local.kubectl import get, kubectl
from tests.cluster.conftest import eventually
from tests.cluster.inventory import NAMESPACE

HOST = "mysql.database.svc"  # the name that the local server's certificate bears
SECONDS = 60


def make_server(name: str) -> None:
    """Do what is asked by the DBInstance and the FieldExport of that name."""
    instance, export = awaited("dbinstance", name), awaited("fieldexport", name)
    _make_account(instance)
    status = {"status": {"dbInstanceStatus": "available", "endpoint": {"address": HOST, "port": 3306}}}
    _patch("dbinstance", name, status, "--subresource=status")
    target = export["to"]
    awaited_object(target["kind"], target["name"])
    _patch(target["kind"], target["name"], {"data": {target["key"]: HOST}})


def remove_server(instance: dict[str, Any]) -> None:
    """Take user and database away; `instance` is the DBInstance's specification."""
    with rows.shared_server() as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS `{instance['dbName']}`")
        cursor.execute(f"DROP USER IF EXISTS `{instance['masterUsername']}`")


def awaited(kind: str, name: str) -> dict[str, Any]:
    """The specification of an object, once it is there."""
    found: dict[str, Any] = awaited_object(kind, name)["spec"]
    return found


def awaited_object(kind: str, name: str) -> dict[str, Any]:
    """An object of the clones' namespace, once it is there."""
    found = eventually(lambda: get(kind, name, f"--namespace={NAMESPACE}"), SECONDS, f"{kind} {name}")
    assert found is not None
    return found


def _make_account(instance: dict[str, Any]) -> None:
    reference, user, database = instance["masterUserPassword"], instance["masterUsername"], instance["dbName"]
    awaited_object("secret", reference["name"])
    password = rows.read_secret(reference["namespace"], reference["name"])[reference["key"]]
    remove_server(instance)
    with rows.shared_server() as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE USER `{user}` IDENTIFIED BY %s", (password,))
        cursor.execute(f"CREATE DATABASE `{database}`")
        # RDS gives its master user more; the local server's administrator has no more to give.
        cursor.execute(f"GRANT {RIGHTS} ON {grant_target(database)} TO `{user}`")


def _patch(kind: str, name: str, change: dict[str, Any], *options: str) -> None:
    kubectl(
        "patch", kind, name, "-n", NAMESPACE, "--type=merge", "--field-manager=ack", *options, "-p", json.dumps(change)
    )
