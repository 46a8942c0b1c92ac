"""Playwright's server with this machine's Chromium, as the browser's pod runs it (`browser/serve`)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.browser import ARGUMENTS, CHROMIUM


@contextmanager
def browser_server(folder: Path, *arguments: str) -> Iterator[str]:
    """Serve a browser for as long as the block lasts; gives its address. `arguments` are further ones of Chromium's."""
    config = folder / "server.json"
    settings = {"host": "127.0.0.1", "wsPath": "/token", "headless": True, "executablePath": CHROMIUM}
    config.write_text(json.dumps(settings | {"args": [*ARGUMENTS, *arguments]}), encoding="utf-8")
    command = [sys.executable, "-m", "playwright", "launch-server", "--browser=chromium", f"--config={config}"]
    # A group of its own: what is started here starts another process, which serves, and that one Chromium.
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address.startswith("ws://"), address
            yield address
        finally:
            os.killpg(process.pid, signal.SIGTERM)
