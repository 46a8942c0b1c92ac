"""Whom a clone's pod can reach, asked of the policy as a packet would ask it."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from tests.bundle.manifests import Manifest, template

CLOUD = ["staging", "production"]


def reaches(policy: Manifest, address: str, port: int) -> bool:
    """Whether the policy lets TCP go to an address outside the cluster."""
    return any(
        item["port"] == port and item["protocol"] == "TCP" and any(within(peer, address) for peer in rule["to"])
        for rule in policy["spec"]["egress"]
        for item in rule["ports"]
    )


def within(peer: Manifest, address: str) -> bool:
    """Whether an address falls under a peer; pods are no addresses."""
    block = peer.get("ipBlock")
    if block is None:
        return False
    inside = ip_address(address) in ip_network(block["cidr"])
    return inside and not any(ip_address(address) in ip_network(refused) for refused in block.get("except", []))


@pytest.mark.parametrize("environment", CLOUD)
@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",  # instance metadata
        "169.254.170.23",  # EKS pod identity
        "169.254.20.10",  # node-local services
        "93.184.215.14",  # nor is the internet
        "127.0.0.1",
        "0.0.0.0",
        "10.0.0.1",
        "10.100.0.1",  # the cluster's API
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",
        "100.127.255.254",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
    ],
)
def test_no_address_is_reached_but_the_databases(environment: str, address: str) -> None:
    policy = template(environment, "networkPolicy")
    assert not any(reaches(policy, address, port) for port in (22, 80, 443, 3306, 8080))


@pytest.mark.parametrize("environment", ["local", *CLOUD])
def test_every_rule_names_its_peers_and_ports(environment: str) -> None:
    policy = template(environment, "networkPolicy")["spec"]
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    for rule in policy["ingress"]:
        assert rule["from"]
        assert rule["ports"] == [{"port": 8080, "protocol": "TCP"}]
    for rule in policy["egress"]:
        assert rule["to"]
        assert rule["ports"]


@pytest.mark.parametrize("environment", ["local", *CLOUD])
def test_names_the_database_and_the_proxy_are_all_that_is_reached(environment: str) -> None:
    names, _, proxy = template(environment, "networkPolicy")["spec"]["egress"]
    assert pods(names) == {("kube-system", "kube-dns", 53)}
    assert pods(proxy) == {("wordpress-clone", "egress-proxy", 3128)}


def test_locally_the_database_is_a_pod() -> None:
    _, database, _ = template("local", "networkPolicy")["spec"]["egress"]
    assert pods(database) == {("database", "", 3306)}


def pods(rule: Manifest) -> set[tuple[str, str, int]]:
    """Namespace, name and port of the pods that a rule lets to; a rule without a name is for all of a namespace."""
    return {
        (
            peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"],
            "".join(peer.get("podSelector", {}).get("matchLabels", {}).values()),
            item["port"],
        )
        for peer in rule["to"]
        for item in rule["ports"]
    }
