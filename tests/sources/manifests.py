"""What a source site is in the cluster: a Service on the usual ports, and one pod with web server and database."""

from __future__ import annotations

from typing import Any

from local.settings import SOURCES_NAMESPACE
from tests.sources.sites import FOLDER, SourceSite

MYSQL_IMAGE = "wordpress-clone/mysql:9.7"
#: WordPress's host and its database are one machine.
MYSQL_SETTINGS = """
[mysqld]
datadir = /var/lib/mysql/data
socket = /run/mysqld/mysqld.sock
pid_file = /run/mysqld/mysqld.pid
tmpdir = /tmp
bind_address = 127.0.0.1
mysqlx = OFF
innodb_numa_interleave = OFF
innodb_buffer_pool_size = 64M
secure_file_priv = NULL
skip_log_bin
performance_schema = OFF
"""
USER = 10001


def objects(site: SourceSite, admin_password: str, db_password: str) -> list[dict[str, Any]]:
    """Everything that the site consists of."""
    files = {"my.cnf": MYSQL_SETTINGS, "accounts": (FOLDER / "site" / "accounts").read_text(encoding="utf-8")}
    passwords = {"ADMIN_PASSWORD": admin_password, "DB_PASSWORD": db_password}
    return [
        {"apiVersion": "v1", "kind": "Secret", "metadata": _metadata(site), "stringData": passwords},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": _metadata(site), "data": files},
        {"apiVersion": "v1", "kind": "Service", "metadata": _metadata(site), "spec": _service(site)},
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": _metadata(site), "spec": _deployment(site)},
    ]


def _metadata(site: SourceSite) -> dict[str, Any]:
    return {"name": site.name, "namespace": SOURCES_NAMESPACE, "labels": {"app": site.name}}


def _service(site: SourceSite) -> dict[str, Any]:
    ports = (("http", 80, 8080), ("https", 443, 8443))
    listed = [{"name": name, "port": port, "targetPort": target} for name, port, target in ports]
    return {"selector": {"app": site.name}, "ports": listed}


def _deployment(site: SourceSite) -> dict[str, Any]:
    return {
        "replicas": 1,
        "strategy": {"type": "Recreate"},
        "selector": {"matchLabels": {"app": site.name}},
        "template": {"metadata": {"labels": {"app": site.name}}, "spec": _pod(site)},
    }


def _pod(site: SourceSite) -> dict[str, Any]:
    web, database = _web(site), _mysql(site) if site.database.startswith("9.") else _mariadb(site)
    empty = {mount["name"] for container in (web, database) for mount in container["volumeMounts"]} - {"tls", "files"}
    return {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 1,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "fsGroup": USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [web, database],
        "volumes": [
            *({"name": name, "emptyDir": {"sizeLimit": "2Gi"}} for name in sorted(empty)),
            {"name": "tls", "secret": {"secretName": "tls", "defaultMode": 0o440}},
            {"name": "files", "configMap": {"name": site.name, "defaultMode": 0o555}},
        ],
    }


def _web(site: SourceSite) -> dict[str, Any]:
    mounts = {"root": "/var/www/html", "web-tmp": "/tmp", "web-run": "/run", "tls": "/etc/source-tls"}
    if site.layout == "debian":
        mounts |= {"content": "/var/lib/wordpress", "config": "/etc/wordpress"}
    port = 8080 if site.scheme == "http" else 8443
    # A file, not a page: a page would run the site's scheduled events although nobody visits it.
    path = f"{site.core}/wp-includes/images/blank.gif"
    probe = {"path": path, "port": port, "scheme": site.scheme.upper()}
    container = _container("web", site.image.fixed, mounts, memory="768Mi")
    container["env"] = [{"name": name, "value": value} for name, value in site.environment.items()]
    container["envFrom"] = [{"secretRef": {"name": site.name}}]
    container["readinessProbe"] = {"httpGet": probe, "periodSeconds": 1, "timeoutSeconds": 5, "failureThreshold": 5}
    return container


def _mariadb(site: SourceSite) -> dict[str, Any]:
    mounts = {"data": "/var/lib/mysql", "db-tmp": "/tmp", "db-run": "/run"}
    container = _container("database", site.image.fixed, mounts, memory="512Mi")
    container["command"] = ["database"]
    container["env"] = [_password(site)]
    return container


def _mysql(site: SourceSite) -> dict[str, Any]:
    mounts = {"data": "/var/lib/mysql", "db-tmp": "/tmp", "db-run": "/run/mysqld"}
    container = _container("database", MYSQL_IMAGE, mounts, memory="1Gi")
    container["env"] = [_password(site)]
    for path in ("/etc/mysql/my.cnf", "/usr/local/bin/accounts"):
        name = path.rpartition("/")[2]
        container["volumeMounts"].append({"name": "files", "mountPath": path, "subPath": name, "readOnly": True})
    return container


def _password(site: SourceSite) -> dict[str, Any]:
    return {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": site.name, "key": "DB_PASSWORD"}}}


def _container(name: str, image: str, mounts: dict[str, str], memory: str) -> dict[str, Any]:
    return {
        "name": name,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "resources": {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"memory": memory}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": volume, "mountPath": path} for volume, path in mounts.items()],
    }
