"""A definition like the committed one under names of its own, so that a test neither meets nor disturbs real clones.

No controller of ours follows its kind: what happens to its objects is done by kro and the API server alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kro.render import ENVIRONMENTS, Kind, render
from kro.value_file import load_environment
from tests.bundle.kubectl import Refused, kubectl, read, until

NAMESPACE = "wordpress-staging"


@contextmanager
def installed(environment: str) -> Iterator[Kind]:
    """Apply the environment's bundle as another kind, hand it out when kro and the policy are at work, remove it."""
    kind = Kind(f"WordPressClone{environment.capitalize()}Check", f"wpc{environment}check")
    bundle = "---\n".join(render(load_environment(ENVIRONMENTS / f"{environment}.yaml"), kind).values())
    # A run that was cut off may have left its own.
    remove(kind, bundle)
    try:
        kubectl("apply", "-f", "-", objects=bundle)
        wait_until_accepted(kind)
        yield kind
    finally:
        remove(kind, bundle)


def wait_until_accepted(kind: Kind) -> None:
    """Return once kro serves the definition and the API server enforces its policy."""
    try:
        kubectl("wait", f"resourcegraphdefinition/{kind.definition}", "--for=condition=Ready", "--timeout=30s")
    except Refused as error:
        conditions = read("resourcegraphdefinition", kind.definition)["status"]["conditions"]
        raise Refused(
            f"kro says: {[item.get('message') for item in conditions if item['status'] == 'False']}"
        ) from error
    until(lambda: refuses_a_bad_name(kind), f"the admission policy of {kind.definition} is enforced")


def refuses_a_bad_name(kind: Kind) -> bool:
    """Whether the API server refuses what only the policy can refuse."""
    try:
        kubectl("create", "--dry-run=server", "-f", "-", objects=clone(kind, "1-begins-with-a-digit"))
    except Refused as error:
        return "metadata.name" in str(error)
    return False


def clone(kind: Kind, name: str, **spec: object) -> dict[str, object]:
    """An object of the kind, as a user would write it."""
    metadata = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": "kro.run/v1alpha1", "kind": kind.kind, "metadata": metadata, "spec": spec}


def remove(kind: Kind, bundle: str) -> None:
    """Objects first: a definition that goes before them leaves their finalizers to nobody. kro leaves the CRD to us."""
    crd = f"customresourcedefinition/{kind.definition}"
    if kubectl("get", crd, "--ignore-not-found", "-o", "name"):
        kubectl("delete", kind.plural, "--all", "-n", NAMESPACE, "--timeout=60s")
    kubectl("delete", "-f", "-", "--ignore-not-found", "--timeout=60s", objects=bundle)
    kubectl("delete", crd, "--ignore-not-found", "--timeout=60s")
