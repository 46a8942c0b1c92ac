"""Everything about the local cluster that is a name, a version, an address or a place, in one module.

Go modules are pinned in `local/go/<piece>/go.mod`; the Kubernetes version is read from there, so it stands once.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / "local"
#: What one checkout makes: removed by `down`.
BUILD = ROOT / "build" / "local"
#: What every checkout on this machine can use again: removed by `down --purge`.
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wordpress-clone"
#: Half-made things; emptied when a command begins.
SCRATCH = CACHE / "scratch"

KUBECONFIG = BUILD / "kubeconfig"
KUBECTL = BUILD / "bin" / "kubectl"

CLUSTER = "wordpress-clone"
CONTROL_PLANE = f"{CLUSTER}-control-plane"
WORKER = f"{CLUSTER}-worker"
#: Namespace of image names; also kubeadm's `imageRepository`. There is no such registry: all images are preloaded.
REPOSITORY = "wordpress-clone"

BASE_SUITE = "trixie"
BASE_IMAGE = f"debian:{BASE_SUITE}-slim"
#: PHP versions that clones run on → the Debian release that ships each.
PHP_SUITES = {"7.4": "bullseye", "8.2": "bookworm", "8.4": BASE_SUITE}

#: kubeadm asks for these tags; etcd's is Debian trixie's version, pause's the one kubeadm of this minor expects.
ETCD_TAG = "3.5.16-0"
PAUSE_TAG = "3.10.1"

HTTP_PORT = 8080
#: The NodePort of the ingress Service (`cluster/ingress.yaml`), which kind publishes as HTTP_PORT on the loopback.
INGRESS_NODE_PORT = 30080
FACADE_HOST = "clone-api.test"
CLONES_HOST = "s1.clone-sites.test"
DEMO_HOST = "demo-source.test"
HOSTS = (FACADE_HOST, CLONES_HOST, DEMO_HOST)

CLONES_NAMESPACE = "wordpress-staging"
FACADE_NAMESPACE = "wordpress-clone"
DATABASE_NAMESPACE = "database"
DEMO_NAMESPACE = "demo-source"
#: Where tests put sites of other generations of WordPress; names of the domain are its Services (cluster/coredns.yaml).
SOURCES_NAMESPACE = "source-sites"
SOURCES_DOMAIN = "source-sites.test"
SOURCE_SITES = ("wp57", "wp61", "wp68", "wp71")


def module_version(piece: str, module: str) -> str:
    """The version of `module` that `local/go/<piece>/go.mod` requires, e.g. `v1.35.4`.

    Raises:
        LookupError: the file does not require that module.
    """
    text = (LOCAL / "go" / piece / "go.mod").read_text()
    match = re.search(rf"^(?:require )?\s*{re.escape(module)} (v\S+)", text, re.MULTILINE)
    if match is None:
        raise LookupError(f"local/go/{piece}/go.mod does not require {module}")
    return match.group(1)


def kubernetes_version() -> str:
    """The version of Kubernetes that is built here, e.g. `v1.35.4`."""
    return module_version("kubernetes", "k8s.io/kubernetes")
