"""The PHP of a clone: the one that its object names, or its caller."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from local import checks
from local.kubectl import kubectl
from local.settings import ROOT
from tests.cluster.conftest import Facade, front_page
from tests.cluster.inventory import NAMESPACE

pytestmark = pytest.mark.cluster

EXAMPLE = ROOT / "kro" / "examples" / "php74.yaml"


def php_of(name: str) -> str:
    """Version of the PHP that serves a clone."""
    return kubectl("exec", "-n", NAMESPACE, f"deploy/{name}", "-c", "wordpress", "--", "php", "-r", "echo PHP_VERSION;")


def test_an_empty_site_on_php_74(visitor: httpx.Client, nothing_left: Callable[[], None]) -> None:
    """As the example says it, which brings the WordPress of that Debian release."""
    try:
        kubectl("apply", "-f", str(EXAMPLE))
        kubectl("wait", "-f", str(EXAMPLE), "--for=jsonpath={.status.phase}=Ready", "--timeout=120s")
        url = kubectl("get", "-f", str(EXAMPLE), "-o", "jsonpath={.status.url}")
        assert php_of("empty-php74").startswith("7.4.")
        assert 'content="WordPress 5.7.' in front_page(visitor, url).text
    finally:
        kubectl("delete", "-f", str(EXAMPLE), "--ignore-not-found", "--timeout=60s")
    nothing_left()


def test_a_copy_on_another_php_than_its_sources(
    facade: Facade, source: dict[str, str], visitor: httpx.Client, original: checks.Site
) -> None:
    name = facade.order_async(source, ttl_minutes=10, options={"php_version": "8.2"})
    try:
        url = facade.await_ready(name)["clone_url"]
        assert php_of(name).startswith("8.2.")
        front_page(visitor, url)
        checks.same_front_page(original, checks.Site(url, visitor))
    finally:
        facade.remove(name)
