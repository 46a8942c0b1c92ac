"""WordPressClones by the Kubernetes API itself, over one kept connection: cheap to ask, many times a second."""

from __future__ import annotations

import base64
from typing import Any

from kubernetes import client, config

from api.cluster.clones import CloneObject, CloneObjects, to_clone
from api.cluster.connect import VendorApi, items_of
from api.cluster.resources import GROUP_VERSION, KIND, MANAGED_BY_LABEL, clones_path, secrets_path
from api.domain.errors import NotFound
from local.settings import KUBECONFIG
from tests.cluster.inventory import NAMESPACE

Json = dict[str, Any]


def cluster_api() -> VendorApi:
    """The local cluster's API, as its administrator."""
    configuration = client.Configuration()
    config.load_kube_config(config_file=str(KUBECONFIG), client_configuration=configuration)
    return VendorApi(client.ApiClient(configuration))


class Cluster:
    """Objects of the clones' namespace. All methods raise what `api.cluster` does."""

    def __init__(self) -> None:
        self.api = cluster_api()
        self.clones = CloneObjects(self.api, NAMESPACE)

    def create(self, name: str, **spec: Any) -> None:
        """Post an object as kubectl does: without a finalizer or label of ours."""
        metadata = {"name": name, "namespace": NAMESPACE}
        body = {"apiVersion": GROUP_VERSION, "kind": KIND, "metadata": metadata, "spec": spec}
        self.api.request("POST", clones_path(NAMESPACE), body=body)

    def create_secret(self, name: str, **values: str) -> None:
        """Post the Secret of a clone beforehand, as a user does."""
        data = {key.replace("_", "-"): base64.b64encode(value.encode()).decode() for key, value in values.items()}
        metadata = {"name": f"{name}-secret", "namespace": NAMESPACE}
        body = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data}
        self.api.request("POST", secrets_path(NAMESPACE), body=body)

    def delete_own_secret(self, name: str) -> None:
        """Delete the Secret that a user made beforehand, if the controller has never made it a clone's."""
        path = f"{secrets_path(NAMESPACE)}/{name}-secret"
        try:
            if MANAGED_BY_LABEL not in self.api.metadata(path)["metadata"].get("labels", {}):
                self.api.request("DELETE", path)
        except NotFound:
            return

    def phase(self, name: str) -> str:
        """The object's phase; "gone" when there is none."""
        found = self.clones.get(name)
        return "gone" if found is None else found.phase

    def get(self, name: str) -> CloneObject:
        """The object, which has to be there."""
        found = self.clones.get(name)
        assert found is not None, f"there is no {name}"
        return found

    def all(self) -> list[CloneObject]:
        """All objects."""
        return [to_clone(item) for item in items_of(self.api.request("GET", clones_path(NAMESPACE)))]

    def events(self, name: str) -> set[str]:
        """Reasons of the Events about a clone."""
        query = {"fieldSelector": f"involvedObject.name={name}"}
        listed = self.api.request("GET", f"/api/v1/namespaces/{NAMESPACE}/events", query=query)
        return {str(item["reason"]) for item in items_of(listed)}

    def keep_finalizers(self, name: str, *kept: str) -> None:
        """Take all but these off an object by force; no error if it is gone."""
        try:
            self.api.request("PATCH", f"{clones_path(NAMESPACE)}/{name}", body={"metadata": {"finalizers": [*kept]}})
        except NotFound:
            return
