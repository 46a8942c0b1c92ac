"""Definitions under names of their own, one per environment and module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kro.render import Kind
from tests.bundle.kubectl import KUBECONFIG
from tests.bundle.throwaway import installed


@pytest.fixture(scope="session")
def cluster() -> None:
    """The local cluster, which `make deploy` starts."""
    if not KUBECONFIG.is_file():
        pytest.fail("there is no local cluster: run `make deploy`")


@pytest.fixture(scope="module")
def local_kind(cluster: None) -> Iterator[Kind]:
    """The local environment's definition, at work under another kind."""
    with installed("local") as kind:
        yield kind
