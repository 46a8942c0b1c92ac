"""All that makes and follows clones, on a throw-away API server: the real kro, our real controller, a real database.

Nodes are simulated by kwok: a pod that the scheduler puts there becomes Ready at once, and nothing runs in it. kro has
the flags of the local cluster, kro and controller have the rights of their service accounts, and no exemption from the
API server's fairness among its callers.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import yaml

from api.database.connect import DatabaseServer
from local import go_builds
from local.image_build import ensure_image, image_id
from local.images import build_project_images
from local.packages import find_go
from local.settings import LOCAL, ROOT
from local.system_images import KRO, KUBERNETES, KWOK
from tests.bench.control_plane import INSIDE, ControlPlane

NAME = "bench-scale"
NAMESPACE = "wordpress-staging"
DEFINITION = "resourcegraphdefinition/wordpressclones.kro.run"
DATABASE_PORT, KRO_PORT, CONTROLLER_PORT = 3306, 8078, 8082
DATABASE_ADMIN = "clone_admin"
PODS_ON_A_NODE = 50
CRD_MANIFESTS = (LOCAL / "cluster" / "ack.yaml",)
BASE = ROOT / "manifests" / "base"
MANIFESTS = (*(BASE / f"{name}.yaml" for name in ("namespaces", "service-accounts", "rbac")),)
RENDERED = ROOT / "kro" / "rendered" / "local"
#: The calls per second that it lets itself make by default, 20, are for small clusters.
CONTROLLER_MANAGER = (
    "kube-controller-manager",
    f"--kubeconfig={INSIDE}/kube-controller-manager.kubeconfig",
    "--use-service-account-credentials=true",
    f"--service-account-private-key-file={INSIDE}/tls.key",
    f"--root-ca-file={INSIDE}/ca.crt",
    "--leader-elect=false",
    "--kube-api-qps=300",
    "--kube-api-burst=300",
)
SCHEDULER = (
    "kube-scheduler",
    f"--kubeconfig={INSIDE}/kube-scheduler.kubeconfig",
    "--leader-elect=false",
    "--kube-api-qps=300",
    "--kube-api-burst=300",
)
KWOK_FLAGS = (
    f"--kubeconfig={INSIDE}/kwok.kubeconfig",
    f"--config={INSIDE}/stages.yaml",
    "--manage-all-nodes",
    "--node-lease-duration-seconds=40",
    "--cidr=10.244.0.0/16",
)
SERVICE_ACCOUNTS = {"kro": "kro-system", "clone-cleanup-sa": "wordpress-clone"}


def users() -> dict[str, tuple[str, ...]]:
    """Who calls the API, with their groups."""
    named = {"system:kube-controller-manager": (), "system:kube-scheduler": (), "kwok": ("system:masters",)}
    accounts = {
        f"system:serviceaccount:{namespace}:{name}": ("system:serviceaccounts", f"system:serviceaccounts:{namespace}")
        for name, namespace in SERVICE_ACCOUNTS.items()
    }
    return {**named, **accounts}


@contextmanager
def running(nodes: int, kro_flags: Sequence[str]) -> Iterator[ControlPlane]:
    """Everything, with so many nodes; kro gets these flags on top of the deployed ones."""
    go_builds.ensure_built()
    if not go_builds.KWOK.binary.exists():
        go_builds.build(go_builds.KWOK, find_go())
    # By id: another checkout's build takes tags away.
    built = build_project_images(["wordpress-clone/api:local", "wordpress-clone/mysql:9.7"])
    images = {name: image_id(hashed) or hashed for name, hashed in built.items()}
    for image in (KRO, KWOK):
        ensure_image(image)
    ports = (DATABASE_PORT, KRO_PORT, CONTROLLER_PORT)
    with ControlPlane(NAME, users(), ports) as plane:
        start_database(plane, images["wordpress-clone/mysql:9.7"])
        plane.start("kube-controller-manager", KUBERNETES.fixed, *CONTROLLER_MANAGER)
        plane.start("kube-scheduler", KUBERNETES.fixed, *SCHEDULER)
        stages = (file.read_text(encoding="utf-8") for file in go_builds.kwok_stages())
        (plane.files / "stages.yaml").write_text("\n---\n".join(stages), encoding="utf-8")
        plane.start("kwok", KWOK.fixed, *KWOK_FLAGS)
        install(plane, nodes)
        start_kro(plane, kro_flags)
        plane.kubectl("apply", "--server-side", "-f", RENDERED)
        plane.kubectl("wait", DEFINITION, "--for=condition=Ready", "--timeout=60s")
        start_controller(plane, images["wordpress-clone/api:local"])
        yield plane


def install(plane: ControlPlane, nodes: int) -> None:
    """Definitions of kinds, namespaces, rights and nodes."""
    for source in (go_builds.kro_definitions(), *CRD_MANIFESTS):
        plane.kubectl("apply", "--server-side", "-f", source)
    plane.kubectl("wait", "crd", "--all", "--for=condition=Established", "--timeout=60s")
    plane.kubectl("apply", "--server-side", "-f", "-", stdin=kro_rights())
    for file in MANIFESTS:
        plane.kubectl("apply", "--server-side", "-f", file)
    plane.kubectl("create", "-f", "-", stdin=yaml.safe_dump_all(node(number) for number in range(nodes)))


def start_kro(plane: ControlPlane, flags: Sequence[str]) -> None:
    """kro with these flags on top of the deployed ones: of two alike the last one counts."""
    plane.start("kro", KRO.fixed, f"--kubeconfig={INSIDE}/kro.kubeconfig", *deployed_kro_flags(), *flags)


def kro_documents() -> list[dict[str, Any]]:
    """What deploys kro on the local cluster."""
    return list(yaml.safe_load_all((LOCAL / "cluster" / "kro.yaml").read_text(encoding="utf-8")))


def kro_rights() -> str:
    """The same without the Deployment."""
    return yaml.safe_dump_all(item for item in kro_documents() if item["kind"] != "Deployment")


def deployed_kro_flags() -> list[str]:
    """The flags of that Deployment."""
    (deployment,) = (item for item in kro_documents() if item["kind"] == "Deployment")
    flags: list[str] = deployment["spec"]["template"]["spec"]["containers"][0]["args"]
    return flags


def node(number: int) -> dict[str, Any]:
    """A node of which kwok says that it is Ready; the scheduler believes what it is said to have."""
    room = {"cpu": "32", "memory": "256Gi", "ephemeral-storage": "4Ti", "pods": "110"}
    metadata = {"name": f"node-{number}", "labels": {"kubernetes.io/hostname": f"node-{number}"}}
    status = {"allocatable": room, "capacity": room}
    return {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "status": status}


def start_database(plane: ControlPlane, image: str) -> None:
    """MySQL as the local cluster runs it, with the account that facade and controller use."""
    folder = plane.files / "accounts"
    folder.mkdir()
    for name in ("root-password", "clone-admin-password"):
        (folder / name).write_text(secrets.token_urlsafe(24), encoding="utf-8")
    tls = f"--volume={plane.files}:/etc/mysql/tls:ro"
    plane.start("mysql", image, options=[tls, f"--volume={folder}:/etc/mysql/accounts:ro"])


def database(plane: ControlPlane) -> DatabaseServer:
    """The way to it from this host, as the account that the controller uses."""
    password = plane.files / "accounts" / "clone-admin-password"
    return DatabaseServer(
        "localhost", plane.port(DATABASE_PORT), DATABASE_ADMIN, password, plane.files / "ca.crt", "127.0.0.1"
    )


def start_controller(plane: ControlPlane, image: str) -> None:
    """Our controller, with the settings that its Deployment has."""
    environment = {
        "KUBECONFIG": f"{INSIDE}/clone-cleanup-sa.kubeconfig",
        "CLONE_NAMESPACE": NAMESPACE,
        "CLONE_CLUSTER_NAME": NAME,
        "CLONE_DB_HOST": "localhost",
        "CLONE_DB_USER": DATABASE_ADMIN,
        "CLONE_DB_PASSWORD_FILE": f"{INSIDE}/accounts/clone-admin-password",
        "CLONE_DB_CA_FILE": f"{INSIDE}/ca.crt",
    }
    options = [f"--env={name}={value}" for name, value in environment.items()]
    plane.start("controller", image, "clone-controller", options=options)
