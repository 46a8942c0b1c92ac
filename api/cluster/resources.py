"""Where things are in the Kubernetes API, and what marks them as a clone's."""

from api.domain.intent import ANNOTATION_PREFIX

NAME_LABEL = f"{ANNOTATION_PREFIX}name"
PHASE_LABEL = f"{ANNOTATION_PREFIX}phase"  # of a Secret: its record's phase, so that those of one phase can be listed
MANAGED_BY_LABEL = "app.kubernetes.io/managed-by"
MANAGED_BY = "wordpress-clone"
FINALIZER = f"{ANNOTATION_PREFIX}cleanup"
KRO_FINALIZER = "kro.run/finalizer"  # kro's own: off when the parts are gone

GROUP, VERSION = "kro.run", "v1alpha1"
GROUP_VERSION = f"{GROUP}/{VERSION}"
PLURAL = "wordpressclones"
KIND = "WordPressClone"

# What kro makes of one object, and the pods that come of it: the pods last longest, so they stand first.
PART_PATHS = {
    "pod": "/api/v1/namespaces/{namespace}/pods",
    "deployment": "/apis/apps/v1/namespaces/{namespace}/deployments",
    "service": "/api/v1/namespaces/{namespace}/services",
    "ingress": "/apis/networking.k8s.io/v1/namespaces/{namespace}/ingresses",
    "configmap": "/api/v1/namespaces/{namespace}/configmaps",
    "persistentvolumeclaim": "/api/v1/namespaces/{namespace}/persistentvolumeclaims",
    "networkpolicy": "/apis/networking.k8s.io/v1/namespaces/{namespace}/networkpolicies",
}


def secrets_path(namespace: str) -> str:
    """Return the path of a namespace's Secrets."""
    return f"/api/v1/namespaces/{namespace}/secrets"


def clones_path(namespace: str) -> str:
    """Return the path of a namespace's WordPressClones."""
    return f"/apis/{GROUP_VERSION}/namespaces/{namespace}/{PLURAL}"


def labels(name: str) -> dict[str, str]:
    """Return the labels of everything that belongs to the clone `name`."""
    return {NAME_LABEL: name, MANAGED_BY_LABEL: MANAGED_BY}
