"""Whether nothing wrong gets in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from kro.validate.api import Api, Object, Refused
from kro.validate.faults import Class, Fault
from kro.validate.platform import until
from kro.validate.rendered import Document, Rendered
from kro.validate.wrong_objects import CHANGED, FULL, SET, WRONG

VERSION, KIND = "kro.run/v1alpha1", "WordPressClone"


def wrong_objects(api: Api, rendered: Rendered) -> list[Fault]:
    """Try every wrong object and every wrong change: each has to be refused, with a message that names the field."""
    return list(_wrong(api, rendered))


def _wrong(api: Api, rendered: Rendered) -> Iterator[Fault]:
    namespace = rendered.environment.namespace
    until(lambda: _refused(api, clone(namespace, "1-begins-with-a-digit")) is not None)  # a policy comes late
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
            api.patch(api.path(item), change, trial=True)
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
