"""Values of one environment, and what must hold for them before anything is rendered.

A wrong value would show up late and far away (a pod that never starts, a policy that lets everything through), so each
is bounded here; `kro.value_file` names file, line and field of one that is not.
"""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

# kro evaluates `${…}` wherever it stands in a template: no value may carry an expression into it.
Text = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^$\x00-\x1f]+$")]
Label = Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")]
Host = Annotated[
    str, Field(max_length=253, pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
]
Port = Annotated[int, Field(ge=1, le=65535)]
Image = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._/:-]*[:@][A-Za-z0-9][A-Za-z0-9._:-]*$")]
Cpu = Annotated[str, Field(pattern=r"^[1-9][0-9]*m?$")]
Certificate = Annotated[str, Field(pattern=r"^arn:aws[-a-z]*:acm:[-a-z0-9]+:[0-9]{12}:certificate/[-a-z0-9]+$")]
PhpVersion = Literal["7.4", "8.2", "8.4"]
Size = Annotated[str, Field(pattern=r"^[1-9][0-9]*(Mi|Gi)$")]


class Values(BaseModel):
    """Base of all values: unknown fields are errors, keys are camelCase as everywhere in Kubernetes."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True)


class Kro(Values):
    """Where kro runs; its service account gets the right to write, in the clones' namespace only."""

    namespace: Label
    service_account: Label


class Images(Values):
    """Images of a clone's pod, each with a tag or digest; `target` has one for every PHP version."""

    api: Image
    target: Annotated[dict[PhpVersion, Image], Field(min_length=len(get_args(PhpVersion)))]
    pull_policy: Literal["IfNotPresent", "Always", "Never"] = "IfNotPresent"


class Site(Values):
    """Where clones answer: at `s<N>.<domain>/<name>`, N being the shard, or at `<name>.<domain>`.

    `port` only where it is not the scheme's own; `shards` is how many load balancers there are for clones.
    """

    scheme: Literal["http", "https"]
    domain: Host
    port: Port | None = None
    shards: Annotated[int, Field(ge=1, le=99)] = 1


class LoadBalancer(Values):
    """Load balancers by the AWS Load Balancer Controller, one for each shard, called `group`, `-s` and its number.

    What is the same for all Ingresses of one load balancer stands in the parameters of their class, which is made from
    this: one group cannot hold two opinions. `certificates` are ARNs; without them the controller finds those of the
    host names. `idle_timeout` (seconds) is how long a connection may be silent: an update in wp-admin says nothing for
    more than the 60 that are Amazon's default.
    """

    group: Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9]{0,57}[a-z0-9])?$")]
    scheme: Literal["internal", "internet-facing"]
    subnets: Annotated[list[Annotated[str, Field(pattern=r"^subnet-[0-9a-z]+$")]], Field(min_length=2)]
    certificates: list[Certificate] = []
    idle_timeout: Annotated[int, Field(ge=60, le=4000)] = 120


class Ingress(Values):
    """Class of the clones' Ingresses and annotations for its controller; with `load_balancer` the class is made."""

    class_name: Label
    load_balancer: LoadBalancer | None = None
    annotations: dict[Text, Text] = {}


class Dedicated(Values):
    """A clone's own RDS instance: MySQL's version, classes to choose from (the first is the default), GB, network."""

    engine_version: Annotated[str, Field(pattern=r"^8\.[04](\.[0-9]+)?$")] = "8.4"
    classes: Annotated[list[Annotated[str, Field(pattern=r"^db\.[a-z0-9]+\.[a-z0-9]+$")]], Field(min_length=1)]
    storage: Annotated[int, Field(ge=20, le=1000)] = 20
    subnet_group: Label
    security_groups: list[Annotated[str, Field(pattern=r"^sg-[a-z0-9]+$")]]


class Database(Values):
    """The shared MySQL server; `ca_config_map` (key `ca.crt`) lies in the clones' namespace and vouches for all."""

    host: Host
    port: Port = 3306
    ca_config_map: Label = "database-ca"
    dedicated: Dedicated


class Peer(Values):
    """Other end of a connection: pods of a namespace, or a range of addresses."""

    namespace: Label | None = None
    pod_labels: dict[Text, Text] = {}
    cidr: IPv4Network | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Peer:
        if (self.namespace is None) == (self.cidr is None):
            raise ValueError("give exactly one of namespace and cidr")
        if self.pod_labels and self.namespace is None:
            raise ValueError("podLabels need a namespace")
        if self.cidr is not None and self.cidr.prefixlen == 0:
            raise ValueError("cidr 0.0.0.0/0 is every address there is")
        return self


class Network(Values):
    """Who may speak with a clone's pod, and where its database is.

    Beside that it speaks with the cluster's DNS and the egress proxy only, which are where they are everywhere.
    """

    visitors: Annotated[list[Peer], Field(min_length=1)]
    database: Annotated[list[Peer], Field(min_length=1)]


class Memory(Values):
    """What is set aside for one container, and where it is stopped."""

    request: Size
    limit: Size


class Pods(Values):
    """Size of a clone's pod, and annotations that its nodes' keeper reads.

    `cpu_request`, `site_memory` and `site_size` are defaults that an object may go beyond, within the schema's bounds;
    `storage_class` is that of persistent clones; `disk_request` is set aside of a node's disk for the files of others.
    """

    annotations: dict[Text, Text] = {}
    cpu_request: Cpu
    site_memory: Memory
    import_memory: Memory
    site_size: Annotated[str, Field(pattern=r"^([1-9]|[1-4][0-9]|50)Gi$")]
    disk_request: Size
    storage_class: Label
    scratch_size: Size


class Environment(Values):
    """All values of one environment."""

    name: Label
    namespace: Label
    kro: Kro
    images: Images
    site: Site
    ingress: Ingress
    database: Database
    network: Network
    pods: Pods
