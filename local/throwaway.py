"""A Kubernetes API server with the real kro for one check: a few processes on the loopback, gone with the check.

No container, no node, nobody's cluster and nobody's kubeconfig. Of the controller manager only that part runs which
puts kro's rights together (aggregated ClusterRoles): kro has the rights of its service account here, and no more.
Nothing makes pods of Deployments, or addresses of Ingresses. It needs no Docker, so that it runs in anybody's CI.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from local.command import succeeds
from local.errors import LocalError
from local.go_builds import ETCD, KRO, KUBERNETES

READY_SECONDS = 120  # 6 on two idle cores
KRO_FLAGS = (
    "--dynamic-controller-concurrent-reconciles=10",
    "--dynamic-controller-rate-limiter-rate-limit=200",
    "--instance-requeue-interval=200ms",
    "--metrics-bind-address=0",
    "--health-probe-bind-address=0",
)


@dataclass(frozen=True)
class ApiServer:
    """An API server: its URL, an administrator's token, the authority of its certificate; where its files are."""

    url: str
    token: str
    folder: Path

    @property
    def authority(self) -> Path:
        """The certificate that it made for itself."""
        return self.folder / "certificates" / "apiserver.crt"

    def kubeconfig(self, account: str = "") -> Path:
        """Write a kubeconfig for the administrator or, as `namespace:name`, for a service account."""
        user = {"token": self.token} | ({"as": f"system:serviceaccount:{account}"} if account else {})
        cluster = {"server": self.url, "certificate-authority": str(self.authority)}
        entries = {
            "clusters": [{"name": "throwaway", "cluster": cluster}],
            "users": [{"name": "throwaway", "user": user}],
            "contexts": [{"name": "throwaway", "context": {"cluster": "throwaway", "user": "throwaway"}}],
        }
        file = self.folder / f"kubeconfig-{account.replace(':', '-') or 'admin'}"
        head = {"apiVersion": "v1", "kind": "Config", "current-context": "throwaway"}
        file.write_text(json.dumps(head | entries))
        return file


@contextmanager
def api_server(logs: Path) -> Iterator[ApiServer]:
    """Start one and hand it out when it answers; everything of it ends and goes with the block.

    Its programs have to be built (`go_builds.SERVERS`); what they say goes into files of the folder `logs`.

    Raises:
        LocalError: a program ended, or did not answer in time; the text has its last lines.
    """
    logs.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="throwaway-")))
        etcd_port, peer_port, port = free_ports(3)
        server = ApiServer(f"https://127.0.0.1:{port}", secrets.token_urlsafe(32), folder)
        etcd = f"http://127.0.0.1:{etcd_port}"
        stack.enter_context(_running(ETCD.binary, logs / "etcd.log", _etcd_flags(folder, etcd, peer_port)))
        program = _called(folder, "kube-apiserver")
        process = stack.enter_context(_running(program, logs / "kube-apiserver.log", _server_flags(server, etcd, port)))
        _await_ready(server, process, logs / "kube-apiserver.log")
        program = _called(folder, "kube-controller-manager")
        flags = ["--controllers=clusterrole-aggregation-controller", "--leader-elect=false", "--secure-port=0"]
        flags.append(f"--kubeconfig={server.kubeconfig()}")
        stack.enter_context(_running(program, logs / "kube-controller-manager.log", flags))
        yield server


@contextmanager
def kro(server: ApiServer, account: str, logs: Path) -> Iterator[None]:
    """Run kro beside the block with the rights of a service account, `namespace:name`; its CRDs have to be there."""
    flags = [*KRO_FLAGS, f"--kubeconfig={server.kubeconfig(account)}"]
    with _running(KRO.binary, logs / "kro.log", flags):
        yield


def _etcd_flags(folder: Path, url: str, peer_port: int) -> list[str]:
    peer = f"http://127.0.0.1:{peer_port}"
    return [
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls={url}",
        f"--advertise-client-urls={url}",
        f"--listen-peer-urls={peer}",
        # Nothing of it has to outlive a crash.
        "--unsafe-no-fsync",
        "--log-level=warn",
    ]


def _server_flags(server: ApiServer, etcd: str, port: int) -> list[str]:
    folder = server.folder
    key = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    )
    (folder / "accounts.key").write_bytes(key)
    (folder / "tokens.csv").write_text(f'{server.token},admin,admin,"system:masters"\n')
    return [
        f"--etcd-servers={etcd}",
        f"--secure-port={port}",
        "--bind-address=127.0.0.1",
        f"--cert-dir={folder / 'certificates'}",
        f"--token-auth-file={folder / 'tokens.csv'}",
        "--authorization-mode=RBAC",
        "--service-cluster-ip-range=10.255.0.0/16",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={folder / 'accounts.key'}",
        f"--service-account-signing-key-file={folder / 'accounts.key'}",
    ]


def _called(folder: Path, program: str) -> Path:
    """Kubernetes' one binary by the name that makes it that program."""
    link = folder / program
    link.symlink_to(KUBERNETES.binary)
    return link


@contextmanager
def _running(program: Path, log: Path, flags: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    # Whoever kills us, they end with us.
    command: list[str | Path] = ["setpriv", "--pdeathsig", "KILL", program, *flags]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=_environment())
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _environment() -> Mapping[str, str]:
    """Ours, without what leads a Kubernetes program to another cluster."""
    return {name: value for name, value in os.environ.items() if not name.startswith("KUBE")}


def _await_ready(server: ApiServer, process: subprocess.Popen[bytes], log: Path) -> None:
    kubectl = _called(server.folder, "kubectl")
    options = ["--raw=/readyz", "--request-timeout=2s"]
    question: list[str | Path] = [kubectl, "--kubeconfig", server.kubeconfig(), "get", *options]
    deadline = time.monotonic() + READY_SECONDS
    while not succeeds(question):
        if process.poll() is not None or time.monotonic() > deadline:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
            raise LocalError(f"the throw-away API server did not come up:\n{tail}")
        time.sleep(0.1)


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on at this moment."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
