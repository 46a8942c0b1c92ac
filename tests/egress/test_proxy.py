"""The proxy's verdicts with a real name server: what was checked is dialled, a listener sees nothing of the rest."""

from concurrent.futures import ThreadPoolExecutor

import httpcore
import httpx
import pytest
import stamina

from api.domain.errors import SourceAddressRefused, SourceNotFound, Unavailable
from api.source.tunnel import TunnelBackend
from migrator.egress import ProxiedTransport, proxy_failure
from migrator.errors import MigrationError
from tests.egress.conftest import PUBLIC, World
from tests.engine.containers import docker, free_port

pytestmark = pytest.mark.engine

FORBIDDEN, NO_HOST = httpx.codes.FORBIDDEN, httpx.codes.BAD_GATEWAY


def tunnelled(world: World, host: str, port: int = 80, user: str = "facade", password: str | None = None) -> str:
    """What the server at the end of a tunnel says, by the facade's own way out."""
    shown = world.keys.password_of(user) if password is None else password
    backend = TunnelBackend("127.0.0.1", world.proxy.port, user, shown)
    with httpcore.ConnectionPool(network_backend=backend) as pool:
        return pool.request("GET", f"http://{host}:{port}/").content.decode()


def test_a_public_host_is_reached_both_ways(world: World) -> None:
    assert world.get("http://shop.example/").text == PUBLIC
    assert world.get("http://shop.example:8080/").text == PUBLIC
    assert tunnelled(world, "shop.example") == PUBLIC


@pytest.mark.parametrize(
    "host",
    [
        "private.example",
        "mixed.example",
        "mixed-reversed.example",
        "loopback.example",
        "metadata.example",
        "carrier.example",
        "zero.example",
        "mapped.example",
        "nat64.example",
        "six-to-four.example",
        "local.example",
        "loopback6.example",
        "half.example",
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[fe80::1]",
        "169.254.169.254",
        "localhost",
        "localhost.",
    ],
)
def test_a_host_with_an_address_that_is_not_public_is_refused(world: World, host: str) -> None:
    before = len(world.connections())
    assert world.raw(f"http://{host}/") == FORBIDDEN
    backend = TunnelBackend("127.0.0.1", world.proxy.port, "facade", world.keys.password_of("facade"))
    with pytest.raises(SourceAddressRefused):
        backend.connect_tcp(host.strip("[]"), 80, 20)
    assert len(world.connections()) == before


def test_a_name_whose_answer_changes_never_leads_to_a_private_address(world: World) -> None:
    """Every other answer is private, with a TTL of 0: asked 200 times, by eight at once."""
    before = len(world.connections())

    def ask(number: int) -> tuple[int, str]:
        if number % 2:
            answer = world.get("http://rebinding.example/")
            return answer.status_code, answer.text if answer.is_success else ""
        try:
            return 200, tunnelled(world, "rebinding.example")
        except SourceAddressRefused:
            return 403, ""

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(ask, range(200)))
    assert answers == {(200, PUBLIC), (403, "")}
    assert set(world.connections()[before:]) == {PUBLIC}


@pytest.mark.parametrize("port", [22, 25, 110, 443, 993])
def test_ports_of_other_services_are_closed(world: World, port: int) -> None:
    expected = httpx.codes.SERVICE_UNAVAILABLE if port == 443 else FORBIDDEN  # nobody listens there
    assert world.get(f"http://shop.example:{port}/").status_code == expected


def test_what_a_failure_means_to_facade_and_engine(world: World) -> None:
    assert world.get("http://no-such-host.example/").status_code == NO_HOST
    with pytest.raises(SourceNotFound, match="does not exist"):
        tunnelled(world, "no-such-host.example")
    with pytest.raises(SourceNotFound, match="does not answer"):
        tunnelled(world, "shop.example", 8081)
    with pytest.raises(Unavailable, match="credential"):
        tunnelled(world, "shop.example", password="wrong")
    closed = TunnelBackend("127.0.0.1", free_port(), "facade", "")
    with pytest.raises(Unavailable, match="does not answer"):
        closed.connect_tcp("shop.example", 80, 5)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    ("host", "password", "code"),
    [
        ("private.example", None, "SOURCE_ADDRESS_REFUSED"),
        ("[::ffff:10.96.0.1]", None, "SOURCE_ADDRESS_REFUSED"),
        ("shop.example", "wrong", "EGRESS_CREDENTIAL_REFUSED"),
        ("no-such-host.example", None, "SOURCE_UNREACHABLE"),
    ],
)
def test_the_engine_tells_them_apart(world: World, scheme: str, host: str, password: str | None, code: str) -> None:
    proxy = world.url(password=password)
    assert failure(proxy, f"{scheme}://{host}/").code == code


def test_the_engine_knows_when_the_proxy_is_down() -> None:
    proxy = httpx.Proxy(f"http://127.0.0.1:{free_port()}")
    assert failure(proxy, "http://shop.example/").code == "EGRESS_PROXY_UNREACHABLE"


def failure(proxy: httpx.Proxy, url: str) -> MigrationError:
    """What the engine makes of the proxy's answer."""
    transport = ProxiedTransport(httpx.create_ssl_context(), proxy)
    with httpx.Client(transport=transport) as client, pytest.raises(httpx.ProxyError) as refused:
        client.get(url)
    return proxy_failure(str(refused.value))


@pytest.mark.parametrize("user", ["shop.import", "shop.site", "somebody", "facade.import"])
def test_without_an_object_to_ask_for_a_credential_opens_nothing(world: World, user: str) -> None:
    assert world.get("http://shop.example/", user).status_code in {FORBIDDEN, httpx.codes.SERVICE_UNAVAILABLE}


@pytest.mark.parametrize("password", ["", "wrong", "0" * 64])
def test_without_the_password_nothing_is_told(world: World, password: str) -> None:
    answer = world.get("http://shop.example/", password=password)
    assert answer.status_code == httpx.codes.PROXY_AUTHENTICATION_REQUIRED


def test_the_proxys_own_pages_and_other_protocols_are_closed(world: World) -> None:
    port = world.proxy.port
    for path in ("/squid-internal-mgr/info", "/squid-internal-mgr/config"):
        assert httpx.get(f"http://127.0.0.1:{port}{path}", trust_env=False).status_code in {400, 403, 407}
        assert world.get(f"http://egress-proxy:3128{path}").status_code in {FORBIDDEN, NO_HOST}


def test_the_log_names_who_went_where_and_nothing_secret(world: World) -> None:
    world.get("http://shop.example/path-of-a-page?token=query-of-a-page")
    world.get("http://private.example/path-of-a-page?token=query-of-a-page")
    tunnelled(world, "shop.example")
    # A tunnel is told of once it has ended.
    for attempt in stamina.retry_context(on=AssertionError, attempts=None, timeout=60, wait_max=0.2):
        with attempt:
            opened = [entry for entry in world.log() if (entry["host"], entry["verdict"]) == ("shop.example", "open")]
            assert opened[-1]["result"] == "TCP_TUNNEL"
    text = docker("logs", world.proxy.name)
    for secret in (world.keys.password_of("facade"), "path-of-a-page", "query-of-a-page", "Proxy-Authorization"):
        assert secret not in text
    refused = [entry for entry in world.log() if entry["host"] == "private.example"]
    assert opened[-1] | {"time": "", "sent": 0, "received": 0, "ms": 0} == {
        "time": "",
        "user": "facade",
        "host": "shop.example",
        "port": "80",
        "address": PUBLIC,
        "verdict": "open",
        "result": "TCP_TUNNEL",
        "status": 200,
        "sent": 0,
        "received": 0,
        "ms": 0,
    }
    assert opened[-1]["sent"] > 0
    assert {(entry["verdict"], entry["status"], entry["address"]) for entry in refused} == {("private", 403, "-")}
