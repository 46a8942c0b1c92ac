"""The committed manifests as data, for the tests of the bundle."""

from __future__ import annotations

from typing import Any

import yaml

from kro.render import RENDERED

Manifest = dict[str, Any]
ENVIRONMENTS = sorted(folder.name for folder in RENDERED.iterdir())


def documents(environment: str) -> list[Manifest]:
    """All rendered manifests of an environment, in the order of their files."""
    files = sorted((RENDERED / environment).glob("*.yaml"))
    return [document for file in files for document in yaml.safe_load_all(file.read_text(encoding="utf-8"))]


def definition(environment: str) -> Manifest:
    """The environment's ResourceGraphDefinition."""
    return next(document for document in documents(environment) if document["kind"] == "ResourceGraphDefinition")


def parts(environment: str) -> dict[str, Manifest]:
    """Resource id → resource (id, template, …) of the environment's graph."""
    return {part["id"]: part for part in definition(environment)["spec"]["resources"]}


def template(environment: str, part: str) -> Manifest:
    """The manifest that the graph has for one part."""
    found: Manifest = parts(environment)[part]["template"]
    return found


def pod(environment: str) -> Manifest:
    """The pod's specification."""
    found: Manifest = template(environment, "deployment")["spec"]["template"]["spec"]
    return found


def containers(environment: str) -> dict[str, Manifest]:
    """Name → container, init containers first."""
    specification = pod(environment)
    return {item["name"]: item for item in specification["initContainers"] + specification["containers"]}
