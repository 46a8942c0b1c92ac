"""Preparing one site in memory, and looking at what is left there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from api.domain.errors import SourceError
from api.domain.keys import AgentKey, new_key
from api.domain.models import CloneOptions
from api.domain.source_login import SourceLogin
from api.source.browser import Browser
from api.source.package import build_package
from api.source.prepare import SourcePreparer
from tests.unit.api.wordpress import ADMIN, HOME, WordPress

VERSION = "1.2.0"
MAX_SITE_BYTES = 5 * 2**30


class Preparation:
    """Prepares one site."""

    def __init__(self, site: WordPress, folder: Path, browser: Browser | None = None) -> None:
        self.site = site
        self.steps: list[str] = []
        self.sessions: list[str] = []
        self._preparer = SourcePreparer(
            site.transport,
            build_package(folder),
            60,
            MAX_SITE_BYTES,
            sleep=lambda seconds: None,
            plain_hosts=frozenset({"demo-source.test"}),
            browser=browser,
        )

    def run(
        self,
        user: tuple[str, str] = ADMIN,
        url: str = HOME,
        key: AgentKey | None = None,
        source: Mapping[str, object] | None = None,
        login_url: str = "",
        allow_insecure: bool = False,
        storage: str | None = None,
    ) -> str:
        """`source` has further fields of the request's part of that name, or `api_key` in place of the user."""
        given: dict[str, object] = {"url": url, **(source or {})}
        if "api_key" not in given:
            given |= {"username": user[0], "password": user[1]}
        login = SourceLogin.model_validate(given)
        key = login.standing_key or key or new_key()
        given_options: dict[str, object] = {"login_url": login_url} if login_url else {}
        given_options |= {"storage": {"size": storage}} if storage else {}
        options = CloneOptions.model_validate(given_options | {"allow_insecure": allow_insecure})
        self.prepared = self._preparer.prepare(login, key, self.steps.append, options, self.sessions.append)
        return self.prepared.home

    def refused(
        self,
        user: tuple[str, str] = ADMIN,
        url: str = HOME,
        source: Mapping[str, object] | None = None,
        login_url: str = "",
        storage: str | None = None,
    ) -> SourceError:
        with pytest.raises(SourceError) as caught:
            self.run(user, url, source=source, login_url=login_url, storage=storage)
        return caught.value

    def revoke(self, key: AgentKey, session: str = "") -> None:
        self._preparer.revoke(HOME, key, session)


Prepare = Callable[[WordPress], Preparation]


def untouched(site: WordPress) -> bool:
    """Whether nothing of us is left at a site that had no agent."""
    return (site.plugin, site.keys, site.sessions, site.zips) == (None, {}, {}, [])
