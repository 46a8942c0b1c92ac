"""Small pages that behave like the difficult sites' fronts and login pages, as `garden.test` on the internet."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from api.source.guard import GuardedBackend
from tests.browser.network import Dialer

HOST = "garden.test"
HOME = f"http://{HOST}"
PUBLIC_ADDRESS = "93.184.215.14"
OWNER = ("siteowner", "correct horse battery staple")

_FORM = """
<div id="app"></div><script>
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/wp-login.php";
  form.innerHTML = `<input name="log"><input name="pwd" type="password"><input type="hidden" name="proof">
    %s<button>Go</button>`;
  form.proof.value = 6 * 7;
  document.getElementById("app").append(form);
</script>
"""
_LEAD_ON = "<script>document.cookie = '_I_=%s; path=/'; location.replace('%s');</script>"


@dataclass
class Site:
    """What the pages do, and what they were asked."""

    challenges: bool = False
    basic: tuple[str, str] | None = None
    never_lets_through: bool = False
    in_form: str = ""
    in_page: str = ""
    after_login: str = "<p>The password for <code>{user}</code> is wrong.</p>"
    requests: list[tuple[str, str, str, str]] = field(default_factory=list)
    logins: list[dict[str, str]] = field(default_factory=list)

    def asked(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(asked == path for _, _, asked, _ in self.requests)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    site: Site

    def do_GET(self) -> None:
        """Lead through the challenge, then show the login page, or what logged-in users see."""
        path = self._noted()
        if self.site.basic and self.headers.get("Authorization") != _basic(self.site.basic):
            self._send(401, "", [("WWW-Authenticate", 'Basic realm="garden"')])
        elif self.site.challenges and not self._has_clearance():
            self._challenge(path)
        elif path == "/wp-login.php":
            self._send(200, self.site.in_page + _FORM % self.site.in_form)
        else:
            self._send(200, f"<p>{path} /wp-content/</p>{self.site.in_page}")

    def do_POST(self) -> None:
        """Take a login."""
        self._noted()
        body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        given = {name: values[0] for name, values in body.items()}
        self.site.logins.append(given)
        if (given["log"], given["pwd"], given["proof"]) == (*OWNER, "42"):
            self._send(
                302, "", [("Location", "/wp-admin/"), ("Set-Cookie", "wordpress_logged_in_x=1; path=/; HttpOnly")]
            )
        else:
            self._send(
                200, self.site.after_login.format(user=given["log"], pwd=given["pwd"]) + _FORM % self.site.in_form
            )

    def _noted(self) -> str:
        headers = self.headers
        path = urlsplit(self.path).path
        self.site.requests.append((headers["Host"], self.command, path, headers.get("User-Agent", "")))
        return path

    def _clearance(self) -> str:
        return hashlib.sha1(self.headers["User-Agent"].encode(), usedforsecurity=False).hexdigest()

    def _has_clearance(self) -> bool:
        cookies = SimpleCookie(self.headers.get("Cookie", ""))
        return "_I_" in cookies and cookies["_I_"].value == self._clearance()

    def _challenge(self, path: str) -> None:
        headers = [("SG-Captcha", "challenge")]
        if self.site.never_lets_through:
            self._send(202, "<p>Are you a person?</p>", headers)
        elif not path.startswith("/.well-known/"):
            self._send(202, '<meta http-equiv="refresh" content="0;/.well-known/sgcaptcha/">', headers)
        else:
            self._send(202, _LEAD_ON % (self._clearance(), "/wp-login.php"), headers)

    def _send(self, status: int, body: str, headers: list[tuple[str, str]] | None = None) -> None:
        data = f"<!doctype html><title>x</title><body>{body}</body>".encode()
        self.send_response(status)
        for name, value in [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(data)))]:
            self.send_header(name, value)
        for name, value in headers or []:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # the standard library's own name
        """Nothing: the site keeps its own notes."""


def _basic(credentials: tuple[str, str]) -> str:
    return "Basic " + base64.b64encode(":".join(credentials).encode()).decode()


@contextmanager
def running(site: Site) -> Iterator[int]:
    """Serve the site on a port of the loopback."""
    handler = type("SiteHandler", (Handler,), {"site": site})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def backend(port: int) -> GuardedBackend:
    """The facade's way out, where HOST is a site on the internet that answers at `port` of the loopback."""
    return GuardedBackend(frozenset(), resolver=_resolve, dialer=Dialer(lambda _: port))


def _resolve(host: str, _port: int) -> list[str]:
    known = {HOST: PUBLIC_ADDRESS, "metadata.test": "169.254.169.254", "cluster.test": "10.96.0.1"}
    return [known.get(host, host)]
