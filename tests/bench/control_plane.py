"""A throw-away Kubernetes API: etcd and kube-apiserver of the local cluster's own image, as containers, up in seconds.

No kubelet and no network: objects are stored, checked and watched, and nothing runs. Other programs may be put beside
them: all share the first container's network, so they meet each other at localhost. What a killed run left is removed
by the next one of the same name.
"""

from __future__ import annotations

import datetime as dt
import secrets
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import yaml

from local.certificates import issue
from local.command import run, succeeds
from local.errors import LocalError
from local.go_builds import KUBERNETES as KUBERNETES_PROGRAM
from local.image_build import ensure_image
from local.system_images import KUBERNETES, NODE_TOOLS

INSIDE = "/etc/control-plane"  # where the programs see certificates, tokens and kubeconfigs
API_PORT = 6443
START_SECONDS = 60
ADMIN = "admin"
ETCD = (
    "--data-dir=/var/lib/etcd",
    "--listen-client-urls=http://127.0.0.1:2379",
    "--advertise-client-urls=http://127.0.0.1:2379",
    "--unsafe-no-fsync",  # what a crash of the machine would lose may be lost
)
API_SERVER = (
    "--etcd-servers=http://127.0.0.1:2379",
    f"--secure-port={API_PORT}",
    f"--tls-cert-file={INSIDE}/tls.crt",
    f"--tls-private-key-file={INSIDE}/tls.key",
    f"--token-auth-file={INSIDE}/tokens.csv",
    "--authorization-mode=RBAC",
    "--service-account-issuer=https://kubernetes.default.svc",
    f"--service-account-key-file={INSIDE}/tls.crt",
    f"--service-account-signing-key-file={INSIDE}/tls.key",
    "--service-cluster-ip-range=10.96.0.0/16",
)


class ControlPlane:
    """Runs between `with` and its end.

    Args:
        name: Prefix of the containers' names.
        users: User → groups, beside the administrator; each gets a token and a kubeconfig. The API knows a service
            account as system:serviceaccount:<namespace>:<name>, so one named here has that one's rights.
        ports: More ports that programs listen on, to be published on the loopback; `port` tells where.
    """

    def __init__(self, name: str, users: Mapping[str, Sequence[str]] | None = None, ports: Sequence[int] = ()) -> None:
        self._name = name
        self._users = {ADMIN: ("system:masters",), **(users or {})}
        self._ports = (API_PORT, *ports)
        self._folder = tempfile.TemporaryDirectory(prefix=f"{name}-")
        #: Seen by the programs as INSIDE.
        self.files = Path(self._folder.name) / "files"

    def __enter__(self) -> Self:
        """Return once the API answers.

        Raises:
            LocalError: it does not; the text has the end of its log.
        """
        self._remove()
        try:
            self._start_api()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove everything."""
        self._remove()
        self._folder.cleanup()

    def start(self, program: str, image: str, *command: str, options: Sequence[str] = ()) -> None:
        """Start a program beside the others, with options for `docker run`; it need not answer yet."""
        self._run(program, image, [f"--network=container:{self._name}-etcd", *options], *command)

    def stop(self, program: str) -> None:
        """Remove a program that was started."""
        run(["docker", "rm", "--force", "--volumes", f"{self._name}-{program}"])

    def log(self, program: str) -> str:
        """The end of what a program has written."""
        command = ["docker", "logs", "--tail=40", f"{self._name}-{program}"]
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True).stdout

    def pid(self, program: str) -> int:
        """The number of a program's process on this host."""
        return int(run(["docker", "inspect", "--format={{.State.Pid}}", f"{self._name}-{program}"]))

    def port(self, inside: int) -> int:
        """Where a port is published on the loopback."""
        return int(run(["docker", "port", f"{self._name}-etcd", f"{inside}/tcp"]).rpartition(":")[2])

    def kubeconfig(self, user: str = ADMIN) -> Path:
        """A user's kubeconfig for programs on this host; those beside it use `<INSIDE>/<user>.kubeconfig`."""
        return self.files / f"{_file_of(user)}.outside.kubeconfig"

    def kubectl(self, *arguments: str | Path, stdin: str | None = None, timeout: float = 300) -> str:
        """Run kubectl as the administrator; its standard output.

        Raises:
            CommandFailed: it ended with a code other than zero.
        """
        command = [Path(self._folder.name) / "kubectl", "--kubeconfig", self.kubeconfig(), *arguments]
        return run(command, stdin=stdin, timeout=timeout, what=f"kubectl {arguments[0]}")

    def _start_api(self) -> None:
        ensure_image(NODE_TOOLS)
        ensure_image(KUBERNETES)
        (Path(self._folder.name) / "kubectl").symlink_to(KUBERNETES_PROGRAM.binary)
        tokens = {user: secrets.token_urlsafe(24) for user in self._users}
        self._write_files(tokens)
        publish = [f"--publish=127.0.0.1::{port}" for port in self._ports]
        self._run("etcd", KUBERNETES.fixed, publish, "etcd", *ETCD)
        for user, token in tokens.items():
            self._write(f"{_file_of(user)}.kubeconfig", kubeconfig(API_PORT, token, f"{INSIDE}/ca.crt"))
            outside = kubeconfig(self.port(API_PORT), token, str(self.files / "ca.crt"))
            self._write(f"{_file_of(user)}.outside.kubeconfig", outside)
        self.start("kube-apiserver", KUBERNETES.fixed, "kube-apiserver", *API_SERVER)
        self._wait()

    def _run(self, program: str, image: str, options: Sequence[str], *command: str) -> None:
        labels = [f"--name={self._name}-{program}", f"--label=control-plane={self._name}"]
        volume = f"--volume={self.files}:{INSIDE}:ro"
        run(["docker", "run", "--detach", *labels, volume, *options, image, *command], what=f"docker run of {program}")

    def _remove(self) -> None:
        found = run(["docker", "ps", "--all", "--quiet", f"--filter=label=control-plane={self._name}"]).split()
        if found:
            run(["docker", "rm", "--force", "--volumes", *found])

    def _write_files(self, tokens: Mapping[str, str]) -> None:
        self.files.mkdir()
        identity = issue(["localhost"], dt.datetime.now(dt.UTC))
        self._write("ca.crt", identity.authority)
        self._write("tls.crt", identity.certificate)
        self._write("tls.key", identity.key)
        lines = [f'{token},{user},{user},"{",".join(self._users[user])}"' for user, token in tokens.items()]
        self._write("tokens.csv", "\n".join(lines) + "\n")

    def _write(self, name: str, text: str) -> None:
        # Readable for the programs, which have users of their own; the folder around it lets nobody else in.
        (self.files / name).write_text(text, encoding="utf-8")

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        ask = [Path(self._folder.name) / "kubectl", "--kubeconfig", self.kubeconfig(), "get", "--raw=/readyz"]
        while not succeeds([*map(str, ask), "--request-timeout=3s"], timeout=10):
            if time.monotonic() > deadline:
                raise LocalError(f"the throw-away API server does not answer:\n{self.log('kube-apiserver')}")
            time.sleep(0.2)


def kubeconfig(port: int, token: str, authority: str) -> str:
    """A kubeconfig for an API server at a port of localhost, by the file of its certificate's authority."""
    cluster = {"server": f"https://localhost:{port}", "certificate-authority": authority}
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "throw-away", "cluster": cluster}],
            "users": [{"name": "user", "user": {"token": token}}],
            "contexts": [{"name": "throw-away", "context": {"cluster": "throw-away", "user": "user"}}],
            "current-context": "throw-away",
        }
    )


def _file_of(user: str) -> str:
    return user.rpartition(":")[2]
