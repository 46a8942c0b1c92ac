"""What kro's, the facade's, the controller's and a clone's own account may do, asked of the API server."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import yaml

from tests.bundle.kubectl import kubectl

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("cluster")]

KRO = "system:serviceaccount:kro-system:kro"
FACADE = "system:serviceaccount:wordpress-clone:clone-api"
CONTROLLER = "system:serviceaccount:wordpress-clone:clone-cleanup-sa"
CLONE = "system:serviceaccount:wordpress-staging:default"

LEFTOVERS = (
    "configmaps",
    "persistentvolumeclaims",
    "services",
    "deployments.apps",
    "ingresses.networking.k8s.io",
    "networkpolicies.networking.k8s.io",
    "dbinstances.rds.services.k8s.aws",
    "fieldexports.services.k8s.aws",
)

Question = tuple[str, str, str, str]  # account, namespace, verb, resource[/subresource][.group]


def granted(questions: list[Question]) -> set[Question]:
    """Those of the questions that the API server answers with yes."""
    answers = kubectl("create", "-f", "-", "-o", "yaml", objects=[review(*question) for question in questions])
    reviews = [item for document in yaml.safe_load_all(answers) for item in document.get("items", [document])]
    assert len(reviews) == len(questions)
    return {question for question, item in zip(questions, reviews, strict=True) if item["status"]["allowed"]}


def review(account: str, namespace: str, verb: str, resource: str) -> dict[str, Any]:
    """One question in the API's own form."""
    path, _, group = resource.partition(".")
    plural, _, subresource = path.partition("/")
    attributes = {"namespace": namespace, "verb": verb, "resource": plural, "subresource": subresource, "group": group}
    spec = {"user": account, "groups": groups(account), "resourceAttributes": attributes}
    return {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}


def groups(account: str) -> list[str]:
    """The groups that the API server puts a service account into."""
    namespace = account.split(":")[2]
    return ["system:authenticated", "system:serviceaccounts", f"system:serviceaccounts:{namespace}"]


def everywhere(accounts: list[str], namespaces: list[str], rights: list[tuple[str, str]]) -> list[Question]:
    return [(account, namespace, *right) for account, namespace, right in product(accounts, namespaces, rights)]


def test_what_is_needed_is_granted() -> None:
    needed = [
        (KRO, "create", "deployments.apps"),
        (KRO, "create", "persistentvolumeclaims"),
        (KRO, "delete", "networkpolicies.networking.k8s.io"),
        (KRO, "patch", "wordpressclones.kro.run"),
        (KRO, "update", "wordpressclones/status.kro.run"),
        (FACADE, "create", "wordpressclones.kro.run"),
        (FACADE, "patch", "wordpressclones.kro.run"),
        (FACADE, "watch", "wordpressclones.kro.run"),
        (FACADE, "create", "secrets"),
        (CONTROLLER, "patch", "configmaps"),
        (CONTROLLER, "delete", "wordpressclones.kro.run"),
        (CONTROLLER, "delete", "secrets"),
        (CONTROLLER, "create", "events"),
        *((CONTROLLER, verb, resource) for verb, resource in product(("list", "delete"), LEFTOVERS)),
    ]
    questions = [(account, "wordpress-staging", verb, resource) for account, verb, resource in needed]
    assert granted(questions) == set(questions)


def test_nobody_may_take_over() -> None:
    rights = [
        ("create", "pods"),
        ("create", "pods/exec"),
        ("get", "pods/log"),
        ("create", "rolebindings.rbac.authorization.k8s.io"),
        ("create", "clusterrolebindings.rbac.authorization.k8s.io"),
        ("create", "serviceaccounts/token"),
        ("impersonate", "users"),
        ("get", "nodes/proxy"),
    ]
    namespaces = ["wordpress-staging", "wordpress-clone", "kube-system"]
    assert granted(everywhere([KRO, FACADE, CONTROLLER, CLONE], namespaces, rights)) == set()


def test_rights_end_at_the_clones_namespace() -> None:
    namespaces = ["wordpress-clone", "database", "kube-system", "default"]
    questions = everywhere([KRO], namespaces, [("create", "deployments.apps"), ("delete", "services")])
    questions += everywhere([KRO, FACADE, CONTROLLER], namespaces, [("get", "secrets"), ("list", "secrets")])
    questions += everywhere([FACADE, CONTROLLER], namespaces, [("patch", "configmaps"), ("list", "pods")])
    questions += everywhere([CLONE], namespaces, [("get", "configmaps"), ("get", "secrets")])
    assert granted(questions) == set()


def test_in_it_each_has_its_own_only() -> None:
    refused = [
        (KRO, "get", "secrets"),
        (KRO, "create", "wordpressclones.kro.run"),
        (KRO, "delete", "wordpressclones.kro.run"),
        (FACADE, "patch", "wordpressclones/status.kro.run"),
        (FACADE, "patch", "deployments.apps"),
        (FACADE, "patch", "configmaps"),
        (CONTROLLER, "create", "wordpressclones.kro.run"),
        (CONTROLLER, "patch", "deployments.apps"),
        (CONTROLLER, "create", "configmaps"),
        (CONTROLLER, "delete", "pods"),
        (CONTROLLER, "get", "persistentvolumeclaims"),
        (FACADE, "delete", "deployments.apps"),
        (FACADE, "create", "events"),
        (CLONE, "get", "secrets"),
        (CLONE, "get", "wordpressclones.kro.run"),
    ]
    assert granted([(account, "wordpress-staging", verb, resource) for account, verb, resource in refused]) == set()
