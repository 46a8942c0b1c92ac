"""Objects of the kind: every example becomes ready, and nothing wrong gets in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from kro.environment import Environment
from kro.validate.acceptance import refusal
from kro.validate.api import Api, Object, Refused
from kro.validate.faults import Class, Fault, shown
from kro.validate.files import EXAMPLES
from kro.validate.platform import condition, until
from kro.validate.rendered import Document, Rendered
from kro.validate.wrong_objects import CHANGED, FULL, SET, WRONG
from kro.yaml_lines import line_of

VERSION, KIND = "kro.run/v1alpha1", "WordPressClone"
EXAMPLE_SECONDS = 30  # all are ready in 3 on an idle machine


def examples(api: Api, environment: Environment) -> list[Fault]:
    """Make every example in the environment's namespace, and wait until each is ready; the pods' part is played."""
    faults, made = [], []
    for file in sorted(EXAMPLES.glob("*.yaml")):
        text = file.read_text(encoding="utf-8")
        for item, node in zip(yaml.safe_load_all(text), yaml.compose_all(text, Loader=yaml.SafeLoader), strict=True):
            item["metadata"]["namespace"] = environment.namespace
            try:
                api.create(item)
                made.append((file, item))
            except Refused as refused:
                faults += [_of_example(file, node, field, text) for field, text in refused.causes]
    return faults + _ready(api, made)


def _of_example(file: Path, node: yaml.Node | None, field: str, text: str) -> Fault:
    place = f"{shown(file)}:{line_of(node, field)}"
    return Fault(Class.EXAMPLE, place, f"{field}: {text}".removeprefix(": "))


def _ready(api: Api, made: list[tuple[Path, Object]]) -> list[Fault]:
    faults = []
    until(lambda: _all_ready(api, made), EXAMPLE_SECONDS)
    for file, item in made:
        if not _is_ready(api, item):
            found = api.get(_path(api, item))
            reason = refusal(found) or "kro says nothing about it"
            faults.append(Fault(Class.EXAMPLE, f"{shown(file)}:1", f"does not become ready: {reason}"))
    return faults


def _all_ready(api: Api, made: list[tuple[Path, Object]]) -> bool:
    ready = [_is_ready(api, item) for _, item in made]  # each is asked, because asking plays the pod's part
    return all(ready)


def _is_ready(api: Api, item: Object) -> bool:
    found = api.get(_path(api, item))
    if condition(found, "Ready") == "True" and found["status"].get("phase") in {"Ready", "Suspended"}:
        return True
    deployment = f"/apis/apps/v1/namespaces/{item['metadata']['namespace']}/deployments/{item['metadata']['name']}"
    with suppress(Refused):  # until kro has made it
        api.patch(f"{deployment}/status", {"status": {"replicas": 1, "readyReplicas": 1}})
    return False


def _path(api: Api, item: Object) -> str:
    metadata = item["metadata"]
    return api.resource(item["apiVersion"], item["kind"]).path(metadata["namespace"], metadata["name"])


def wrong_objects(api: Api, rendered: Rendered) -> list[Fault]:
    """Try every wrong object and every wrong change: each has to be refused, with a message that names the field."""
    return list(_wrong(api, rendered))


def _wrong(api: Api, rendered: Rendered) -> Iterator[Fault]:
    namespace = rendered.environment.namespace
    until(lambda: _refused(api, clone(namespace, "1-begins-with-a-digit")) is not None, 15)  # policies come late
    for field, change in WRONG:
        item = clone(change.get("namespace", namespace), change.get("name", "wrong"), change.get("spec", {}))
        yield from _judge(rendered, field, change, _refused(api, item))
    other_class = [*rendered.environment.database.dedicated.classes[1:], "db.none.none"][0]
    for name, spec, changes in (("full", FULL, CHANGED), ("bare", {}, SET)):
        item = clone(namespace, name, spec)
        item["metadata"]["annotations"] = {"kro.run/reconcile": "suspended"}
        api.create(item)
        for field, change in changes:
            filled = json.loads(json.dumps(change).replace("{name}", name).replace("{class}", other_class))
            yield from _judge(rendered, field, {"changed": filled}, _refused(api, item, {"spec": filled}))


def _refused(api: Api, item: Object, change: Object | None = None) -> str | None:
    """What the API server says to an object, or to a change of it; None when it takes it."""
    try:
        if change is None:
            api.create(item, trial=True)
        else:
            api.patch(_path(api, item), change, trial=True)
    except Refused as refused:
        return refused.message
    return None


def _judge(rendered: Rendered, field: str, change: dict[str, Any], answer: str | None) -> Iterator[Fault]:
    if answer is None:
        yield Fault(Class.ADMITTED, _rule(rendered, field), f"{field}: {json.dumps(change)} gets in, and must not")
    elif field not in answer:
        message = f"{field}: {json.dumps(change)} is refused without naming the field: {answer}"
        yield Fault(Class.ADMITTED, _rule(rendered, field), message)


def _rule(rendered: Rendered, field: str) -> str:
    """Where a rule about a field belongs: its line of the schema, else the admission policy."""
    for document in rendered.documents:
        if document.data["kind"] == "ResourceGraphDefinition" and field.startswith("spec."):
            return rendered.place(document, f"spec.schema.{field}")
    policies = [item for item in rendered.documents if item.data["kind"] == "ValidatingAdmissionPolicy"]
    for document in policies:
        for number, rule in enumerate(document.data["spec"]["validations"]):
            if str(rule.get("message", rule.get("messageExpression"))).startswith(field):
                return rendered.place(document, f"spec.validations[{number}]")
    return _whole(rendered, policies or rendered.documents)


def _whole(rendered: Rendered, documents: list[Document]) -> str:
    return rendered.place(documents[0])


def clone(namespace: str, name: str, spec: object = ()) -> Object:
    """An object of the kind, as a user would write it."""
    return {"apiVersion": VERSION, "kind": KIND, "metadata": {"name": name, "namespace": namespace}, "spec": spec or {}}
