"""The difficult sites: one small class for each thing that hosts, security plugins and caches do to WordPress."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from tests.unit.api.wordpress import HOME, WordPress, fields, html, redirect

DOOR = "/hidden-door/"
BASIC = ("stage", "open sesame: now")
NONCE_PAGE = (
    '<script>var wpApiSettings = {"root":"https:\\/\\/example.com\\/wp-json\\/","nonce":"abcdef0123"};</script>'
)
FETCH_PAGE = '<script>wp.apiFetch.nonceMiddleware = wp.apiFetch.createNonceMiddleware( "abcdef0123" );</script>'
SG_CAPTCHA = '<html><head><meta http-equiv="refresh" content="0;/.well-known/sgcaptcha/?r=%2F"></head></html>'
CLOUDFLARE = "<title>x</title><script>window._cf_chl_opt={cvId:'3'};</script><noscript>plugh</noscript>"
COOKIE_SCRIPT = '<script>document.cookie="a=b";location.reload()</script>'


def logged_in(request: httpx.Request) -> bool:
    return "wordpress_logged_in_abc" in request.headers.get("cookie", "")


def is_rest(request: httpx.Request) -> bool:
    return "rest_route" in str(request.url) or request.url.path.startswith("/wp-json")


@dataclass
class LoginElsewhere(WordPress):
    """wp-login.php is gone; the admin pages send visitors to where the form is now."""

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/wp-login.php":
            return html("<h1>404</h1>", 404)
        if request.url.path == DOOR:
            return self._login(request, fields(request.url.query))
        if request.url.path == "/wp-admin/" and not logged_in(request):
            return redirect(HOME + DOOR)
        return super().answer(request)

    def _login_form(self) -> str:
        return super()._login_form().replace("/wp-login.php", DOOR)

    def _admin_bar(self) -> str:
        return super()._admin_bar().replace("/wp-login.php", DOOR)

    def _logout(self, request: httpx.Request, query: dict[str, str]) -> httpx.Response:
        answer = super()._logout(request, query)
        return html(answer.text.replace("/wp-login.php", DOOR), answer.status_code)


@dataclass
class LoginHidden(LoginElsewhere):
    """Nothing tells where the form is: visitors of the admin pages meet a page that is not there."""

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/app/":
            return html("<script>make()</script>")
        if request.url.path == "/wp-admin/" and not logged_in(request):
            return html("<h1>404</h1>", 404)
        return super().answer(request)


@dataclass
class InsistsOnEmail(WordPress):
    """Every admin page leads to the screen that asks for the administrator's address, until it is told: later."""

    reminded: bool = False

    def answer(self, request: httpx.Request) -> httpx.Response:
        query = fields(request.url.query)
        if query.get("action") == "confirm_admin_email":
            self.reminded = self.reminded or query.get("remind_me_later") == "0a1b2c3d4e"
            later = f"{HOME}/wp-login.php?action=confirm_admin_email&amp;remind_me_later=0a1b2c3d4e"
            return html(f'<form class="admin-email-confirm-form"></form><a href="{later}">plugh</a>')
        if request.url.path.endswith("plugin-install.php") and not self.reminded:
            return redirect(f"{HOME}/wp-login.php?redirect_to=x&action=confirm_admin_email&wp_lang=de_DE")
        return super().answer(request)


@dataclass
class BasicAuthInFront(WordPress):
    """The web server wants a password of its own for paths that begin so; counts the wrong ones."""

    below: tuple[str, ...] = ("/",)
    refused: int = 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        given = request.headers.get("authorization", "")
        expected = "Basic " + base64.b64encode(":".join(BASIC).encode()).decode()
        if request.url.path.startswith(self.below) and given != expected:
            self.refused += bool(given)
            return httpx.Response(401, headers={"WWW-Authenticate": 'Basic realm="plugh"'})
        return super().answer(request)


@dataclass
class AuthorizationDropped(WordPress):
    """PHP runs as CGI, which drops the Authorization header."""

    def answer(self, request: httpx.Request) -> httpx.Response:
        request.headers.pop("authorization", None)
        return super().answer(request)


@dataclass
class German(WordPress):
    """The site speaks German, and writes numbers as Germans do."""

    def answer(self, request: httpx.Request) -> httpx.Response:
        answer = super().answer(request)
        text = answer.text.replace("xyzzy", "Anmelden").replace("plover", "Abmelden").replace("plugh", "1,5 MB")
        headers = [(name, value) for name, value in answer.headers.multi_items() if name != "content-length"]
        return answer if b"CMRES1" in answer.content else httpx.Response(answer.status_code, text=text, headers=headers)


@dataclass
class AjaxClosed(WordPress):
    """admin-ajax.php is closed; `pages` are the scripts of some admin pages."""

    pages: Mapping[str, str] = field(default_factory=dict)

    def answer(self, request: httpx.Request) -> httpx.Response:
        name = request.url.path.rpartition("/")[2]
        if name == "admin-ajax.php":
            return html("xyzzy", 403)
        script = self.pages.get(name, "")
        if name in ("upload.php", "profile.php", "index.php"):
            return self._refuse(request) or html(script)
        answer = super().answer(request)
        return html(answer.text + script) if script and answer.status_code == 200 else answer


@dataclass
class RestMoved(WordPress):
    """A security plugin closes `?rest_route=` and gives the REST API another name, which the front page tells."""

    def answer(self, request: httpx.Request) -> httpx.Response:
        if "rest_route" in fields(request.url.query):
            return html("xyzzy", 403)
        if request.url.path.startswith("/api"):
            return self._rest(request, {"rest_route": request.url.path.removeprefix("/api")})
        return super().answer(request)

    def _front(self, request: httpx.Request, query: dict[str, str]) -> httpx.Response:
        return html(f'<link rel="https://api.w.org/" href="{HOME}/api/">/wp-includes/')


@dataclass
class RestAnswers(WordPress):
    """The REST API answers everybody with this."""

    status: int = 403
    body: str = '{"code":"rest_forbidden"}'

    def answer(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(self.status, text=self.body) if is_rest(request) else super().answer(request)


@dataclass
class DiesOnInit(WordPress):
    """A plugin dies wherever visitors and the REST API go; the agent was faster."""

    def answer(self, request: httpx.Request) -> httpx.Response:
        if "custom-migrator" not in fields(request.url.query) and (request.url.path == "/" or is_rest(request)):
            return html("<b>Fatal error</b>", 500)
        return super().answer(request)


@dataclass
class AdminRenamed(WordPress):
    """The admin pages have another name, which a login leads to, if `tells`."""

    tells: bool = True

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.startswith("/wp-admin"):
            return html("<h1>404</h1>", 404)
        if path.startswith("/backstage/"):
            request = httpx.Request(
                request.method,
                str(request.url).replace("/backstage/", "/wp-admin/"),
                headers=request.headers,
                content=request.content,
            )
        answer = super().answer(request)
        text = answer.text.replace("/wp-admin/", "/backstage/")
        headers = [
            (name, value.replace("/wp-admin/", "/backstage/" if self.tells else "/"))
            for name, value in answer.headers.multi_items()
            if name != "content-length"
        ]
        return answer if b"CMRES1" in answer.content else httpx.Response(answer.status_code, text=text, headers=headers)


@dataclass
class FrontAnswers(WordPress):
    """The front page answers with this, the rest of the site as ever."""

    status: int = 503
    body: str = "plugh"
    headers: Mapping[str, str] = field(default_factory=dict)
    paths: tuple[str, ...] = ("/",)

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path in self.paths and not request.url.query:
            return httpx.Response(self.status, text=self.body, headers=self.headers)
        return super().answer(request)


@dataclass
class Everywhere(FrontAnswers):
    """Every URL answers so, once `after` calls have been let through."""

    after: int = 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        if len(self.seen) < self.after:
            return super(FrontAnswers, self).answer(request)
        return httpx.Response(self.status, text=self.body, headers=self.headers)


@dataclass
class LoginAnswers(WordPress):
    """What the login form is sent to answers with this."""

    body: str = ""
    status: int = 200
    target: str = ""
    cache: str = ""

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/second":
            return httpx.Response(200, text=self.body, headers={"X-Cache": "HIT"})
        return super().answer(request)

    def _try_login(self, given: dict[str, str]) -> httpx.Response:
        self.logins += 1
        headers = {"X-Cache": self.cache}
        return redirect(self.target) if self.target else httpx.Response(self.status, text=self.body, headers=headers)


@dataclass
class LoginPage(WordPress):
    """The login page has this in it, behind its form or in its place."""

    script: str = ""
    has_form: bool = True

    def _login_form(self) -> str:
        return (super()._login_form() if self.has_form else "") + self.script


@dataclass
class UploadLimit(WordPress):
    """PHP takes uploads of at most `limit` bytes; beyond, their fields are lost and with them the nonce."""

    limit: int = 2**20

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("media-new.php"):
            script = json.dumps({"filters": {"max_file_size": f"{self.limit}b"}}, separators=(",", ":"))
            return self._refuse(request) or html(f"<script>var wpUploaderInit = {script};</script>")
        if request.method == "POST" and request.url.path.endswith("update.php") and len(request.content) > self.limit:
            return html('<div class="wp-die-message">xyzzy</div>', 403)
        return super().answer(request)


@dataclass
class UploadAnswers(WordPress):
    """WordPress answers an upload with this, and installs nothing."""

    body: str = ""
    status: int = 200

    def _unpacked(self, version: str) -> httpx.Response:
        self.zips.clear()
        return html(f'<div id="wpbody-content"><div class="wrap"><p>{self.body}</p></div></div>', self.status)


@dataclass
class NoOverwrite(WordPress):
    """A WordPress before 5.5: it does not offer to overwrite a plugin that is there."""

    def _update(self, request: httpx.Request, query: dict[str, str]) -> httpx.Response:
        if self.plugin is None or self._refuse(request):
            return super()._update(request, query)
        return html('<div class="wrap"><p>xyzzy /srv/www/wp-content/plugins/custom-migrator/</p></div>')


@dataclass
class Network(WordPress):
    """One site of a network; a super administrator is led to the network's own pages, others may install nothing."""

    is_super: bool = True

    def _upload_page(self, request: httpx.Request, query: dict[str, str]) -> httpx.Response:
        if self.is_super:
            return self._refuse(request) or redirect(f"{HOME}/wp-admin/network/plugin-install.php")
        return html('<div class="wp-die-message">plugh</div>', 403)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.body_class = "wp-admin branch-6-8 multisite"
        if request.url.path == "/wp-admin/network/plugin-install.php":
            return html(self._upload_form())
        return super().answer(request)

    def facts(self) -> dict[str, object]:
        return super().facts() | {"multisite": True}


@dataclass
class Old(WordPress):
    """A WordPress of 2019."""

    body_class: str = "wp-admin branch-5-1 version-5-1-19"

    def facts(self) -> dict[str, object]:
        return super().facts() | {"version": "5.1.19"}


@dataclass
class Cached(WordPress):
    """A cache answers signed calls with the front page, though they are POST requests."""

    headers: Mapping[str, str] = field(default_factory=dict)

    def answer(self, request: httpx.Request) -> httpx.Response:
        if "custom-migrator=1" in str(request.url):
            return httpx.Response(200, text="plugh", headers=self.headers)
        return super().answer(request)


@dataclass
class AgentChallenged(WordPress):
    """A firewall lets pages through, and wants to see a browser behind signed calls."""

    def _agent(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(202, text=SG_CAPTCHA, headers={"SG-Captcha": "challenge"})


@dataclass
class HttpForm(WordPress):
    """The site is reached by https, but its form still says http."""

    schemes: set[str] = field(default_factory=set)

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.schemes.add(request.url.scheme)
        return super().answer(request)

    def _login_form(self) -> str:
        return super()._login_form().replace("https://", "http://")
