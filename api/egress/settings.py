"""Settings of the proxy's helpers, from the same environment variables `CLONE_…` that facade and controller read."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from api.settings import HostNames


class EgressSettings(BaseSettings):
    """What the helpers need to know."""

    model_config = SettingsConfigDict(env_prefix="CLONE_", frozen=True, hide_input_in_errors=True)

    namespace: str = "wordpress-staging"
    """Where the objects of clones are, which say what their credentials open."""

    allowed_private_hosts: HostNames = frozenset()
    """Hosts that may have private addresses, by exact name: test sites only."""

    egress_key_file: Path
    """File with the keys that passwords are made of, one a line; a mounted Secret."""


def load_settings() -> EgressSettings:
    """Return the settings of this process's environment; pydantic's ValidationError names what is missing or wrong."""
    return EgressSettings()  # type: ignore[call-arg] # the environment gives the fields, which mypy cannot see
