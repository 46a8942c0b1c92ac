"""How the controller's process is set up: nothing of ours where kro's things are, no right outside the namespace."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import kopf
import pytest

from api.controller.run import configure, wait_for_kind
from api.domain.errors import NotFound, SourceAddressRefused
from api.settings import Settings
from api.wiring import build_revoker
from tests.unit.controller_fakes import KEY, FakeWorld


def test_kopf_leaves_the_status_to_kro() -> None:
    settings = kopf.OperatorSettings()
    configure(settings)
    persistence = settings.persistence
    assert persistence.finalizer == "wordpressclones.kro.run/cleanup"
    assert isinstance(persistence.progress_storage, kopf.AnnotationsProgressStorage)
    assert isinstance(persistence.diffbase_storage, kopf.AnnotationsDiffBaseStorage)
    assert persistence.progress_storage.prefix == persistence.diffbase_storage.prefix == "wordpressclones.kro.run"


def test_kopf_writes_nothing_down_when_somebody_changes_an_object() -> None:
    settings = kopf.OperatorSettings()
    configure(settings)
    storage, patch = settings.persistence.diffbase_storage, kopf.Patch()

    def body(**metadata: Any) -> kopf.Body:
        return kopf.Body(cast(Any, {"metadata": {"name": "a", **metadata}, "spec": {"ttlMinutes": len(metadata)}}))

    seen = storage.build(body=body())
    storage.store(body=body(), patch=patch, essence=seen)
    assert storage.fetch(body=body(annotations=dict(patch.metadata.annotations))) == seen
    assert storage.build(body=body(labels={"b": "c"}, annotations={"d": "e"})) == seen


def test_kopf_asks_for_nothing_outside_the_namespace() -> None:
    settings = kopf.OperatorSettings()
    configure(settings)
    assert settings.scanning.disabled
    assert not settings.posting.enabled


def test_a_kind_that_is_not_defined_yet_is_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    world = FakeWorld(failures={"list objects": NotFound("the server could not find the requested resource")})
    with ThreadPoolExecutor(1) as threads:
        asyncio.run(wait_for_kind(world.ports(), threads, pause=0))
    assert caplog.text.count("waiting for the kind") == 1


def test_a_key_is_revoked_behind_the_address_check_and_without_the_plugin() -> None:
    required = {"cluster_name": "test", "db_host": "db", "db_user": "admin", "agent_dir": "/nowhere"}
    settings = Settings.model_validate(required | {"db_ca_file": "/nowhere", "db_password_file": "/nowhere"})
    with pytest.raises(SourceAddressRefused):
        build_revoker(settings, 1.0)("http://127.0.0.1:1/", KEY, "")
