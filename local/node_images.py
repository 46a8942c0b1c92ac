"""Bringing images from the Docker engine into the cluster's nodes; only those that a node does not have yet.

Presence is decided by the tag that carries the content's hash, because the ids of engine and node differ.
"""

from __future__ import annotations

from collections.abc import Sequence

from local.command import pipe, run
from local.progress import step, together

#: containerd's client, in the namespace that the kubelet uses.
CTR = ("ctr", "--namespace=k8s.io", "images")


def ensure_loaded(images: Sequence[tuple[str, str]], nodes: Sequence[str]) -> None:
    """Have images in nodes.

    Args:
        images: pairs of the tag by hash and the fixed tag, both known to the engine.
        nodes: names of the nodes' containers.
    """
    together(*[lambda node=node: _ensure_on(node, images) for node in nodes])


def missing_on(listing: str, images: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those images whose tags are not, or not with the same content, in the output of `ctr images list`."""
    digests = {}
    for line in listing.splitlines()[1:]:
        reference, _, digest = line.split()[:3]
        digests[reference] = digest
    return [
        (hashed, fixed)
        for hashed, fixed in images
        if qualified(hashed) not in digests or digests.get(qualified(fixed)) != digests[qualified(hashed)]
    ]


def qualified(name: str) -> str:
    """The name that a node gives to an image of ours: the engine's default registry in front."""
    return f"docker.io/{name}"


def _ensure_on(node: str, images: Sequence[tuple[str, str]]) -> None:
    listing = run(["docker", "exec", node, *CTR, "list"])
    missing = missing_on(listing, images)
    if not missing:
        return
    there = {line.split()[0] for line in listing.splitlines()[1:]}
    new = [(hashed, fixed) for hashed, fixed in missing if qualified(hashed) not in there]
    if new:
        names = [name for pair in new for name in pair]
        with step(f"loading into {node}: {' '.join(fixed for _, fixed in new)}"):
            pipe(["docker", "save", *names], ["docker", "exec", "-i", node, *CTR, "import", "-"])
    for hashed, fixed in missing:
        if (hashed, fixed) not in new:
            run(["docker", "exec", node, *CTR, "tag", "--force", qualified(hashed), qualified(fixed)])
