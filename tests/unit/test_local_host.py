"""What the local cluster reads from the host and writes to it."""

from __future__ import annotations

import pytest

from local import hosts
from local.base_image import apt_settings, apt_sources, debian_sources
from local.cluster import forwarding
from local.docker import has_sys_resource
from local.errors import LocalError

FOREIGN = "127.0.0.1 localhost\n10.0.0.1 clone-api.example\n"


@pytest.mark.parametrize("before", [FOREIGN, FOREIGN + hosts.LINE + "\n", f"{hosts.LINE} old\n{FOREIGN}{hosts.LINE}\n"])
def test_hosts_has_exactly_one_line_of_ours(before: str) -> None:
    assert hosts.with_line(before) == FOREIGN + hosts.LINE + "\n"
    assert hosts.without_line(before) == FOREIGN


def test_hosts_without_a_last_newline() -> None:
    assert hosts.with_line("127.0.0.1 localhost") == f"127.0.0.1 localhost\n{hosts.LINE}\n"


def test_mirrors_of_the_host() -> None:
    targets = (
        "http://mirror.example/debian/\nhttp://mirror.example/debian/\n"
        "http://mirror.example/debian-security/\nhttp://tools.example/apt/\n"
    )
    assert debian_sources(targets) == ("http://mirror.example/debian/", "http://mirror.example/debian-security/")


def test_no_mirror_of_debian() -> None:
    with pytest.raises(LocalError, match="no Debian mirror"):
        debian_sources("http://tools.example/apt/\n")


def test_sources_without_security() -> None:
    assert apt_sources("trixie", "http://m/debian", None).count("Types: deb") == 1
    assert "bookworm-security" in apt_sources("bookworm", "http://m/debian", "http://m/debian-security")
    assert "security" not in apt_sources("bullseye", "http://m/debian", "http://m/debian-security")


def test_apt_settings_leave_passwords_out() -> None:
    dump = (
        'Acquire::Check-Valid-Until "false";\nAPT::Architecture "amd64";\n'
        'Acquire::http::Proxy "http://user:secret@proxy:3128";\n'
    )
    assert apt_settings(dump) == 'Acquire::Check-Valid-Until "false";\n'


@pytest.mark.parametrize(
    ("resolv_conf", "line"),
    [
        ("nameserver 10.0.0.2\nnameserver 10.0.0.3\n", "forward . 10.0.0.2 10.0.0.3"),
        ("nameserver 127.0.0.53\noptions edns0\n", ""),
        ("nameserver 127.0.0.53\nnameserver 192.0.2.1\n", "forward . 192.0.2.1"),
        ("nameserver ::1\n", ""),
        ("", ""),
    ],
)
def test_resolvers_on_the_loopback_are_not_forwarded_to(resolv_conf: str, line: str) -> None:
    assert forwarding(resolv_conf) == line


@pytest.mark.parametrize(("capabilities", "there"), [("000001ffffffffff", True), ("000001fffeffffff", False)])
def test_bit_of_sys_resource(capabilities: str, there: bool) -> None:
    assert has_sys_resource(f"Name:\tx\nCapBnd:\t{capabilities}\n") is there
