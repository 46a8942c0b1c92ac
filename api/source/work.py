"""One preparation under way: what it goes through, and what it has done at the source so far."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from api.domain.keys import AgentKey
from api.source.agent import Agent
from api.source.browser import Browser
from api.source.challenges import past_challenge
from api.source.client import SourceClient
from api.source.discover import Site
from api.source.install import Brought, PluginPages
from api.source.package import AgentPackage
from api.source.permission import AdminAccess
from api.source.secrecy import Secrecy
from api.source.turns import Turns

Result = TypeVar("Result")


@dataclass
class Work:
    """The parts of a preparation; `access` and `nonce` belong to the login session that is open, if one is.

    `browser` is None where there is none. `login_url` is where the login form was said to be, `login_action` where it
    was sent to. `hello` is what the agent said when the key was confirmed.
    """

    client: SourceClient
    site: Site
    agent: Agent
    package: AgentPackage
    key: AgentKey
    turns: Turns
    on_step: Callable[[str], None]
    secrecy: Secrecy
    browser: Browser | None = None
    login_url: str = field(default="", repr=False)
    login_action: str = field(default="", repr=False)
    access: AdminAccess | None = None
    nonce: str = field(default="", repr=False)
    registered: bool = False
    brought: Brought = Brought.NOTHING
    upload_failures: int = 0
    hello: Mapping[str, object] = field(default_factory=dict)

    def past_challenge(self, step: Callable[[], Result]) -> Result:
        """Take a step of those who are logged in; see `api.source.challenges`."""
        return past_challenge(self.browser, self.client, self.site.admin, self.on_step, step)

    def pages(self) -> PluginPages:
        """Return the plugin pages, as the open session may use them."""
        return PluginPages(self.client, self.open_access(), self.package)

    def open_access(self) -> AdminAccess:
        """Return what the open session may do; raises RuntimeError without one."""
        if self.access is None:
            raise RuntimeError("no session is open")
        return self.access
