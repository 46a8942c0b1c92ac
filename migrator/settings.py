"""The engine's settings, read from the environment of its container; see docs/engine.md for each one's meaning."""

from pathlib import Path
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from migrator.errors import SettingsInvalid
from migrator.protocol import AgentKey
from migrator.source_session import SourceSession

Settings = TypeVar("Settings", bound="CopySettings")


def _site_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError("not the URL of a site")
    return text.rstrip("/")


def _site_url_or_empty(text: str) -> str:
    return _site_url(text) if text else ""


def _key_or_empty(secret: SecretStr) -> SecretStr:
    try:
        if secret.get_secret_value():
            AgentKey.parse(secret.get_secret_value())
    except SettingsInvalid:
        raise ValueError("not a key of an agent") from None
    return secret


def _session_or_empty(secret: SecretStr) -> SecretStr:
    try:
        SourceSession.parse(secret.get_secret_value())
    except SettingsInvalid:
        raise ValueError("not a session") from None
    return secret


class CopySettings(BaseSettings):
    """Where a copy lies: its directory and its database; all that `migrator verify` needs."""

    model_config = SettingsConfigDict(extra="ignore")

    site_root: Path
    db_host: str = Field(min_length=1)
    db_port: int = Field(default=3306, ge=1, le=65535)
    db_name: str = Field(min_length=1)
    db_user: str = Field(min_length=1)
    db_password: SecretStr
    # CAs that may have signed MySQL's certificate. Empty: the system's. The connection is always verified.
    db_ca_file: str = ""


class ImportSettings(CopySettings):
    """Settings of `migrator import`."""

    clone_url: Annotated[str, AfterValidator(_site_url)]
    # Empty: an empty WordPress, nothing is copied.
    source_url: Annotated[str, AfterValidator(_site_url_or_empty)] = ""
    source_key: SecretStr = SecretStr("")
    # CAs that may have signed the source's certificate, beside the system's; the file need not be there.
    source_ca_file: Path | None = None
    # What a firewall or web server in front of the source wants to see (source_session.py), as JSON. Empty: nothing.
    source_session: Annotated[SecretStr, AfterValidator(_session_or_empty)] = SecretStr("")
    # The site that key and session were given for. Empty: whichever SOURCE_URL names.
    source_home: Annotated[str, AfterValidator(_site_url_or_empty)] = ""
    # The proxy through which all calls to the source go, and who we are there. Empty: no proxy.
    egress_proxy: Annotated[str, AfterValidator(_site_url_or_empty)] = ""
    egress_user: str = ""
    egress_password: SecretStr = SecretStr("")
    admin_password: SecretStr = SecretStr("")
    # The PHP that the clone runs on, such as 8.4. Empty: unknown, its extensions are not compared with the source's.
    php_version: str = Field(default="", pattern=r"^(\d\.\d)?$")
    # Key of the clone's own agent, registered in the clone. Empty: none. It is needed only when everything is copied:
    # checked here, so that a wrong one is noticed before.
    api_key: Annotated[SecretStr, AfterValidator(_key_or_empty)] = SecretStr("")
    # Calls for files in flight: PHP hosts often allow few processes per site; four kept a 2-core source busy.
    migrator_file_workers: int = Field(default=4, ge=1, le=16)
    # Tables, or ranges of a large one, that are copied at once.
    migrator_table_workers: int = Field(default=3, ge=1, le=8)


def load_settings(kind: type[Settings]) -> Settings:
    """Read the settings of a command; raises SettingsInvalid naming the variables, without their values."""
    try:
        return kind.model_validate({})
    except ValidationError as cause:
        names = sorted({str(error["loc"][0]).upper() for error in cause.errors() if error["loc"]})
        raise SettingsInvalid(f"Missing or wrong settings: {', '.join(names)}.") from None
