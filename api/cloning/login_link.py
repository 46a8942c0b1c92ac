"""Logging in to a clone without its password: once, within a minute."""

from datetime import timedelta

from api.cloning.describe import CloneDescriber
from api.cloning.ports import Clock, Ports
from api.cloning.ready import credentials_of
from api.domain.login_link import LIFE_SECONDS, LoginToken
from api.domain.models import LoginLink


class LoginLinkMaker:
    """Makes login links for clones that are ready."""

    def __init__(self, ports: Ports, clock: Clock, describer: CloneDescriber) -> None:
        self._ports = ports
        self._clock = clock
        self._describer = describer

    def make(self, name: str) -> LoginLink:
        """Return a new link for the clone's administrator; raises NotFound, NotReady, DatabaseUnavailable."""
        state, secrets = self._describer.ready(name)
        login = credentials_of(self._ports, state, secrets).wordpress_username
        token = LoginToken()
        self._ports.logins.leave(
            name, secrets.db_password, login, token.hashed, LIFE_SECONDS, own_server=state.database_host
        )
        expires_at = self._clock.now() + timedelta(seconds=LIFE_SECONDS)
        return LoginLink(name=name, login_url=token.url(state.url), expires_at=expires_at)
