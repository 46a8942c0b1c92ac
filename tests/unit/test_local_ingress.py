"""Waiting for the ingress: until it says 200, not merely until it answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest

from local import ingress
from local.errors import LocalError


class Answers(BaseHTTPRequestHandler):
    """Gives the listed statuses, then the last one for ever; notes the Host headers."""

    statuses: ClassVar[list[int]] = []
    hosts: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.hosts.append(self.headers["Host"])
        self.send_response(self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0])
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class calls it that
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_waits_over_errors(port: int) -> None:
    Answers.statuses, Answers.hosts = [502, 404, 200], []
    ingress.wait_answer("clone-api.test", "/ready", seconds=10, port=port)
    assert Answers.hosts == [f"clone-api.test:{port}"] * 3


def test_says_what_came_last(port: int) -> None:
    Answers.statuses = [503]
    with pytest.raises(LocalError, match="last: 503"):
        ingress.wait_answer("clone-api.test", "/ready", seconds=0, port=port)


def test_nobody_listens(port: int) -> None:
    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        unused = server.server_port
    assert ingress.status("clone-api.test", "/", port=unused) is None
