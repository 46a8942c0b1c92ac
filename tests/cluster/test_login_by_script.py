"""A source whose login page is made by JavaScript: the facade's browser logs in, and shows what it saw if it cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from local.kubectl import kubectl
from tests.cluster.conftest import Facade, eventually

pytestmark = [pytest.mark.cluster, pytest.mark.browser]

PLUGIN = Path(__file__).parents[1] / "wayin" / "variants" / "login-by-script.php"
FOLDER = "/var/lib/wordpress/wp-content/mu-plugins"
FILE = f"{FOLDER}/login-by-script.php"
SECONDS = 240  # a clone takes some 15, a busy machine much longer


@pytest.fixture(autouse=True)
def _login_by_script() -> Iterator[None]:
    """The demo source's login page needs JavaScript."""
    at_source("mkdir -p -m 755 $(dirname $0) && cat > $0", stdin=PLUGIN.read_text(encoding="utf-8"))
    try:
        yield
    finally:
        at_source("rm $0 && rmdir $(dirname $0)")


def at_source(script: str, stdin: str = "") -> None:
    """Run a shell script in the demo source's pod; $0 is the plugin's file there."""
    kubectl("exec", "-i", "-n", "demo-source", "deploy/web", "--", "sh", "-ec", script, FILE, stdin=stdin)


def settled(facade: Facade, name: str) -> str:
    """The clone's phase once it is ready or has failed."""

    def phase() -> str:
        found = str(facade.view(name)["phase"])
        return found if found in {"Ready", "Failed"} else ""

    return eventually(phase, SECONDS, f"{name} is ready or has failed")


def test_a_clone(facade: Facade, source: dict[str, str], nothing_left: Callable[[], None]) -> None:
    name = facade.order_async(source)
    try:
        assert settled(facade, name) == "Ready", facade.view(name)
    finally:
        facade.remove(name)
    nothing_left()


def test_a_failure_can_be_looked_at(facade: Facade, source: dict[str, str], nothing_left: Callable[[], None]) -> None:
    name = facade.order_async(source | {"password": "surely wrong"})
    try:
        assert settled(facade, name) == "Failed"
        view = facade.view(name)
        assert (view["code"], view["screenshots"]) == ("AUTH_FAILED", 2)
        urls = facade.http.get(f"/clones/{name}/screenshots").json()["screenshots"]
        assert len(urls) == 2
        for url in urls:
            image = facade.http.get(url)
            assert (image.status_code, image.headers["Content-Type"]) == (httpx.codes.OK, "image/png")
            assert image.content.startswith(b"\x89PNG")
    finally:
        facade.remove(name)
    nothing_left()
