"""The egress proxy's judgement: whose password, which host and port, which address; and Squid's lines."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.cluster.clones import CloneObject
from api.domain.egress import CONTROLLER, FACADE, NO_KEYS, EgressKeys
from api.domain.errors import ClusterUnavailable, SourceNotFound
from api.egress.gate import KEPT_SECONDS, Decision, Gate, Verdict
from api.egress.lines import authenticate, pinned, rewrite
from api.egress.rules import WORDPRESS_ORG
from local.settings import ROOT
from tests.unit.controller_fakes import NOW
from tests.unit.controller_fakes import clone as made

KEYS = EgressKeys.parse("k" * 32)
PUBLIC, PRIVATE = "93.184.215.14", "10.96.0.1"
REFUSED, OPEN = Decision(Verdict.REFUSED), Decision(Verdict.OPEN, PUBLIC)


def gate(clone: CloneObject | None, *addresses: str, exceptions: frozenset[str] = frozenset()) -> Gate:
    """A gate that knows one clone, `shop-1`, and one answer for every name."""
    found = {"shop-1": clone}
    return Gate(found.get, exceptions, resolver=lambda host, port: addresses or [PUBLIC])


def clone(url: str = "https://example.com", *hosts: str) -> CloneObject:
    return made(source_url=url, allow_hosts=hosts)


def test_a_password_belongs_to_one_user_and_one_key() -> None:
    password = KEYS.password_of("shop-1.import")
    assert len(password) == 64
    assert password == KEYS.password_of_clone("shop-1", "import")
    assert KEYS.is_password("shop-1.import", password)
    others = (("shop-1.site", password), ("shop-2.import", password), ("shop-1.import", password[:-1]), (FACADE, ""))
    assert not any(KEYS.is_password(*other) for other in others)
    assert not EgressKeys.parse("x" * 32).is_password("shop-1.import", password)


def test_the_first_key_makes_passwords_and_all_verify_them() -> None:
    replaced = EgressKeys.parse("n" * 32 + "\n\n" + "k" * 32 + "\n")
    assert replaced.password_of(FACADE) == EgressKeys.parse("n" * 32).password_of(FACADE)
    assert replaced.is_password(FACADE, KEYS.password_of(FACADE))
    assert "kkk" not in repr(replaced)


@pytest.mark.parametrize("text", ["", "\n \n", "short", "k" * 32 + "\nshort"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="at least 32"):
        EgressKeys.parse(text)


def test_without_a_key_there_is_no_password_and_none_is_right() -> None:
    assert NO_KEYS.password_of(FACADE) == ""
    assert not NO_KEYS.is_password(FACADE, "")


@pytest.mark.parametrize(
    ("url", "host", "port", "opens"),
    [
        ("https://example.com", "example.com", 443, True),
        ("https://example.com", "EXAMPLE.com.", 80, True),
        ("https://example.com", "www.example.com", 443, True),
        ("https://www.example.com/shop", "example.com", 443, True),
        ("http://example.com:8080/", "example.com", 8080, True),
        ("http://example.com:8080/", "example.com", 443, True),
        ("https://example.com", "example.com", 8080, False),
        ("http://example.com:8080", "example.com", 8443, False),
        ("https://example.com", "example.com.evil.test", 443, False),
        ("https://example.com", "api.example.com", 443, False),
        ("https://example.com", "evilexample.com", 443, False),
        ("https://example.com", "api.wordpress.org", 443, False),
        ("https://example.com@evil.test", "example.com", 443, False),
        ("http://example.com:99999", "example.com", 80, False),
        ("http://[2606:4700::1]", "[2606:4700::1]", 80, True),
        ("", "example.com", 443, False),
        ("", "", 443, False),
    ],
)
def test_an_import_goes_to_its_own_source(url: str, host: str, port: int, opens: bool) -> None:
    decided = gate(clone(url)).decide("shop-1.import", host, port)
    assert decided == (OPEN if opens else REFUSED)


@pytest.mark.parametrize(
    ("host", "port", "opens"),
    [
        ("api.wordpress.org", 443, True),
        ("downloads.wordpress.org", 80, True),
        ("Wordpress.org", 443, True),
        ("api.stripe.com", 443, True),
        ("api.stripe.com", 8443, False),
        ("files.stripe.com", 443, False),
        ("api.wordpress.org.evil.test", 443, False),
        ("example.com", 443, False),
    ],
)
def test_php_goes_to_wordpress_org_and_where_its_object_says(host: str, port: int, opens: bool) -> None:
    decided = gate(clone("https://example.com", "api.stripe.com")).decide("shop-1.site", host, port)
    assert decided == (OPEN if opens else REFUSED)


@pytest.mark.parametrize("user", ["shop-1.import", "shop-1.site"])
@pytest.mark.parametrize("host", ["example.com", "api.wordpress.org"])
def test_a_deleted_clones_credentials_open_nothing(user: str, host: str) -> None:
    assert gate(None).decide(user, host, 443) == REFUSED
    assert gate(made(deleted_at=NOW)).decide(user, host, 443) == REFUSED


@pytest.mark.parametrize("user", [FACADE, CONTROLLER])
@pytest.mark.parametrize(("port", "opens"), [(80, True), (443, True), (8080, True), (22, False), (25, False)])
def test_facade_and_controller_go_anywhere_by_the_webs_ports(user: str, port: int, opens: bool) -> None:
    assert gate(None).decide(user, "example.com", port) == (OPEN if opens else REFUSED)


@pytest.mark.parametrize("user", ["", "somebody", "shop-1", "shop-1.other", ".import", "facade.site", "-"])
def test_nobody_else_goes_anywhere(user: str) -> None:
    assert gate(clone()).decide(user, "example.com", 443) == REFUSED


@pytest.mark.parametrize("addresses", [[PRIVATE], [PUBLIC, PRIVATE], [PRIVATE, PUBLIC], ["::ffff:10.0.0.1"], ["::1"]])
def test_one_private_address_is_enough_to_be_refused(addresses: list[str]) -> None:
    assert gate(clone(), *addresses).decide(FACADE, "example.com", 443) == Decision(Verdict.PRIVATE)
    assert gate(clone(), *addresses).decide("shop-1.import", "example.com", 443) == Decision(Verdict.PRIVATE)


def test_an_exception_is_for_its_exact_name() -> None:
    local = gate(clone("http://demo.test"), PRIVATE, exceptions=frozenset({"demo.test"}))
    assert local.decide("shop-1.import", "Demo.test", 80) == Decision(Verdict.OPEN, PRIVATE)
    assert local.decide("shop-1.import", "www.demo.test", 80) == Decision(Verdict.PRIVATE)
    assert local.decide("shop-1.site", "demo.test", 80) == REFUSED


def test_what_cannot_be_asked_opens_nothing() -> None:
    def silent(_: str) -> CloneObject | None:
        raise ClusterUnavailable("no answer")

    def nameless(host: str, _: int) -> list[str]:
        raise SourceNotFound(host)

    assert Gate(silent, frozenset()).decide("shop-1.site", "s.w.org", 443) == Decision(Verdict.UNDECIDED)
    unknown = Gate(lambda _: clone(), frozenset(), resolver=nameless)
    assert unknown.decide("shop-1.import", "example.com", 443) == Decision(Verdict.UNKNOWN)
    empty = Gate(lambda _: clone(), frozenset(), resolver=lambda host, port: [])
    assert empty.decide("shop-1.import", "example.com", 443) == Decision(Verdict.UNKNOWN)


def test_an_object_is_asked_for_again_soon() -> None:
    time, asked = [0.0], itertools.count()
    known: list[CloneObject | None] = [clone()]

    def find(_: str) -> CloneObject | None:
        next(asked)
        return known[0]

    judge = Gate(find, frozenset(), resolver=lambda host, port: [PUBLIC], monotonic=lambda: time[0])
    assert judge.decide("shop-1.import", "example.com", 443) == OPEN
    known[0] = None
    assert judge.decide("shop-1.import", "example.com", 443) == OPEN
    assert next(asked) == 1
    time[0] = KEPT_SECONDS
    assert judge.decide("shop-1.import", "example.com", 443) == REFUSED


def answers(decide: Callable[[str, str, int], Decision], *lines: str) -> list[str]:
    """What the helper says to lines of Squid's, in the order of their channels."""
    written: list[str] = []
    with ThreadPoolExecutor(4) as threads:
        rewrite(decide, [f"{line}\n" for line in lines], written.append, threads)
    return sorted(written, key=lambda line: int(line.split()[0]))


def test_the_address_takes_the_hosts_place_in_the_request() -> None:
    seen = []

    def decide(user: str, host: str, port: int) -> Decision:
        seen.append((user, host, port))
        return Decision(Verdict.OPEN, "2606:4700::1" if host.startswith("[") else PUBLIC)

    said = answers(
        decide,
        "0 http://example.com/a?b=http://c/d shop-1.import example.com 80",
        "1 example.com:443 facade example.com 443",
        "2 [2606:4700::1]:443 facade %5B2606:4700::1%5D 443",
        '3 http://example.com:8080/"\\ shop-1.site example.com 8080',
        "4 HTTP://example.com?x facade example.com 80",
    )
    assert said == [
        f'0 OK rewrite-url="http://{PUBLIC}:80/a?b=http://c/d" verdict_=open\n',
        f'1 OK rewrite-url="{PUBLIC}:443" verdict_=open\n',
        '2 OK rewrite-url="[2606:4700::1]:443" verdict_=open\n',
        f'3 OK rewrite-url="http://{PUBLIC}:8080/\\"\\\\" verdict_=open\n',
        f'4 OK rewrite-url="http://{PUBLIC}:80?x" verdict_=open\n',
    ]
    assert ("facade", "[2606:4700::1]", 443) in seen


def test_a_refusal_has_no_url_and_every_question_gets_an_answer() -> None:
    def broken(user: str, host: str, port: int) -> Decision:
        raise RuntimeError(host)

    assert answers(gate(None).decide, "7 a:443 shop-1.site a 443") == ["7 ERR verdict_=refused\n"]
    assert answers(broken, "7 a:443 facade a 443") == ["7 ERR verdict_=undecided\n"]
    assert answers(gate(None).decide, "7 no question", "8 a b c d", "9") == [
        f"{channel} ERR verdict_=undecided\n" for channel in (7, 8, 9)
    ]


def test_passwords_are_told_in_order() -> None:
    written: list[str] = []
    right = KEYS.password_of(FACADE)
    authenticate(KEYS, [f"facade {right}\n", "facade wrong\n", f"fa%63ade {right}\n", "\n", "facade\n"], written.append)
    assert written == ["OK\n", "ERR\n", "OK\n", "ERR\n", "ERR\n"]


def test_a_tunnels_target_is_an_authority() -> None:
    assert pinned("example.com:443", PUBLIC, 443) == f"{PUBLIC}:443"
    assert pinned("http://u:p@example.com/x", PUBLIC, 80) == f"http://{PUBLIC}:80/x"


def test_wordpress_in_a_clone_has_the_same_list_as_the_proxy() -> None:
    text = (ROOT / "wordpress-target-image/mu-plugins/outgoing-http.php").read_text(encoding="utf-8")
    (listed,) = re.findall(r"array_merge\( array\((.*?)\)", text)
    assert set(re.findall(r"'([^']+)'", listed)) == WORDPRESS_ORG
