"""Settings of the facade and the controller, from environment variables `CLONE_…`.

One object, built once at start-up and handed on. Whatever has no safe default has none: the program then says what is
missing and does not start.
"""

import json
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _split_hosts(value: object) -> object:
    """Take a JSON list or a comma-separated one."""
    if not isinstance(value, str):
        return value
    hosts = json.loads(value) if value.lstrip().startswith("[") else value.split(",")
    return frozenset(str(host).strip().lower() for host in hosts if str(host).strip())


HostNames = Annotated[frozenset[str], NoDecode, BeforeValidator(_split_hosts)]


class Settings(BaseSettings):
    """Each setting with its unit and the reason for its default."""

    model_config = SettingsConfigDict(env_prefix="CLONE_", frozen=True, hide_input_in_errors=True)

    namespace: str = "wordpress-staging"
    """Where clones live; the same in every environment."""

    cluster_name: str
    """Marks our databases on a server that clusters share: the sweep removes only its own."""

    db_host: str
    """The shared database server."""

    db_port: Annotated[int, Field(ge=1, le=65535)] = 3306
    """MySQL's own port."""

    db_address: str = ""
    """Where to connect to instead of `db_host`, whose name the certificate still has to bear: for tunnels."""

    db_ca_file: Path
    """Certificate authority of the database server: connections are always encrypted and verified."""

    db_user: str
    """Account that may create databases and users."""

    db_password_file: Path
    """File with that account's password; a mounted Secret."""

    tokens_file: Path | None = None
    """File with the hashes of bearer tokens; the facade does not start without it, the controller needs none."""

    allowed_private_hosts: HostNames = frozenset()
    """Source hosts that may have private addresses, and passwords by plain http, by exact name: test sites only."""

    source_ca_file: Path | None = None
    """Authorities that may have signed a source's certificate, beside the public ones; the file need not be there."""

    egress_proxy: Annotated[str, Field(pattern=r"^([-.a-z0-9]+:[0-9]{1,5})?$")] = ""
    """Host and port of the egress proxy, which checks addresses; without one this process does that itself."""

    egress_key_file: Path | None = None
    """File with the keys that the proxy's passwords are made of, one a line; a mounted Secret. Needed with a proxy."""

    browser_url: str = ""
    """Where Playwright's server listens (ws://…), for sources that want to see a browser; none is used without it."""

    browser_token_file: Path | None = None
    """File with the path under which that server lets us in; a mounted Secret."""

    browser_proxy_host: str = "127.0.0.1"
    """This process's own address as the browser sees it: all that the browser asks for goes through here."""

    browser_proxy_port: Annotated[int, Field(ge=0, le=65535)] = 0
    """Port for that; 0 takes any, which no network policy could name."""

    agent_dir: Path = Path("/opt/wordpress-clone/custom-migrator")
    """The migration plugin's folder, as the image has it."""

    sync_seconds: Annotated[float, Field(gt=0, le=3600)] = 45.0
    """How long `POST /clone` waits before it answers 202: load balancers cut at 60 s."""

    prepare_seconds: Annotated[float, Field(gt=0)] = 180.0
    """How long preparing a source may take in all; a slow shared host needs some 30 s."""

    max_source_bytes: Annotated[int, Field(gt=0)] = 5 * 2**30
    """Bytes that a source may have where no `storage.size` was asked for: what a volume then holds (`siteSize`)."""

    delete_seconds: Annotated[float, Field(ge=0)] = 30.0
    """How long `DELETE` waits for everything to be gone before it answers 202."""

    sweep_dry_run: bool = False
    """Whether the controller's sweep only tells what it would remove: for the first days at a new place."""

    max_concurrent: Annotated[int, Field(ge=1, le=64)] = 8
    """Clones being made at one time by one facade; each takes a thread and a source's patience."""

    max_clones: Annotated[int, Field(ge=1)] = 80
    """Clones that may live at one time: what one load balancer takes, below the namespace's quota of pods."""

    shards: Annotated[int, Field(ge=0, le=99)] = 0
    """Load balancers for clones, each of which takes a limited number; 0 where the way in has no such limit."""


def load_settings() -> Settings:
    """Return the settings of this process's environment; pydantic's ValidationError names what is missing or wrong."""
    return Settings()  # type: ignore[call-arg] # the environment gives the fields, which mypy cannot see
