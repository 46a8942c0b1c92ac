"""Docker images by content: an image is built when the tag that carries its inputs' hash does not exist yet.

Each image has two tags: `<repository>:<hash>`, by which everything here decides, and the fixed one that manifests name.
Debian's engine comes without BuildKit, so Dockerfiles here use none of its syntax.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local.base_image import ensure_base_image
from local.command import run, succeeds
from local.content_hash import LENGTH as HASH_LENGTH
from local.content_hash import base_images, copied_sources, hash_files, hash_words
from local.errors import LocalError
from local.progress import step
from local.settings import CACHE, ROOT, SCRATCH


@dataclass(frozen=True)
class Image:
    """What to build.

    Args:
        repository, tag: the fixed name.
        dockerfile: the Dockerfile.
        context: the build context, a folder; None when it is put together from `parts`.
        parts: name in the context → file. A part in the cache is known by its name, which carries its hash.
        arguments: build arguments.
        target: the stage to build; the last one when empty.
    """

    repository: str
    tag: str
    dockerfile: Path
    context: Path | None = None
    parts: Mapping[str, Path] = field(default_factory=dict)
    arguments: Mapping[str, str] = field(default_factory=dict)
    target: str = ""

    @property
    def fixed(self) -> str:
        """The name that manifests use."""
        return f"{self.repository}:{self.tag}"

    @property
    def hashed(self) -> str:
        """The name that carries the hash of all inputs.

        Raises:
            LocalError: the Dockerfile, or something that it copies, is not there.
        """
        return f"{self.repository}:{self.hash()}"

    def hash(self) -> str:
        """Hash of Dockerfile, arguments, target, base images and every file that is copied in."""
        if not self.dockerfile.exists():
            raise LocalError(f"{self.dockerfile.relative_to(ROOT)} is missing: cannot build {self.fixed}")
        text = self.dockerfile.read_text()
        bases = [image_id(base) or base for base in self.bases()]
        arguments = [f"{name}={value}" for name, value in sorted(self.arguments.items())]
        return hash_words([text, self.target, *arguments, *bases, *self._contents(text)])

    def bases(self) -> list[str]:
        """The images that it is built on."""
        return base_images(self.dockerfile.read_text(), self.arguments)

    def _contents(self, dockerfile: str) -> list[str]:
        if self.context is None:
            return [f"{name} {_identity(path)}" for name, path in sorted(self.parts.items())]
        paths: list[Path] = []
        for source in copied_sources(dockerfile):
            matches = sorted(self.context.glob(source.rstrip("/"))) if source not in {".", "./"} else [self.context]
            if not matches:
                raise LocalError(f"{self.dockerfile.relative_to(ROOT)} copies {source}, which is not there")
            paths += matches
        return [hash_files(self.context, paths)]


def _identity(path: Path) -> str:
    return path.name if path.is_relative_to(CACHE) else hash_files(path.parent, [path])


def image_id(name: str) -> str | None:
    """The engine's id of an image, None when it does not have it."""
    if not succeeds(["docker", "image", "inspect", name]):
        return None
    return run(["docker", "image", "inspect", "--format", "{{.Id}}", name]).strip()


def ensure_image(image: Image) -> str:
    """Build an image unless its hash tag exists; in both cases the fixed tag means it afterwards.

    Returns:
        The tag that carries the hash.
    """
    _ensure_debian(image)
    hashed = image.hashed
    if image_id(hashed) is None:
        with step(f"image {image.fixed}"):
            _build(image, hashed)
            _forget_older(image, hashed)
    if image_id(image.fixed) != image_id(hashed):
        run(["docker", "tag", hashed, image.fixed])
    return hashed


def _ensure_debian(image: Image) -> None:
    for base in image.bases():
        if release := re.fullmatch(r"debian:([a-z]+)-slim", base):
            ensure_base_image(release[1])


def _forget_older(image: Image, hashed: str) -> None:
    """Take the tags of earlier contents away. An image that a container runs on stays; so do shared layers."""
    listing = run(["docker", "image", "ls", "--format", "{{.Tag}} {{.ID}}", image.repository])
    for tag in superseded(listing, image.tag):
        if f"{image.repository}:{tag}" != hashed:
            succeeds(["docker", "image", "rm", f"{image.repository}:{tag}"], timeout=60)


def superseded(listing: str, tag: str) -> list[str]:
    """Those tags by hash that may go once an image is built anew: all that no other fixed tag shares an id with.

    Args:
        listing: `tag id`, one a line, of one repository.
        tag: the fixed tag of the image that was built.
    """
    tags = [(name, identity) for name, _, identity in (line.partition(" ") for line in listing.splitlines())]
    hashes = re.compile(rf"[0-9a-f]{{{HASH_LENGTH}}}")
    in_use = {identity for name, identity in tags if name != tag and not hashes.fullmatch(name)}
    return [name for name, identity in tags if hashes.fullmatch(name) and identity not in in_use]


def _build(image: Image, hashed: str) -> None:
    if image.context is not None:
        _docker_build(image, hashed, image.context)
        return
    SCRATCH.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
        context = Path(folder)
        for name, path in image.parts.items():
            _place(path, context / name)
        _docker_build(image, hashed, context)


def _place(source: Path, target: Path) -> None:
    """A hard link where that is possible: binaries are large."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _docker_build(image: Image, hashed: str, context: Path) -> None:
    command: list[str | Path] = ["docker", "build", "--quiet", "--rm", "--file", image.dockerfile, "--tag", hashed]
    for name, value in image.arguments.items():
        command += ["--build-arg", f"{name}={value}"]
    if image.target:
        command += ["--target", image.target]
    # The classic builder on purpose: it is what Debian's docker.io has, and both must give the same.
    run([*command, context], env={**os.environ, "DOCKER_BUILDKIT": "0"}, what=f"docker build of {image.fixed}")
