"""The application over an in-memory world, served for real on a port of the loopback."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn

from api.domain.tokens import entry_json
from api.main import create_app
from api.routes.tokens import TokenFile
from api.settings import Settings
from api.wiring import assemble
from tests.unit.api.fakes import World
from tests.unit.api.preparation import VERSION, Preparation, Prepare

READER = "reader-token-0123456789abcdef"
CLONER = "cloner-token-0123456789abcdef"

Serve = Callable[..., AbstractContextManager[httpx.Client]]


class Server(uvicorn.Server):
    """Says when it listens and, by ending its thread, when all its jobs are done."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def tokens_file(tmp_path: Path) -> Path:
    path = tmp_path / "tokens.json"
    entries = [entry_json("reader", READER, ["read"]), entry_json("cloner", CLONER, ["clone"])]
    path.write_text(json.dumps({"tokens": [json.loads(entry) for entry in entries]}))
    return path


@pytest.fixture
def serve(world: World, tokens_file: Path) -> Serve:
    """Serves the application; keywords are settings. The client has no token."""

    @contextmanager
    def serve(**changes: object) -> Iterator[httpx.Client]:
        services = assemble(world.ports(), world.clock(), TokenFile(tokens_file), settings(changes))
        config = uvicorn.Config(create_app(services=services), log_config=None, access_log=False)
        server = Server(config)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            thread = threading.Thread(target=server.run, args=([listener],))
            thread.start()
            assert server.listening.wait(10)
            try:
                base = f"http://127.0.0.1:{listener.getsockname()[1]}"
                with httpx.Client(base_url=base, timeout=20, verify=False) as client:  # no TLS here to set up
                    yield client
            finally:
                server.should_exit = True
                thread.join()
                services.jobs.close(wait=True)

    return serve


@pytest.fixture
def client(serve: Serve) -> Iterator[httpx.Client]:
    """A caller who may clone."""
    with serve() as client:
        client.headers = bearer(CLONER)
        yield client


@pytest.fixture
def plugin_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "plugin"
    (folder / "inc").mkdir(parents=True)
    (folder / "custom-migrator.php").write_text(f"<?php\n/**\n * Plugin Name: x\n * Version: {VERSION}\n */\n")
    (folder / "inc" / "b.php").write_text("<?php // b")
    (folder / "inc" / "a.php").write_text("<?php // a")
    return folder


@pytest.fixture
def prepare(plugin_folder: Path) -> Prepare:
    return lambda site: Preparation(site, plugin_folder)


def settings(changes: dict[str, object]) -> Settings:
    required = {"cluster_name": "test", "db_host": "db", "db_user": "admin"}
    paths = {"db_ca_file": "/nowhere", "db_password_file": "/nowhere"}
    return Settings.model_validate(required | paths | {"delete_seconds": 0} | changes)


def bearer(token: str) -> httpx.Headers:
    return httpx.Headers({"Authorization": f"Bearer {token}"})
