"""A WordPress site in memory: as much of its login, plugin pages, REST API and media library as a preparation meets.

Its words are in no language, so nothing can be recognised by them. What it answers was compared with WordPress 6.8.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import secrets
import struct
import zipfile
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import parse_qs

import httpx

from api.source.package import PLUGIN_FILE

HOME = "https://example.com"
ADMIN = ("siteowner", "correct horse battery staple")
EDITOR = ("redaktion", "another password")


class Wire(httpx.MockTransport):
    """Answers with bodies that are yet to be read, as a connection does; httpx's own has read those it is given."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        if not answer.is_stream_consumed:
            return answer
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(answer.content))


@dataclass
class Plugin:
    """The agent as it is installed."""

    version: str
    active: bool = False
    has_tables: bool = False


@dataclass
class WordPress:
    """The site. Fields of the second group make it behave like the difficult ones; `variants` has the rest of those."""

    plugin: Plugin | None = None
    keys: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    zips: list[int] = field(default_factory=list)
    logins: int = 0
    standing: set[str] = field(default_factory=set)
    seen: list[str] = field(default_factory=list)
    counted: list[str] = field(default_factory=list)

    home: str = HOME
    siteurl: str = HOME
    is_wordpress: bool = True
    rest_index: bool = True
    file_mods: bool = True
    ftp: bool = False
    disk_full: bool = False
    captcha: bool = False
    second_factor: bool = False
    login_status: int = 200
    login_moved: bool = False
    lose_sessions: int = 0
    rest_closed: bool = False
    route_missing: bool = False
    page_closed: bool = False
    busy: int = 0
    busy_for_good: bool = False
    agent_blocked: bool = False
    php: str = "8.1.27"
    database_bytes: int = 0
    file_bytes: dict[str, list[int]] = field(default_factory=dict)
    can_count: bool = True
    clock_offset: int = 0
    junk: str = ""
    confirms_email: bool = False
    body_class: str = "wp-admin branch-6-8 version-6-8-3 locale-de-de"

    def transport(self) -> Wire:
        return Wire(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        query = fields(request.url.query)
        path = request.url.path.removeprefix("/wp") if self.siteurl != self.home else request.url.path
        self.seen.append(f"{request.method} {path} {query.get('action', query.get('rest_route', ''))}".strip())
        if "custom-migrator" in query:
            return self._agent(request)
        if "rest_route" in query:
            return self._rest(request, query)
        page = {
            "/": self._front,
            "/wp-login.php": self._login,
            "/wp-admin/": self._admin,
            "/wp-admin/plugin-install.php": self._upload_page,
            "/wp-admin/options-general.php": self._settings,
            "/wp-admin/admin-ajax.php": self._ajax,
            "/wp-admin/tools.php": self._keys_page,
            "/wp-admin/plugins.php": self._plugins,
            "/wp-admin/update.php": self._update,
        }.get(path)
        if page is None or not self.is_wordpress:
            return html("<h1>404</h1>", 404 if path != "/" else 200)
        return page(request, query)

    def _front(self, request: httpx.Request, query: dict[str, str]) -> httpx.Response:
        link = f'<link rel="https://api.w.org/" href="{self.home}/wp-json/">'
        return html(f'{link}<link rel="EditURI" href="{self.siteurl}/xmlrpc.php?rsd">/wp-includes/')

    def _admin(self, request: httpx.Request, query: dict[str, str]) -> httpx.Response:
        return redirect(f"{self.siteurl}/wp-login.php?redirect_to=x&reauth=1")

    def _login(self, request: httpx.Request, query: dict[str, str]) -> httpx.Response:
        if query.get("action") == "logout":
            return self._logout(request, query)
        if self.login_moved:
            return html("<h1>404</h1>", 404)
        if request.method == "GET":
            return html(self._login_form(), cookies={"wordpress_test_cookie": "WP%20Cookie%20check"})
        return self._try_login(fields(request.content))

    def _login_form(self) -> str:
        captcha = '<div class="g-recaptcha" data-sitekey="x"></div>' if self.captcha else ""
        return (
            f'<form name="loginform" action="{self.siteurl}/wp-login.php" method="post"><input type="text" name="log">'
            f'<input type="password" name="pwd"><input type="checkbox" name="rememberme" value="forever">{captcha}'
            '<input type="hidden" name="testcookie" value="1"><input type="hidden" name="extra" value="must come back">'
            '<input type="submit" name="wp-submit" value="xyzzy"></form>'
        )

    def _try_login(self, given: dict[str, str]) -> httpx.Response:
        self.logins += 1
        assert given["testcookie"] == "1"
        assert given["extra"] == "must come back"
        if self.login_status != 200:
            return html("<p>plugh</p>", self.login_status)
        if (given["log"], given["pwd"]) not in (ADMIN, EDITOR):
            return html(f'<div id="login_error">plugh</div>{self._login_form()}')
        if self.second_factor:
            return html('<form action="x"><input type="text" name="two-factor-code"><input type="submit"></form>')
        session = secrets.token_hex(8)
        if self.lose_sessions:
            self.lose_sessions -= 1
        else:
            self.sessions[session] = given["log"]
        target = "wp-login.php?action=confirm_admin_email" if self.confirms_email else "wp-admin/"
        return redirect(f"{self.siteurl}/{target}", {"wordpress_logged_in_abc": session})

    def _logout(self, request: httpx.Request, query: dict[str, str]) -> httpx.Response:
        session = self._session(request)
        if "_wpnonce" not in query:
            return html(f'<a href="{self.siteurl}/wp-login.php?action=logout&_wpnonce=0123456789">plover</a>', 403)
        self.sessions.pop(session, None)
        return redirect(f"{self.siteurl}/wp-login.php?loggedout=true")

    def _upload_page(self, request: httpx.Request, query: dict[str, str]) -> httpx.Response:
        refused = self._refuse(request)
        if refused is not None:
            return refused
        return html(self._admin_bar() + self._upload_form(), body_class=self.body_class)

    def _settings(self, request: httpx.Request, query: dict[str, str]) -> httpx.Response:
        user = self.sessions.get(self._session(request), "")
        if user != ADMIN[0]:
            return html('<div class="wp-die-message">plugh</div>', 403)
        form = '<form action="options.php"><input name="option_page"><input name="blogname"></form>'
        return html(form, body_class=self.body_class)

    def _ajax(self, request: httpx.Request, query: dict[str, str]) -> httpx.Response:
        if self._session(request) not in self.sessions:
            return httpx.Response(400, text="0")
        return httpx.Response(200, text=self.junk + "abcdef0123")

    def _plugins(self, request: httpx.Request, query: dict[str, str]) -> httpx.Response:
        refused = self._refuse(request)
        if refused is not None:
            return refused
        action = query.get("action", "")
        if action and query.get("_wpnonce") != "0123456789":
            return html("xyzzy", 403)
        if request.method == "POST" or action in ("activate", "deactivate"):
            self._change(request, action)
            return redirect(f"{self.siteurl}/wp-admin/plugins.php?x=1")
        if action == "delete-selected":
            return html(
                '<form action="plugins.php"><input name="verify-delete" value="1" type="hidden">'
                '<input name="_wpnonce" value="0123456789" type="hidden"></form>'
            )
        return html(f"<table>{self._row()}</table>")

    def _keys_page(self, request: httpx.Request, query: dict[str, str]) -> httpx.Response:
        """The agent's own page, which WordPress does not know without it."""
        user = self.sessions.get(self._session(request))
        if user is None:
            return redirect(f"{self.siteurl}/wp-login.php?reauth=1")
        if self.page_closed or user != ADMIN[0] or self.plugin is None or not self.plugin.active:
            return html('<div class="wp-die-message">plugh</div>', 403)
        given = fields(request.content)
        outcome = self._register_on_page(given) if request.method == "POST" else ""
        return html(
            f'{outcome}<form method="post" action="https://x.example/"><input type="hidden" name="_wpnonce" value="1">'
            '<input type="hidden" name="custom_migrator_work" value="make"></form>'
            '<form method="post" action="https://x.example/"><input type="hidden" name="_wpnonce" value="9876543210">'
            '<input type="hidden" name="custom_migrator_work" value="register">'
            '<input type="text" name="custom_migrator_key"></form>'
        )

    def _register_on_page(self, given: dict[str, str]) -> str:
        if (given["_wpnonce"], given["custom_migrator_work"]) != ("9876543210", "register"):
            return ""
        code = "busy" if self.busy or self.busy_for_good else ""
        self.busy = max(0, self.busy - 1)
        if not code:
            _, key_id, secret = given["custom_migrator_key"].split("_")
            self.keys[key_id] = secret
            code = f"registered-{key_id}"
        return f'<div id="custom-migrator-outcome"><p>xyzzy <code>{code}</code></p></div>'

    def _change(self, request: httpx.Request, action: str) -> None:
        if request.method == "POST":
            assert PLUGIN_FILE in parse_qs(request.content.decode())["checked[]"]
            self.plugin = None
            self.keys.clear()
        elif self.plugin is not None:
            self.plugin.active = action == "activate"
            self.plugin.has_tables = self.plugin.active

    def _row(self) -> str:
        if self.plugin is None:
            return '<tr data-plugin="hello.php"><td>plugh</td></tr>'
        actions = ["deactivate"] if self.plugin.active else ["activate", "delete-selected"]
        links = "".join(f'<a href="{self._action(action)}">xyzzy</a>' for action in actions)
        version = f'<div class="plugin-version-author-uri">plugh {self.plugin.version} | xyzzy</div>'
        update = f'<tr class="plugin-update-tr" data-plugin="{PLUGIN_FILE}"><td>9.9.9</td></tr>'
        return f'<tr data-plugin="{PLUGIN_FILE}"><td>{links}{version}</td></tr>{update}'

    def _action(self, action: str) -> str:
        plugin = PLUGIN_FILE.replace("/", "%2F")
        return f"plugins.php?action={action}&amp;plugin={plugin}&amp;plugin_status=all&amp;_wpnonce=0123456789"

    def _update(self, request: httpx.Request, query: dict[str, str]) -> httpx.Response:
        refused = self._refuse(request)
        if refused is not None:
            return refused
        if query["action"] == "upload-plugin-cancel-overwrite":
            self.zips.clear()
            return redirect(f"{self.siteurl}/wp-admin/plugin-install.php")
        if request.method == "GET":
            return self._unpacked(query["package"])
        self.zips.append(len(self.zips) + 7)
        if self.ftp:
            return html('<form><input name="hostname"><input name="username"><input name="connection_type"></form>')
        if self.disk_full:
            return html('<div id="wpbody-content"><div class="wrap"><script>x</script><p>plugh: xyzzy!</p></div></div>')
        version = uploaded_version(request.content)
        if self.plugin is not None:
            package = f"update.php?action=upload-plugin&package={version}&_wpnonce=0123456789&overwrite=update-plugin"
            return html(f'<a href="{package}">x</a><a href="update.php?action=upload-plugin-cancel-overwrite">y</a>')
        return self._unpacked(version)

    def _unpacked(self, version: str) -> httpx.Response:
        self.zips.clear()
        was_active = self.plugin is not None and self.plugin.active
        self.plugin = Plugin(version, active=was_active, has_tables=was_active)
        return html("" if was_active else f'<a class="button" href="{self._action("activate")}">plover</a>')

    def _rest(self, request: httpx.Request, query: dict[str, str]) -> httpx.Response:
        route = query["rest_route"]
        if not self.is_wordpress or (route == "/" and not self.rest_index):
            return html("<h1>404</h1>", 404)
        if route == "/":
            return self._json({"url": self.siteurl, "home": self.home, "namespaces": ["wp/v2"]})
        if request.headers.get("x-wp-nonce") != "abcdef0123" or self._session(request) not in self.sessions:
            return self._json({"code": "rest_cookie_invalid_nonce"}, 403)
        if route.startswith("/wp/v2/media"):
            return self._media(request, route)
        return self._keys(request)

    def _media(self, request: httpx.Request, route: str) -> httpx.Response:
        if request.method == "DELETE":
            self.zips.remove(int(route.rpartition("/")[2]))
        return self._json([{"id": found, "title": {"raw": "custom-migrator.zip"}} for found in self.zips])

    def _keys(self, request: httpx.Request) -> httpx.Response:
        if self.rest_closed:
            return self._json({"code": "rest_disabled"}, 403)
        if self.plugin is None or not self.plugin.active or self.route_missing:
            return self._json({"code": "rest_no_route"}, 404)
        if self.busy or self.busy_for_good:
            self.busy = max(0, self.busy - 1)
            return self._json({"code": "custom_migrator_busy"}, 503)
        if not self.plugin.has_tables:
            return self._json({"code": "custom_migrator_storage"}, 503)
        given = json.loads(request.content)
        _, key_id, secret = given["key"].split("_")
        self.keys[key_id] = secret
        return self._json({"id": key_id, "purpose": given["purpose"], "expires_at": 0}, 201)

    def _agent(self, request: httpx.Request) -> httpx.Response:
        if self.agent_blocked or self.plugin is None or not self.plugin.active:
            return html("plugh", 403)
        body = request.content.removeprefix(b"CMREQ1\n")
        (size,) = struct.unpack_from(">I", body)
        header, payload = json.loads(body[4 : 4 + size]), body[4 + size :]
        secret = self.keys.get(header["key"], "")
        if self.clock_offset and abs(header["ts"] - self.clock_offset) > 300:
            return self._refusal("clock", self.clock_offset)
        signed = f"cm1-request\n{header['op']}\n{sha256(payload)}\n{header['ts']}\n{header['nonce']}"
        if not secret or not hmac.compare_digest(mac(secret, signed), header["mac"]):
            return self._refusal("unauthenticated", 1)
        if header["op"] == "files.count":
            return self._count(secret, header, json.loads(payload))
        return self._signed(secret, header, self._operation(header))

    def _count(self, secret: str, header: dict[str, str], asked: dict[str, str]) -> httpx.Response:
        """One part of `file_bytes` per call, as if each took all of its time."""
        if not self.can_count:
            return self._signed(secret, header, b'{"code": "bad_request", "message": "plugh"}', "error")
        self.counted.append(asked["root"])
        parts, index = self.file_bytes[asked["root"]], int(asked["cursor"] or 0)
        following = str(index + 1) if index + 1 < len(parts) else None
        return self._signed(secret, header, json.dumps({"files": 1, "bytes": parts[index], "next": following}).encode())

    def _refusal(self, code: str, time: int) -> httpx.Response:
        """Behind junk that has gone out already, the status cannot be set any more."""
        return self._json({"code": code, "time": time}, 200 if self.junk else 403)

    def _operation(self, header: dict[str, str]) -> bytes:
        if header["op"] == "key.revoke":
            del self.keys[header["key"]]
            if not self.keys:
                self.plugin = None
            return json.dumps({"removed": not self.keys, "left": []}).encode()
        version = self.plugin.version if self.plugin else ""
        purpose = "standing" if header["key"] in self.standing else "clone"
        about = {"wordpress": self.facts(), "key": {"purpose": purpose}, "php": {"version": self.php}}
        sizes = {
            "database": {"bytes": self.database_bytes},
            "roots_to_walk": [[root, f"/srv/{root}"] for root in self.file_bytes],
        }
        return json.dumps({"protocol": 1, "agent_version": version} | about | sizes).encode()

    def facts(self) -> dict[str, object]:
        """What the agent tells of the site."""
        return {"version": "6.8.3", "multisite": False, "home": self.home, "siteurl": self.siteurl}

    def _signed(self, secret: str, header: dict[str, str], payload: bytes, status: str = "ok") -> httpx.Response:
        signed = f"cm1-response\n{header['op']}\n{status}\n{header['nonce']}\n{sha256(payload)}"
        answer = {"status": status, "nonce": header["nonce"], "length": len(payload), "mac": mac(secret, signed)}
        encoded = json.dumps(answer).encode()
        body = b"\x00CMRES1\x00" + struct.pack(">I", len(encoded)) + encoded + payload
        return httpx.Response(200, content=self.junk.encode() + body)

    def _refuse(self, request: httpx.Request) -> httpx.Response | None:
        user = self.sessions.get(self._session(request))
        if user is None:
            return redirect(f"{self.siteurl}/wp-login.php?reauth=1")
        if user != ADMIN[0] or not self.file_mods:
            return html('<div class="wp-die-message">plugh</div>', 403)
        return None

    def _session(self, request: httpx.Request) -> str:
        cookies = SimpleCookie(str(request.headers.get("cookie", "")))
        return cookies["wordpress_logged_in_abc"].value if "wordpress_logged_in_abc" in cookies else ""

    def _admin_bar(self) -> str:
        return f'<a href="{self.siteurl}/wp-login.php?action=logout&amp;_wpnonce=0123456789">plover</a>'

    def _upload_form(self) -> str:
        return (
            f'<form action="{self.siteurl}/wp-admin/update.php?action=upload-plugin" method="post">'
            '<input type="hidden" name="_wpnonce" value="0123456789"><input type="file" name="pluginzip"></form>'
        )

    def _json(self, document: object, status: int = 200) -> httpx.Response:
        return httpx.Response(status, text=self.junk + json.dumps(document))


def html(body: str, status: int = 200, cookies: dict[str, str] | None = None, body_class: str = "") -> httpx.Response:
    headers = [("Content-Type", "text/html")]
    headers += [("Set-Cookie", f"{name}={value}; path=/") for name, value in (cookies or {}).items()]
    return httpx.Response(status, text=f'<!doctype html><body class="{body_class}">{body}</body>', headers=headers)


def redirect(target: str, cookies: dict[str, str] | None = None) -> httpx.Response:
    headers = [("Location", target)]
    headers += [("Set-Cookie", f"{name}={value}; path=/; HttpOnly") for name, value in (cookies or {}).items()]
    return httpx.Response(302, headers=headers)


def fields(encoded: bytes) -> dict[str, str]:
    """The last value of each field of a query or form."""
    return {key: values[-1] for key, values in parse_qs(encoded.decode(), keep_blank_values=True).items()}


def uploaded_version(form: bytes) -> str:
    """The version of the plugin in the zip of an upload form."""
    start = form.index(b"PK\x03\x04")
    with zipfile.ZipFile(io.BytesIO(form[start : form.rindex(b"\r\n--")])) as archive:
        lines = archive.read(PLUGIN_FILE).decode().splitlines()
    return next(line.split(":")[1].strip() for line in lines if "Version:" in line)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def mac(secret: str, text: str) -> str:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
