"""The variants: what is done to the site, how it is entered, and the code that stops us, if one does."""

import os
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from api.source.package import build_package
from tests.engine.site_files import AGENT
from tests.engine.web import PHP_USER
from tests.wayin.wordpress import EDITOR, HOME, PLUGIN, WordPress

BASIC = {"basic_auth": {"username": "stage", "password": "open sesame: now"}}
VERSION = build_package(AGENT).version
WRONG_BASIC = {"basic_auth": {"username": "stage", "password": "wrong"}}


@dataclass(frozen=True)
class Case:
    """One variant.

    Args:
        name: What the test is called.
        use: Names in the folder `variants`; by default that of the case.
        code: Of the refusal; "": the site lets us in.
        logins: What the site's own hooks say of logins.
        how: See `Visitor.enter`.
        browser: What the browser is needed for.
        change: What else is done to the site.
    """

    name: str
    use: Sequence[str] | None = None
    code: str = ""
    logins: Sequence[str] = ("accepted",)
    how: Mapping[str, object] = field(default_factory=dict)
    browser: Sequence[str] = ()
    change: Callable[[WordPress], None] = lambda _site: None

    def put_in(self, site: WordPress) -> None:
        """Make the site so."""
        site.use([self.name] if self.use is None else self.use)
        self.change(site)


def agent(version: str, *, active: bool) -> Callable[[WordPress], None]:
    """The plugin is there already, in some version."""

    def change(site: WordPress) -> None:
        shutil.copytree(AGENT, site.root / PLUGIN)
        entry = f"{PLUGIN}/custom-migrator.php"
        text = (site.root / entry).read_text(encoding="utf-8")
        text = re.sub(r"^( \* Version: ).*$", rf"\g<1>{version}", text, flags=re.MULTILINE)
        site.put(entry, re.sub(r"(const VERSION +=).*;", rf"\1 '{version}';", text))
        site.own()
        if active:
            site.activate("custom-migrator/custom-migrator.php")

    return change


def owned_by_root(*folders: str) -> Callable[[WordPress], None]:
    """Folders belong to somebody else than PHP's user, but not that of uploads."""

    def change(site: WordPress) -> None:
        uploads = site.root / "wp-content/uploads"
        uploads.mkdir()
        os.chown(uploads, PHP_USER, PHP_USER)
        for folder in folders:
            os.chown(site.root / folder, 0, 0)

    return change


def maintenance(site: WordPress) -> None:
    """WordPress is just updating itself."""
    site.put(".maintenance", "<?php $upgrading = time();")


def network(site: WordPress) -> None:
    """The site is made a network, then told so."""
    site.web.php("site/make-network.php")
    site.use(["multisite"])


def speaks_german(site: WordPress) -> None:
    """Its translation is in use."""
    assert "Anmelden" in site.visit("/wp-login.php")


def visited(site: WordPress) -> None:
    """Somebody has looked at it."""
    site.visit("/")


ENTERED = [
    Case("plain", use=()),
    Case("login-elsewhere"),
    Case("login-hidden-but-known", use=["login-hidden"], how={"options": {"login_url": f"{HOME}/backdoor/"}}),
    Case("email-confirmation"),
    Case("email-insisted", use=["email-confirmation", "email-insisted"]),
    Case("rest-for-users"),
    Case("rest-for-nobody"),
    Case("dies-on-init"),
    Case("login-by-script", browser=["login"]),
    Case("challenge", browser=["challenge"]),
    Case("challenge-and-login-by-script", use=["challenge", "login-by-script"], browser=["challenge", "login"]),
    Case("rest-renamed", change=visited),
    Case("ajax-closed"),
    Case("cache-at-front"),
    Case("basic-auth", how=BASIC),
    Case("basic-auth-admin", how=BASIC),
    Case("authorization-dropped", how=BASIC),
    Case("upload-1mb"),
    Case("admin-renamed"),
    Case("german", change=speaks_german),
    Case("maintained"),
    Case("notices"),
    Case("https-only", how={"url": "http://garden.test"}),
    Case("older-agent", use=(), change=agent("0.0.9", active=False)),
    Case("older-active-agent", use=(), change=agent("0.0.9", active=True)),
    Case("inactive-agent", use=(), change=agent(VERSION, active=False)),
]
REFUSED = [
    Case("wrong-password", use=(), code="AUTH_FAILED", logins=("refused",), how={"password": "wrong"}),
    Case("editor", use=(), code="NOT_ADMIN", how={"user": EDITOR}),
    Case("by-plain-http", use=(), code="INSECURE_SOURCE", logins=(), how={"url": "http://garden.test"}),
    Case("login-hidden", code="LOGIN_NOT_FOUND", logins=()),
    Case("second-factor", code="TWO_FACTOR"),
    Case("captcha", code="CAPTCHA", logins=()),
    Case("captcha-after", code="CAPTCHA", logins=("refused",)),
    Case("rest-and-tools-closed", use=["rest-for-nobody", "tools-closed"], code="REST_CLOSED"),
    Case(
        "agent-that-was-inactive",
        use=["rest-for-nobody", "tools-closed"],
        code="REST_CLOSED",
        change=agent(VERSION, active=False),
    ),
    Case("cache-of-calls", code="ANSWER_CACHED"),
    Case("no-basic-auth", use=["basic-auth"], code="BASIC_AUTH", logins=()),
    Case("wrong-basic-auth", use=["basic-auth"], code="BASIC_AUTH_FAILED", logins=(), how=WRONG_BASIC),
    Case("no-basic-auth-admin", use=["basic-auth-admin"], code="BASIC_AUTH", logins=()),
    Case("file-changes-disabled", code="FILE_CHANGES_DISABLED"),
    Case("ftp-form", use=(), code="FTP_CREDENTIALS", change=owned_by_root("wp-content", "wp-content/plugins")),
    Case("plugins-not-writable", use=(), code="DIRECTORY_NOT_WRITABLE", change=owned_by_root("wp-content/plugins")),
    Case("upload-16kb", code="UPLOAD_TOO_LARGE"),
    Case("post-16kb", code="UPLOAD_TOO_LARGE"),
    Case("body-16kb", code="UPLOAD_TOO_LARGE"),
    Case("maintenance", use=(), code="MAINTENANCE", logins=(), change=maintenance),
    Case("multisite", use=(), code="MULTISITE", change=network),
]
