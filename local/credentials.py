"""The cluster's secrets: drawn once, kept as Secrets in the cluster, used again by every later run.

Two of them are written to build/local as well, for the person at the terminal and for the tests: the API token (of
which the cluster holds only the hash) and the demo source's passwords. Both files are readable by their owner only.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

import yaml

from local.certificates import ServerIdentity, issue
from local.kubectl import apply, get
from local.settings import (
    BUILD,
    CLONES_NAMESPACE,
    DATABASE_NAMESPACE,
    DEMO_NAMESPACE,
    FACADE_NAMESPACE,
    SOURCE_SITES,
    SOURCES_DOMAIN,
    SOURCES_NAMESPACE,
)

TOKEN_FILE = BUILD / "token"
DEMO_FILE = BUILD / "demo-source.json"
SCOPES = ("read", "clone", "restore", "admin")
#: The account that facade and controller use (local/mysql makes it).
DATABASE_ADMIN = "clone_admin"
DATABASE_NAMES = ["mysql.database.svc", "mysql.database.svc.cluster.local", "mysql.database", "mysql", "localhost"]


def ensure_credentials() -> bool:
    """Make what is not there yet; the namespaces must exist.

    Returns:
        Whether the facade's tokens changed, so that it has to be started again.
    """
    tls = ensure_secret(DATABASE_NAMESPACE, "mysql-tls", _server_identity)
    accounts = ensure_secret(
        DATABASE_NAMESPACE,
        "mysql-accounts",
        lambda: {"root-password": password(), "clone-admin-password": password()},
    )
    admin = {"username": DATABASE_ADMIN, "password": accounts["clone-admin-password"]}
    sources = ensure_secret(SOURCES_NAMESPACE, "tls", _sources_identity)
    authority = {"ca.crt": tls["ca.crt"], "sources.crt": sources["ca.crt"]}
    authorities = [config_map_manifest(name, "database-ca", authority) for name in (CLONES_NAMESPACE, FACADE_NAMESPACE)]
    apply("---\n".join([secret_manifest(FACADE_NAMESPACE, "database-admin", admin), *authorities]))
    demo = ensure_secret(
        DEMO_NAMESPACE,
        "demo-source-accounts",
        lambda: {name: password() for name in ("admin-password", "editor-password", "db-password")},
    )
    ensure_secret(FACADE_NAMESPACE, "browser-access", lambda: {"token": password()})
    ensure_secret(FACADE_NAMESPACE, "egress-key", lambda: {"keys": password() + password()})
    write_private(DEMO_FILE, json.dumps(demo, indent=2) + "\n")
    return _ensure_token()


def password() -> str:
    """A random password: 32 letters, digits, `-` and `_`, no characters that a shell, SQL or URL would mind."""
    return secrets.token_urlsafe(24)


def tokens_json(token: str) -> str:
    """The facade's tokens file with one entry: name, hash and scopes; the token itself is not in it."""
    entry = {"name": "demo", "sha256": hashlib.sha256(token.encode()).hexdigest(), "scopes": list(SCOPES)}
    return json.dumps({"tokens": [entry]})


def ensure_secret(namespace: str, name: str, make: Callable[[], Mapping[str, str]]) -> dict[str, str]:
    """The values of a Secret, which is made when it is not there."""
    found = get(f"--namespace={namespace}", "secret", name)
    if found is not None:
        return {key: base64.b64decode(value).decode() for key, value in found.get("data", {}).items()}
    values = dict(make())
    apply(secret_manifest(namespace, name, values))
    return values


def secret_manifest(namespace: str, name: str, values: Mapping[str, str]) -> str:
    """A Secret as YAML. It reaches kubectl by its standard input, never by its arguments."""
    return _manifest("Secret", namespace, name, {"type": "Opaque", "stringData": dict(values)})


def config_map_manifest(namespace: str, name: str, values: Mapping[str, str]) -> str:
    """A ConfigMap as YAML."""
    return _manifest("ConfigMap", namespace, name, {"data": dict(values)})


def _manifest(kind: str, namespace: str, name: str, rest: Mapping[str, object]) -> str:
    metadata = {"name": name, "namespace": namespace}
    return yaml.safe_dump({"apiVersion": "v1", "kind": kind, "metadata": metadata, **rest})


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, from its first byte on."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def _server_identity() -> dict[str, str]:
    return _pem_files(issue(DATABASE_NAMES, dt.datetime.now(dt.UTC)))


def _sources_identity() -> dict[str, str]:
    names = [f"{name}.{SOURCES_DOMAIN}" for name in SOURCE_SITES]
    return _pem_files(issue(names, dt.datetime.now(dt.UTC)))


def _pem_files(identity: ServerIdentity) -> dict[str, str]:
    return {"ca.crt": identity.authority, "tls.crt": identity.certificate, "tls.key": identity.key}


def _ensure_token() -> bool:
    """The token's file and its hash in the cluster belong together; where one is missing both are made anew."""
    secret = get(f"--namespace={FACADE_NAMESPACE}", "secret", "api-tokens")
    known = base64.b64decode((secret or {}).get("data", {}).get("tokens.json", "")).decode()
    if TOKEN_FILE.exists() and known == tokens_json(TOKEN_FILE.read_text().strip()):
        return False
    token = f"wpc_{secrets.token_urlsafe(32)}"
    apply(secret_manifest(FACADE_NAMESPACE, "api-tokens", {"tokens.json": tokens_json(token)}))
    write_private(TOKEN_FILE, token + "\n")
    return True
