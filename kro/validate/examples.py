"""Whether every example becomes ready, with somebody else in the part of its pod."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import yaml

from kro.environment import Environment
from kro.validate.acceptance import refusal
from kro.validate.api import Api, Object, Refused
from kro.validate.faults import Class, Fault, shown
from kro.validate.files import EXAMPLES
from kro.validate.platform import condition, until
from kro.yaml_lines import line_of

SECONDS = 120  # all are ready in 3 on an idle machine
#: An error that is still there after so many seconds will stay: kro has tried again some times.
ERROR_SECONDS = 15


@dataclass(frozen=True)
class Made:
    """An example that the API server took, and when (monotonic seconds)."""

    file: Path
    path: str
    deployment: str
    since: float


def examples(api: Api, environment: Environment) -> list[Fault]:
    """Make every example in the environment's namespace, and wait until each is ready."""
    faults: list[Fault] = []
    made: list[Made] = []
    for file in sorted(EXAMPLES.glob("*.yaml")):
        text = file.read_text(encoding="utf-8")
        for item, node in zip(yaml.safe_load_all(text), yaml.compose_all(text, Loader=yaml.SafeLoader), strict=True):
            item["metadata"]["namespace"] = environment.namespace
            try:
                made.append(_make(api, file, item))
            except Refused as refused:
                faults += [_refused(file, node, field, reason) for field, reason in refused.causes]
    until(lambda: _all_settled(api, made), SECONDS)
    return faults + [_not_ready(api, one) for one in made if not _is_ready(api.get(one.path))]


def _make(api: Api, file: Path, item: Object) -> Made:
    api.create(item)
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": item["metadata"]}
    return Made(file, api.path(item), api.path(deployment), time.monotonic())


def _refused(file: Path, node: yaml.Node | None, field: str, reason: str) -> Fault:
    return Fault(Class.EXAMPLE, f"{shown(file)}:{line_of(node, field)}", f"{field}: {reason}".removeprefix(": "))


def _not_ready(api: Api, one: Made) -> Fault:
    reason = refusal(api.get(one.path)) or "kro does not say why"
    return Fault(Class.EXAMPLE, f"{shown(one.file)}:1", f"does not become ready: {reason}")


def _all_settled(api: Api, made: list[Made]) -> bool:
    settled = [_settled(api, one) for one in made]  # each is asked, because asking plays its pod's part
    return all(settled)


def _settled(api: Api, one: Made) -> bool:
    """Whether an example is ready, or never will be; if not, its pod is made to look ready."""
    found = api.get(one.path)
    if _is_ready(found):
        return True
    with suppress(Refused):  # until kro has made it
        api.patch(f"{one.deployment}/status", {"status": {"replicas": 1, "readyReplicas": 1}})
    failed = (found.get("status") or {}).get("state") == "ERROR"
    return failed and time.monotonic() > one.since + ERROR_SECONDS


def _is_ready(found: Object) -> bool:
    return condition(found, "Ready") == "True" and found["status"].get("phase") in {"Ready", "Suspended"}
