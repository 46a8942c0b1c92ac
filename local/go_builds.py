"""The cluster's programs, built from pinned Go modules: `local/go/<piece>` holds go.mod, go.sum and what code is ours.

A binary's name in the cache carries the hash of its inputs, so a fresh checkout finds what an older one built.
"""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from local.command import run
from local.content_hash import hash_files, hash_words
from local.packages import GoTool, find_go
from local.progress import step, together
from local.settings import CACHE, LOCAL, kubernetes_version

BINARIES = CACHE / "bin"


@dataclass(frozen=True)
class Piece:
    """One program: its folder's name under local/go, the package to build, what the linker writes into it."""

    name: str
    package: str
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where its go.mod is."""
        return LOCAL / "go" / self.name

    @property
    def linker_flags(self) -> str:
        """No symbol tables: they are half of the size."""
        return " ".join(["-s -w", *(f"-X {name}={value}" for name, value in self.variables.items())])

    @property
    def hash(self) -> str:
        """Hash of everything that goes into the binary, the Go release left out: it changes nothing that we rely on."""
        return hash_words([hash_files(self.folder, [self.folder]), self.package, self.linker_flags, platform.machine()])

    @property
    def binary(self) -> Path:
        """Where the binary is, or will be."""
        return BINARIES / f"{self.name}-{self.hash}"


def _kubernetes() -> Piece:
    version = kubernetes_version()
    major, minor, _ = version.removeprefix("v").split(".")
    parts = {"gitVersion": version, "gitMajor": major, "gitMinor": minor}
    return Piece("kubernetes", ".", {f"k8s.io/component-base/version.{name}": value for name, value in parts.items()})


KUBERNETES = _kubernetes()
KIND = Piece("kind", "sigs.k8s.io/kind")
PAUSE = Piece("pause", ".")
COREDNS = Piece("coredns", "github.com/coredns/coredns")
SKIPPER = Piece("skipper", "github.com/zalando/skipper/cmd/skipper")
KUBE_ROUTER = Piece("kube-router", "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router")
STORAGE = Piece("local-path-provisioner", "github.com/rancher/local-path-provisioner")
KRO = Piece("kro", "github.com/kubernetes-sigs/kro/cmd/controller")
#: For API servers without a node; the node's own etcd is Debian's.
ETCD = Piece("etcd", "go.etcd.io/etcd/server/v3")
#: Longest first: Kubernetes is half of the work.
PIECES = (KUBERNETES, KRO, COREDNS, SKIPPER, KUBE_ROUTER, STORAGE, ETCD, KIND, PAUSE)
#: What `local.throwaway` runs.
SERVERS = (KUBERNETES, KRO, ETCD)
#: Simulated nodes; of the benchmark alone, which builds it.
KWOK = Piece("kwok", "sigs.k8s.io/kwok/cmd/kwok")
KRO_MODULE = "github.com/kubernetes-sigs/kro"
KWOK_MODULE = "sigs.k8s.io/kwok"


def ensure_built(pieces: Sequence[Piece] = PIECES) -> None:
    """Build those of the programs that the cache does not have.

    Raises:
        LocalError: there is no usable Go.
        CommandFailed: a build failed.
    """
    missing = [piece for piece in pieces if not piece.binary.exists()]
    if not missing:
        return
    go = find_go()
    # Two streams: while one is in its linker, which uses one core, the other one compiles.
    together(lambda: _build_all(missing[:1], go), lambda: _build_all(missing[1:], go))


def _build_all(pieces: Sequence[Piece], go: GoTool) -> None:
    for piece in pieces:
        build(piece, go)


def build(piece: Piece, go: GoTool) -> None:
    """Build one piece into the cache; an interrupted build leaves nothing under the final name."""
    BINARIES.mkdir(parents=True, exist_ok=True)
    partial = piece.binary.with_suffix(f".{os.getpid()}")
    command: list[str | Path] = [go.path, "build", "-trimpath", "-mod=readonly", "-ldflags", piece.linker_flags]
    with step(f"building {piece.name}"):
        run(
            [*command, "-o", partial, piece.package],
            cwd=piece.folder,
            env=go.environment(),
            what=f"go build of {piece.name}",
        )
    partial.replace(piece.binary)


def kro_definitions() -> Path:
    """Folder of kro's own CRDs, taken from the module that the controller is built from."""
    return _folder_of_module(KRO, KRO_MODULE, "helm/crds", "crds")


def kwok_stages() -> list[Path]:
    """The files that say how simulated nodes and pods become Ready, and end: at once."""
    folder = _folder_of_module(KWOK, KWOK_MODULE, "kustomize/stage", "stages")
    return sorted([*folder.glob("node/fast/node-*.yaml"), *folder.glob("pod/fast/pod-*.yaml")])


def _folder_of_module(piece: Piece, module: str, path: str, suffix: str) -> Path:
    """A folder of the module that a program is built from, copied beside the program."""
    folder = piece.binary.with_suffix(f".{suffix}")
    if not folder.exists():
        go = find_go()
        command: list[str | Path] = [go.path, "mod", "download", module]
        run(command, cwd=piece.folder, env=go.environment())
        found = run([go.path, "list", "-m", "-f", "{{.Dir}}", module], cwd=piece.folder, env=go.environment())
        partial = folder.with_suffix(f".{os.getpid()}")
        shutil.copytree(Path(found.strip()) / path, partial)
        partial.chmod(0o755)
        partial.replace(folder)
    return folder
