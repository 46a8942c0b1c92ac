"""How the controller's process is set up: nothing of ours where kro's things are, no right outside the namespace."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import kopf
import pytest

from api.controller.run import configure, wait_for_kind
from api.domain.errors import NotFound
from tests.unit.controller_fakes import FakeWorld


def test_kopf_leaves_the_status_to_kro() -> None:
    settings = kopf.OperatorSettings()
    configure(settings)
    persistence = settings.persistence
    assert persistence.finalizer == "wordpressclones.kro.run/cleanup"
    assert isinstance(persistence.progress_storage, kopf.AnnotationsProgressStorage)
    assert isinstance(persistence.diffbase_storage, kopf.AnnotationsDiffBaseStorage)
    assert persistence.progress_storage.prefix == persistence.diffbase_storage.prefix == "wordpressclones.kro.run"


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
