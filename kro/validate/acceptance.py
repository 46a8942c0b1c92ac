"""Whether the API server and kro accept an environment's bundle."""

from __future__ import annotations

from kro.validate.api import Api, Object, Refused
from kro.validate.faults import Class, Fault, shown
from kro.validate.kro_message import path_of
from kro.validate.platform import LOGS, SECONDS, condition, until
from kro.validate.rendered import Document, Rendered

DEFINITIONS = "/apis/kro.run/v1alpha1/resourcegraphdefinitions"


def apply_bundle(api: Api, rendered: Rendered) -> list[Fault]:
    """Apply all manifests, in their order."""
    return [fault for document in rendered.documents for fault in _apply(api, rendered, document)]


def _apply(api: Api, rendered: Rendered, document: Document) -> list[Fault]:
    try:
        api.apply(document.data)
    except Refused as refused:
        return [
            Fault(Class.REFUSED, rendered.place(document, field), f"{field}: {text}".removeprefix(": "))
            for field, text in refused.causes
        ]
    return []


def accepted(api: Api, rendered: Rendered) -> list[Fault]:
    """Wait until kro has accepted every definition and serves its kind."""
    definitions = [item for item in rendered.documents if item.data["kind"] == "ResourceGraphDefinition"]
    return [fault for document in definitions for fault in _accepted(api, rendered, document)]


def _accepted(api: Api, rendered: Rendered, document: Document) -> list[Fault]:
    path = f"{DEFINITIONS}/{document.data['metadata']['name']}"

    def decided() -> bool:
        found = api.get(path)
        return condition(found, "GraphAccepted") == "False" or condition(found, "Ready") == "True"

    until(decided)
    found = api.get(path)
    if condition(found, "Ready") == "True":
        return []
    log = shown(LOGS / rendered.environment.name / "kro.log")
    message = refusal(found) or f"kro has not made the definition ready within {SECONDS} s; its log: {log}"
    return [Fault(Class.REFUSED, rendered.place(document, path_of(message, document)), f"kro: {message}")]


def refusal(item: Object) -> str:
    """What the conditions say that do not hold; those that wait for others say nothing."""
    conditions = (item.get("status") or {}).get("conditions") or []
    messages = [str(one["message"]) for one in conditions if one["status"] == "False" and one.get("message")]
    return "; ".join(dict.fromkeys(messages))
