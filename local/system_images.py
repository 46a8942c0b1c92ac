"""The images that the cluster itself runs on: the node, the control plane, and the programs around it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from local import go_builds
from local.command import run
from local.content_hash import hash_words
from local.go_builds import Piece
from local.image_build import Image, ensure_image, image_id
from local.progress import together
from local.settings import (
    CACHE,
    ETCD_TAG,
    LOCAL,
    PAUSE_TAG,
    REPOSITORY,
    SCRATCH,
    kubernetes_version,
    module_version,
)

FOLDER = LOCAL / "images"
NODE_FILES = FOLDER / "node"
CONTROL_PLANE_PROGRAMS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy")


def _program(piece: Piece) -> Image:
    parts = {piece.name: piece.binary}
    dockerfile = FOLDER / "program.Dockerfile"
    return Image(f"{REPOSITORY}/{piece.name}", "local", dockerfile, None, parts, {"PROGRAM": piece.name})


NODE_TOOLS = Image(f"{REPOSITORY}/node-tools", "local", FOLDER / "node-tools.Dockerfile")
KUBERNETES = Image(
    f"{REPOSITORY}/kubernetes",
    "local",
    FOLDER / "kubernetes.Dockerfile",
    parts={"kubernetes": go_builds.KUBERNETES.binary},
)
KUBE_ROUTER = Image(
    f"{REPOSITORY}/kube-router",
    "local",
    FOLDER / "kube-router.Dockerfile",
    parts={"kube-router": go_builds.KUBE_ROUTER.binary},
)
COREDNS = _program(go_builds.COREDNS)
PAUSE = _program(go_builds.PAUSE)
STORAGE = _program(go_builds.STORAGE)
SKIPPER = _program(go_builds.SKIPPER)
KRO = _program(go_builds.KRO)
#: Of the benchmark of many clones alone, which builds it.
KWOK = _program(go_builds.KWOK)
#: What a stock node image does not have, by where it runs.
ON_EVERY_NODE = (KUBE_ROUTER,)
ON_WORKERS = (SKIPPER, KRO)


def coredns_tag() -> str:
    """The tag by which kubeadm asks for CoreDNS."""
    return module_version("coredns", "github.com/coredns/coredns")


def ensure_system_images() -> None:
    """Build all of them but the node's."""
    ensure_image(NODE_TOOLS)
    together(
        lambda: [ensure_image(image) for image in (KUBERNETES, KUBE_ROUTER)],
        lambda: [ensure_image(image) for image in (COREDNS, PAUSE, STORAGE, SKIPPER, KRO)],
    )


def ensure_node_image() -> str:
    """Build the node image with the control plane's images in it; its name by hash.

    The archive of those images is only written when the node image has to be built.
    """
    identity = hash_words([image.hashed for image in all_system_images()])
    archive = SCRATCH / f"preloaded-{identity}.tar"
    image = _node_image(archive)
    try:
        if image_id(image.hashed) is None:
            _save_preloaded(archive)
        return ensure_image(image)
    finally:
        archive.unlink(missing_ok=True)


def kubeadm_names() -> dict[str, Image]:
    """The names by which kubeadm's manifests ask for the control plane's images."""
    version = kubernetes_version()
    names = {f"{REPOSITORY}/{program}:{version}": KUBERNETES for program in CONTROL_PLANE_PROGRAMS}
    names[f"{REPOSITORY}/etcd:{ETCD_TAG}"] = KUBERNETES
    names[f"{REPOSITORY}/coredns:{coredns_tag()}"] = COREDNS
    names[f"{REPOSITORY}/pause:{PAUSE_TAG}"] = PAUSE
    return names


def _save_preloaded(archive: Path) -> None:
    names = kubeadm_names()
    for name, image in names.items():
        run(["docker", "tag", image.hashed, name])
    partial = archive.with_suffix(f".{os.getpid()}")
    others = (STORAGE, NODE_TOOLS, *ON_EVERY_NODE, *ON_WORKERS)
    # Both tags, so that node_images finds by hash that there is nothing to load.
    tags = [tag for image in others for tag in (image.hashed, image.fixed)]
    run(["docker", "save", "--output", partial, *names, *tags])
    partial.replace(archive)


def _node_image(archive: Path) -> Image:
    written = _written_files()
    return Image(
        f"{REPOSITORY}/node",
        "local",
        FOLDER / "node.Dockerfile",
        parts={
            "kubernetes": go_builds.KUBERNETES.binary,
            "preloaded-images.tar": archive,
            "storage.yaml": LOCAL / "cluster" / "storage.yaml",
            **written,
            **{name: NODE_FILES / name for name in ("entrypoint", "kubeadm", "systemctl")},
        },
    )


def _written_files() -> dict[str, Path]:
    """Files of the node that carry a version, written into the cache under a name with their hash."""
    template = (NODE_FILES / "containerd.toml").read_text()
    contents = {"version": kubernetes_version(), "containerd.toml": template.replace("@PAUSE_TAG@", PAUSE_TAG)}
    folder = CACHE / "node-files"
    folder.mkdir(parents=True, exist_ok=True)
    return {name: _write(folder, name, text) for name, text in contents.items()}


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}-{hash_words([text])}"
    path.write_text(text)
    return path


def all_system_images() -> Sequence[Image]:
    """Every image of this module but the node's: all of them are in the node."""
    return (NODE_TOOLS, KUBERNETES, KUBE_ROUTER, COREDNS, PAUSE, STORAGE, SKIPPER, KRO)
