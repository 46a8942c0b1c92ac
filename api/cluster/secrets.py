"""The Secrets of clones: values for the pods, and the record of intent in their annotations.

A Secret is the first thing of a clone that is made and the last that is removed, so whatever else a crash leaves
behind, this says whose it was. Records are read by metadata-only requests: values travel only where they are used.
"""

import base64
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from api.cluster.connect import KubernetesApi, items_of
from api.cluster.errors import ObjectChanged
from api.cluster.resources import MANAGED_BY, MANAGED_BY_LABEL, NAME_LABEL, PHASE_LABEL, labels, secrets_path
from api.domain.errors import InvalidRequest, NotFound
from api.domain.intent import (
    ANNOTATION_PREFIX,
    CloneSecrets,
    Intent,
    IntentPhase,
    format_time,
    intent_from_annotations,
)
from api.domain.names import secret_name
from api.domain.text import clean

logger = logging.getLogger(__name__)

Now = Callable[[], datetime]

MESSAGE_LIMIT = 1000  # characters; all annotations of an object share 256 KiB

_KEYS = {
    "admin_password": "wp-admin-password",
    "db_password": "db-password",
    "api_key": "api-key",
    "source_key": "source-key",
    "source_session": "source-session",
    "source_home": "source-home",
    "egress_import": "egress-import-password",
    "egress_site": "egress-site-password",
}


def _utc_now() -> datetime:
    return datetime.now(UTC)


class IntentStore:
    """Secrets `<name>-secret` of one namespace. All methods may raise ClusterUnavailable."""

    def __init__(self, api: KubernetesApi, namespace: str, *, now: Now = _utc_now) -> None:
        self._api = api
        self._path = secrets_path(namespace)
        self._now = now

    def create(self, intent: Intent, secrets: CloneSecrets) -> None:
        """Write a new record with its values; raises Duplicate if the Secret exists."""
        body = {
            "apiVersion": "v1",
            "kind": "Secret",
            "type": "Opaque",
            "metadata": {
                "name": secret_name(intent.name),
                "labels": _labels(intent),
                "annotations": intent.annotations(),
            },
            "data": _encode(secrets),
        }
        self._api.request("POST", self._path, body=body)

    def update(
        self,
        name: str,
        *,
        phase: str | None = None,
        step: str | None = None,
        message: str | None = None,
        code: str | None = None,
        screenshots: int | None = None,
        attended: bool | None = None,
        if_heartbeat: datetime | None = None,
    ) -> None:
        """Change what is given and refresh the heartbeat.

        With `if_heartbeat` only if that is still the record's last sign of life; else ObjectChanged.
        Raises NotFound if there is no such Secret.
        """
        said = None if message is None else clean(message, MESSAGE_LIMIT)
        fields = {"phase": phase, "step": step, "message": said, "code": code, "heartbeat": format_time(self._now())}
        fields["screenshots"] = None if screenshots is None else str(screenshots)
        fields["attended"] = None if attended is None else str(attended).lower()
        metadata: dict[str, Any] = {
            "annotations": {ANNOTATION_PREFIX + key: value for key, value in fields.items() if value is not None}
        }
        if phase is not None:
            metadata["labels"] = {PHASE_LABEL: phase}
        if if_heartbeat is not None:
            metadata["resourceVersion"] = self._version_with(name, if_heartbeat)
        self._patch(name, {"metadata": metadata})

    def drop_values(self, name: str) -> None:
        """Remove all secret values and leave the record; raises NotFound if there is no such Secret."""
        self._patch(name, {"data": None})

    def keep_session(self, name: str, session: str) -> None:
        """Add what the engine has to show to the source; raises NotFound if there is no such Secret."""
        self._patch(name, {"data": {_KEYS["source_session"]: base64.b64encode(session.encode()).decode()}})

    def complete(self, intent: Intent, spare: CloneSecrets) -> CloneSecrets:
        """Fill what an existing Secret lacks out of `intent` and `spare`; return the values it then has.

        A Secret that a user made by hand may hold some values or all, and has no record. Raises NotFound if there is
        no such Secret, ObjectChanged if somebody else changes it at this moment: then call again.
        """
        found = self._get(intent.name)
        kept = _decode(found) or CloneSecrets("", "", "", "")
        completed = replace(spare, **{field: value for field, value in vars(kept).items() if value})
        if completed != kept or _to_intent(intent.name, found["metadata"]) is None:
            metadata = {
                "resourceVersion": found["metadata"]["resourceVersion"],
                "labels": _labels(intent),
                "annotations": intent.annotations(),
            }
            self._patch(intent.name, {"metadata": metadata, "data": _encode(completed)})
        return completed

    def read(self, name: str) -> Intent | None:
        """Return the record, None if there is no Secret or no record in it."""
        try:
            metadata = self._api.metadata(f"{self._path}/{secret_name(name)}")["metadata"]
        except NotFound:
            return None
        return _to_intent(name, metadata)

    def read_secrets(self, name: str) -> CloneSecrets | None:
        """Return the values, "" for those that are missing; None if there is no Secret or none of them in it."""
        try:
            return _decode(self._get(name))
        except NotFound:
            return None

    def list(self, phase: IntentPhase | None = None) -> list[Intent]:
        """Return all records of the namespace, or those of one phase; a Secret without a readable one is left out."""
        selector = f"{MANAGED_BY_LABEL}={MANAGED_BY},{NAME_LABEL}" + (f",{PHASE_LABEL}={phase}" if phase else "")
        items = items_of(self._api.metadata(self._path, query={"labelSelector": selector}, many=True))
        found = [_to_intent(item["metadata"]["labels"][NAME_LABEL], item["metadata"]) for item in items]
        return [intent for intent in found if intent is not None]

    def delete(self, name: str) -> None:
        """Remove record and values; it is no error if they are gone."""
        try:
            self._api.request("DELETE", f"{self._path}/{secret_name(name)}")
        except NotFound:
            logger.debug("the Secret of %s was gone", name)

    def _get(self, name: str) -> dict[str, Any]:
        return self._api.request("GET", f"{self._path}/{secret_name(name)}")

    def _patch(self, name: str, body: dict[str, Any]) -> None:
        self._api.request("PATCH", f"{self._path}/{secret_name(name)}", body=body)

    def _version_with(self, name: str, heartbeat: datetime) -> str:
        metadata = self._api.metadata(f"{self._path}/{secret_name(name)}")["metadata"]
        intent = _to_intent(name, metadata)
        if intent is None or intent.heartbeat != heartbeat:
            raise ObjectChanged(f"The preparation of {name} has gone on.")
        return str(metadata["resourceVersion"])


def _to_intent(name: str, metadata: dict[str, Any]) -> Intent | None:
    try:
        return intent_from_annotations(name, metadata.get("annotations") or {})
    except ValueError:
        logger.debug("the Secret of %s holds no record of intent", name)  # the sweep finds it, and says so
        return None


def _labels(intent: Intent) -> dict[str, str]:
    return labels(intent.name) | {PHASE_LABEL: intent.phase}


def _encode(secrets: CloneSecrets) -> dict[str, str]:
    values = {key: getattr(secrets, field) for field, key in _KEYS.items()}
    return {key: base64.b64encode(value.encode()).decode() for key, value in values.items() if value}


def _decode(secret: dict[str, Any]) -> CloneSecrets | None:
    data: dict[str, str] = secret.get("data") or {}
    if not any(key in data for key in _KEYS.values()):
        return None
    try:
        return CloneSecrets(**{field: base64.b64decode(data.get(key, "")).decode() for field, key in _KEYS.items()})
    except UnicodeDecodeError:
        raise InvalidRequest("A value in the clone's Secret is not UTF-8 text.") from None
