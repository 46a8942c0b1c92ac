"""`up` and `down`: from nothing to a cluster with network, DNS, ingress and kro, and back."""

from __future__ import annotations

import ipaddress
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from local import docker, go_builds, hosts, kind, system_images
from local.base_image import base_image, ensure_base_image
from local.command import run, succeeds
from local.image_build import ensure_image
from local.images import load_project_images
from local.kubectl import apply as apply_manifest
from local.kubectl import ensure_kubectl, get, kubectl
from local.node_images import ensure_loaded
from local.packages import ensure_packages
from local.progress import say, step, together
from local.settings import BUILD, CACHE, LOCAL, PHP_SUITES, REPOSITORY, WORKER

MANIFESTS = LOCAL / "cluster"


def prepare(build_images: Callable[[], dict[str, str]] = dict) -> dict[str, str]:
    """Everything that can be done before there is a cluster: packages, engine, base image, programs, images.

    Args:
        build_images: builds the project's images, beside the programs: those wait for the processor, these mostly for
            downloads.

    Returns:
        What `build_images` gave.

    Raises:
        LocalError: something on this machine is missing or failed.
    """
    built: dict[str, str] = {}
    BUILD.mkdir(parents=True, exist_ok=True)
    ensure_packages()
    docker.ensure_engine()
    ensure_base_image()
    docker.ensure_privileged()
    together(go_builds.ensure_built, lambda: built.update(build_images()))
    ensure_kubectl()
    return built


def up(images: Mapping[str, str] | None = None) -> None:
    """Make the cluster, or what is missing of it; `prepare` has run.

    Args:
        images: the project's images to load meanwhile: fixed name → name by content hash.

    Raises:
        LocalError: something on this machine is missing or failed.
    """
    own_image = not os.environ.get("NODE_IMAGE")
    system_images.ensure_system_images()
    node_image = system_images.ensure_node_image() if own_image else os.environ["NODE_IMAGE"]
    if not _is_current(node_image):
        kind.create(node_image, own_image=own_image)
    hosts.ensure_line()
    together(_add_parts, lambda: load_project_images(images or {}))


def down(*, purge: bool = False) -> None:
    """Remove everything that `up` and the other commands made.

    Args:
        purge: also the images and what is kept in the cache for other checkouts.
    """
    if docker.answers():
        kind.delete()
        # kind's network stays where another kind cluster is in it: Docker refuses then.
        succeeds(["docker", "network", "rm", "kind"])
        if purge:
            _remove_images()
    docker.stop_engine()
    hosts.remove_line()
    shutil.rmtree(BUILD, ignore_errors=True)
    if purge:
        shutil.rmtree(CACHE, ignore_errors=True)


def forwarding(resolv_conf: str) -> str:
    """CoreDNS's `forward` line for the resolvers of a resolv.conf; empty when all of them are on the loopback."""
    addresses = [line.split()[1] for line in resolv_conf.splitlines() if line.startswith("nameserver ")]
    usable = [address for address in addresses if not ipaddress.ip_address(address.split("%")[0]).is_loopback]
    return f"forward . {' '.join(usable)}" if usable else ""


def _is_current(node_image: str) -> bool:
    if not kind.healthy():
        return False
    running = run(["docker", "inspect", "--format", "{{.Config.Image}}", WORKER]).strip()
    if running != node_image:
        say("the cluster was made from another node image: making a new one")
    return running == node_image


def _add_parts() -> None:
    everywhere = [(ensure_image(image), image.fixed) for image in system_images.ON_EVERY_NODE]
    workers = [(ensure_image(image), image.fixed) for image in system_images.ON_WORKERS]
    ensure_loaded(everywhere, kind.NODES)
    with step("network, DNS, ingress and kro"):
        apply_manifest("\n---\n".join([(MANIFESTS / "kube-router.yaml").read_text(), _coredns()]))
        ensure_loaded(workers, [WORKER])
        parts = [
            go_builds.kro_definitions(),
            MANIFESTS / "kro.yaml",
            MANIFESTS / "ingress.yaml",
            MANIFESTS / "ack.yaml",
        ]
        kubectl("apply", "--server-side", "--force-conflicts", *[word for part in parts for word in ("-f", part)])
    kind.wait_nodes_ready()
    with step("the cluster's own pods ready"):
        together(*[lambda name=name: _wait_rollout(*name) for name in _workloads()])


def _coredns() -> str:
    manifest = (MANIFESTS / "coredns.yaml").read_text()
    return manifest.replace("@FORWARD@", forwarding(Path("/etc/resolv.conf").read_text()))


def _workloads() -> list[tuple[str, str]]:
    return [
        ("kube-system", "daemonset/kube-router"),
        ("kube-system", "deployment/coredns"),
        ("ingress", "deployment/skipper"),
        ("kro-system", "deployment/kro"),
    ]


def _wait_rollout(namespace: str, workload: str) -> None:
    kubectl("rollout", "status", "--namespace", namespace, workload, "--timeout=180s")


def is_up() -> bool:
    """Whether there is a healthy cluster with its ingress."""
    return docker.answers() and kind.healthy() and get("--namespace=ingress", "deployment", "skipper") is not None


def _remove_images() -> None:
    with step("removing images"):
        images = run(["docker", "image", "ls", "--quiet", "--no-trunc", f"{REPOSITORY}/*"]).split()
        for image in [*sorted(set(images)), *map(base_image, PHP_SUITES.values())]:
            # One that somebody else's container runs on stays.
            succeeds(["docker", "image", "rm", "--force", image], timeout=120)
