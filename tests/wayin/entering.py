"""The facade's preparation of a source, in this process, against the real site."""

from collections.abc import Mapping

import pytest

from api.domain.errors import SourceError
from api.domain.keys import AgentKey, new_key
from api.domain.source_login import SourceLogin, SourceOptions
from api.source.package import build_package
from api.source.prepare import SourcePreparer
from tests.engine.site_files import AGENT
from tests.wayin.web import HOST
from tests.wayin.wordpress import OWNER, WordPress

HTTPS = f"https://{HOST}"
SECONDS = 120  # far more than any of them takes
MOST_BYTES = 2**40  # nor is any of them too large


class Visitor:
    """Prepares the site as the facade does; `plain_hosts` may be sent passwords by plain http."""

    def __init__(self, site: WordPress, plain_hosts: frozenset[str] = frozenset()) -> None:
        self.site = site
        package = build_package(AGENT)
        self._preparer = SourcePreparer(site.web.transport, package, SECONDS, MOST_BYTES, plain_hosts=plain_hosts)
        self.steps: list[str] = []

    def enter(
        self,
        *,
        url: str = HTTPS,
        user: str = OWNER,
        password: str = "",
        key: AgentKey | None = None,
        options: Mapping[str, object] | None = None,
        **source: object,
    ) -> AgentKey:
        """Register a key and return it; `source` has further fields of the request's part of that name."""
        given: dict[str, object] = {"url": url, **source}
        if "api_key" not in given:
            given |= {"username": user, "password": password or self.site.passwords[user]}
        login = SourceLogin.model_validate(given)
        key = login.standing_key or key or new_key()
        self._preparer.prepare(login, key, self.steps.append, SourceOptions.model_validate(options or {}))
        return key

    def refused(self, **how: object) -> SourceError:
        """Return why the site did not let us in."""
        with pytest.raises(SourceError) as caught:
            self.enter(**how)  # type: ignore[arg-type] # the tests' own tables
        return caught.value

    def revoke(self, key: AgentKey, url: str = HTTPS) -> None:
        """Take the key back, which removes the agent."""
        self._preparer.revoke(url, key)
