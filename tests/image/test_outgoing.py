"""Nothing leaves a clone: mail, events, queued actions, webhooks, renewals, calls. Without the mu-plugins all does.

The sinks' host is on the clone's allow list, so that each rule is shown by itself and not by that list.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import stamina

from tests.engine.containers import Container, container, docker
from tests.image.clones import Clone, Stage, web_server
from tests.image.site import IMAGE

pytestmark = pytest.mark.database  # needs Docker, like the tests with a database server

HERE = Path(__file__).resolve().parent
EVERYTHING = {"MAIL", "POST /webhook", "POST /event", "POST /action", "POST /renewal", "POST /freemius"}


@pytest.fixture(scope="module")
def sink(stage: Stage) -> Iterator[Container]:
    """Listeners for mail and HTTP, under two names."""
    options = ["--network-alias=sink", "--network-alias=payments.test", f"--volume={HERE}/sink.php:/sink.php:ro"]
    with container(IMAGE, stage.network, 80, [*options, "--entrypoint=php"], ["/sink.php"]) as listening:
        for attempt in stamina.retry_context(on=AssertionError, attempts=None, timeout=60, wait_max=0.2):
            with attempt:
                assert "listening" in docker("logs", listening.name)
        yield listening


def received(sink: Container) -> set[str]:
    """What came to the sinks so far."""
    lines = docker("logs", sink.name).splitlines()
    return {line.removesuffix(" HTTP/1.1") for line in lines} - {"listening"}


@pytest.fixture(scope="module")
def shop(clone: Clone) -> Iterator[Clone]:
    """The clone, with plugins of a shop."""
    plugin = clone.folder / "wp-content/mu-plugins/shop.php"
    plugin.write_text((HERE / "shop.php").read_text(encoding="utf-8"), encoding="utf-8")
    yield clone
    plugin.unlink()


def use(port: int, clone: Clone) -> str:
    """A customer orders, and visitors, WP-Cron and the admin area give everything queued a chance to run."""
    headers = {"Host": clone.url.split("/")[2], "X-Forwarded-Proto": "https"}
    base = f"http://127.0.0.1:{port}/{clone.name}"
    with httpx.Client(headers=headers, timeout=120) as visitor:
        ordered = visitor.get(f"{base}/?shop=order").text
        for path in ("/", "/wp-cron.php?doing_wp_cron", "/wp-admin/admin-ajax.php?action=shop"):
            visitor.get(base + path)
    return ordered


def test_nothing_leaves_and_all_of_it_would(shop: Clone, sink: Container) -> None:
    assert use(shop.container.port, shop) == "mailed"
    assert received(sink) == set()

    environment = {**shop.environment, "DB_PASSWORD": shop.db_password}
    unprotected = "--tmpfs=/opt/wordpress-clone/mu-plugins"
    with web_server(shop.stage, shop.folder, environment, [unprotected]) as served:
        use(served.port, shop)
    assert received(sink) == EVERYTHING


def answers(clone: Clone, *urls: str) -> list[Any]:
    """What `wp_remote_get` makes of each URL: status and final URL, or the error's code and message."""
    code = (
        f"foreach ( json_decode( '{json.dumps(urls)}' ) as $url ) {{ $answer = wp_remote_get( $url );"
        " $said[] = is_wp_error( $answer ) ? array( $answer->get_error_code(), $answer->get_error_message() )"
        " : array( $answer['response']['code'], $answer['http_response']->get_response_object()->url ); }"
        " echo json_encode( $said );"
    )
    found: list[Any] = json.loads(clone.php(code))
    return found


def test_calls_go_to_allowed_hosts_only(clone: Clone, sink: Container) -> None:
    allowed, redirected, refused, other = answers(
        clone, "http://sink/allowed", "http://sink/redirect", "http://payments.test/called", clone.url + "x/"
    )
    assert allowed == [200, "http://sink/allowed"]
    assert redirected[0] == "http_request_failed"
    assert "payments.test" in redirected[1]
    assert refused == ["wordpress_clone_refused", refused[1]]
    assert "this site is a clone, and payments.test is not among the hosts" in refused[1]
    assert other[0] == "wordpress_clone_refused"
    assert {"GET /allowed", "GET /redirect"} <= received(sink)
    assert not {"GET /reached", "GET /called"} & received(sink)


def test_the_update_service_is_allowed(clone: Clone) -> None:
    (answer,) = answers(clone, "https://api.wordpress.org/core/version-check/1.7/")
    assert answer[0] != "wordpress_clone_refused"


def test_calls_to_the_own_url_stay_in_the_pod(clone: Clone) -> None:
    """In the container nothing listens at the clone's public URL: its host is the loopback there."""
    seen = len(clone.stage.balancer.seen)
    rest, slash, relative = answers(clone, f"{clone.url}/wp-json/", f"{clone.url}/hello-world", f"{clone.url}/wp-admin")
    assert rest == [200, f"{clone.url}/wp-json/"]
    assert slash == [200, f"{clone.url}/hello-world/"]
    assert relative[0] == 200
    assert relative[1].startswith(f"{clone.url}/wp-login.php?")
    assert len(clone.stage.balancer.seen) == seen


def test_site_health_sees_its_own_site(clone: Clone) -> None:
    code = (
        "require_once ABSPATH . 'wp-admin/includes/class-wp-site-health.php';"
        " require_once ABSPATH . 'wp-admin/includes/admin.php'; wp_set_current_user( 1 );"
        " echo json_encode( ( new WP_Site_Health() )->can_perform_loopback() );"
    )
    assert json.loads(clone.php(code))["status"] == "good"
