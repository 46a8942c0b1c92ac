"""A throw-away API server with all that a bundle expects of its cluster: kinds, namespace, kro with its rights."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from kro.environment import Environment
from kro.validate.api import Api, Object, Refused
from kro.validate.faults import Class, Fault, shown
from kro.validate.files import MANIFESTS
from kro.yaml_lines import line_of
from local.command import run
from local.errors import CommandFailed, LocalError
from local.go_builds import KUBERNETES, kro_definitions
from local.settings import LOCAL
from local.throwaway import api_server, kro

LOGS = LOCAL.parent / "build" / "validate"
#: Kinds that neither Kubernetes nor kro has, and rights that kro's chart gives.
KINDS = ("ack.yaml", "aws-load-balancer.yaml")
KRO_MANIFEST = LOCAL / "cluster" / "kro.yaml"
SECONDS = 60  # for what takes one or two on an idle machine


def until(holds: Callable[[], bool], seconds: float = SECONDS) -> bool:
    """Ask again, some times a second, until `holds` does; False when the time is over."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@contextmanager
def platform(environment: Environment) -> Iterator[Api]:
    """Start an API server that knows all kinds, with kro at work as its service account; hand out its interface."""
    logs = LOGS / environment.name
    account = f"{environment.kro.namespace}:{environment.kro.service_account}"
    with api_server(logs) as server, Api(server) as api:
        _install_kinds(api)
        for item in _rights_of_kro(environment):
            api.apply(item)
        if environment.namespace != "default":
            api.apply(namespace(environment.namespace))
        with kro(server, account, logs):
            yield api


def namespace(name: str) -> Object:
    """A namespace's manifest."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def _install_kinds(api: Api) -> None:
    files = [*sorted(kro_definitions().glob("*.yaml")), *(LOCAL / "cluster" / name for name in KINDS)]
    for definition in [api.apply(item) for file in files for item in read(file)]:
        if not until(partial(_is_known, api, definition)):
            raise LocalError(f"the throw-away API server has not published {definition['metadata']['name']}")


def _is_known(api: Api, definition: Object) -> bool:
    """Whether the API server has published a kind's schema, which kro asks for; it comes after the kind itself."""
    spec = definition["spec"]
    return all(
        spec["names"]["kind"] in _kinds(api, f"{spec['group']}/{version['name']}") for version in spec["versions"]
    )


def _kinds(api: Api, group_version: str) -> set[str]:
    try:
        schemas = api.get(f"/openapi/v3/apis/{group_version}")["components"]["schemas"]
    except Refused:  # nothing of that group is known yet
        return set()
    return {each["kind"] for schema in schemas.values() for each in schema.get("x-kubernetes-group-version-kind", [])}


def _rights_of_kro(environment: Environment) -> Iterator[Object]:
    """The cluster-wide rights of kro's chart, given to the environment's account."""
    for item in read(KRO_MANIFEST):
        if item["kind"] == "ClusterRoleBinding":
            account = {"name": environment.kro.service_account, "namespace": environment.kro.namespace}
            item["subjects"] = [{"kind": "ServiceAccount", **account}]
        if item["kind"] in {"ClusterRole", "ClusterRoleBinding"}:
            yield item


def read(file: Path) -> list[Object]:
    """The objects of a manifest file."""
    return [item for item in yaml.safe_load_all(file.read_text(encoding="utf-8")) if item]


def condition(item: Object, kind: str) -> str:
    """Status of one of an object's conditions: "True", "False", "Unknown", or "" while there is none."""
    conditions: list[dict[str, Any]] = (item.get("status") or {}).get("conditions") or []
    generation = item["metadata"].get("generation")
    for one in conditions:
        if one["type"] == kind and one.get("observedGeneration", generation) == generation:
            return str(one["status"])
    return ""


def apply_overlay(api: Api, environment: Environment) -> list[Fault]:
    """Apply the platform's overlay of that environment, where there is one, to the API server."""
    folder = MANIFESTS / "overlays" / environment.name
    if not folder.is_dir():
        return []
    try:
        built = run([_kubectl(), "kustomize", folder], what="kubectl kustomize")
    except CommandFailed as error:
        return [Fault(Class.REFUSED, f"{shown(folder / 'kustomization.yaml')}:1", error.output.strip())]
    faults = []
    for item in yaml.safe_load_all(built):
        try:
            api.apply(item)
        except Refused as refused:
            faults += [
                Fault(Class.REFUSED, _place(folder, item, field), f"{field}: {text}".removeprefix(": "))
                for field, text in refused.causes
            ]
    return faults


def _kubectl() -> Path:
    """kubectl without the local cluster: Kubernetes' one binary under that name."""
    LOGS.mkdir(parents=True, exist_ok=True)
    link = LOGS / "kubectl"
    link.unlink(missing_ok=True)
    link.symlink_to(KUBERNETES.binary)
    return link


def _place(folder: Path, item: Object, field: str) -> str:
    """Where an overlay, else its base, has the object; a patch of the kustomization's own is not told apart."""
    wanted = (item["kind"], item["metadata"]["name"])
    for file in [*sorted(folder.glob("*.yaml")), *sorted((MANIFESTS / "base").glob("*.yaml"))]:
        text = file.read_text(encoding="utf-8")
        for data, node in zip(yaml.safe_load_all(text), yaml.compose_all(text, Loader=yaml.SafeLoader), strict=True):
            if data and (data.get("kind"), data.get("metadata", {}).get("name")) == wanted:
                return f"{shown(file)}:{line_of(node, field)}"
    return f"{shown(folder / 'kustomization.yaml')}:1"
