"""The engine as an operator runs it: a process of its own, with settings in its environment."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.engine.certificates import HOST_NAME
from tests.engine.servers import Account, Server

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 300  # seconds after which an engine that hangs is ended
CLONE_URL = "http://clones.test:8080/clone-1"
ADMIN_PASSWORD = "a long and random password"


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Args:
        status: Its exit status, negative for a signal.
        lines: What it logged.
        peak_mb: The most memory it had, in MiB.
        seconds: CPU seconds of its own, user and system.
    """

    status: int
    lines: list[dict[str, Any]]
    peak_mb: float
    seconds: float

    @property
    def code(self) -> str:
        """Code of the failure, empty if there was none."""
        failures = [line.get("code", "") for line in self.lines if line.get("event") == "failed"]
        return str(failures[-1]) if failures else ""

    @property
    def text(self) -> str:
        """Its last lines, to say what went wrong."""
        return "\n".join(json.dumps(line) for line in self.lines[-4:])

    @property
    def message(self) -> str:
        """The failure's sentence."""
        failures = [line.get("message", "") for line in self.lines if line.get("event") == "failed"]
        return str(failures[-1]) if failures else ""


class Engine:
    """A running engine."""

    def __init__(self, process: "subprocess.Popen[bytes]", output: Path) -> None:
        self._process = process
        self._output = output
        self._peak = 0.0
        self._ended = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def kill(self) -> None:
        """End it with SIGKILL; nothing happens when it has ended."""
        self._process.kill()

    def wait(self) -> Outcome:
        """Wait for its end."""
        _, status, usage = os.wait4(self._process.pid, 0)
        self._ended.set()
        self._process.returncode = os.waitstatus_to_exitcode(status)
        lines = self._output.read_text(encoding="utf-8", errors="replace").splitlines()
        parsed = [json.loads(line) if line.startswith("{") else {"event": "text", "text": line} for line in lines]
        return Outcome(self._process.returncode, parsed, self._peak, usage.ru_utime + usage.ru_stime)

    def _watch(self) -> None:
        """Note the most memory that it had, and end it if it hangs.

        wait4's ru_maxrss is no use: it begins with the memory of the process that forked, and that is pytest.
        """
        ends = time.monotonic() + LONGEST
        while not self._ended.wait(0.05):
            self._peak = max(self._peak, _peak_mb(self._process.pid))
            if time.monotonic() > ends:
                self._process.kill()


def _peak_mb(process: int) -> float:
    """VmHWM of a process in MiB, which never falls; 0 when the process has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


@dataclass(frozen=True)
class Clone:
    """A directory and a database to copy into."""

    server: Server
    account: Account
    folder: Path

    @property
    def root(self) -> Path:
        """SITE_ROOT."""
        return self.folder / "site"

    def start(self, source_url: str, key: str, proxy_url: str, *, wrapper: Sequence[str] = (), **extra: str) -> Engine:
        """Start `migrator import`.

        Args:
            proxy_url: The only way to the source; empty: the source is asked directly.
            wrapper: A command that runs the engine.
            extra: More of its environment.
        """
        output = self.folder / "engine.log"
        command = [*wrapper, sys.executable, "-m", "migrator", "import"]
        environment = self._environment(source_url, key, proxy_url) | extra
        with output.open("wb") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        return Engine(process, output)

    def _environment(self, source_url: str, key: str, proxy_url: str) -> dict[str, str]:
        proxied = {"HTTP_PROXY": proxy_url, "http_proxy": proxy_url} if proxy_url else {}
        return {
            "PATH": os.environ["PATH"],
            "CLONE_URL": CLONE_URL,
            "SITE_ROOT": str(self.root),
            "SOURCE_URL": source_url,
            "SOURCE_KEY": key,
            "ADMIN_PASSWORD": ADMIN_PASSWORD,
            "DB_HOST": HOST_NAME,
            "DB_PORT": str(self.server.container.port),
            "DB_NAME": self.account.database,
            "DB_USER": self.account.user,
            "DB_PASSWORD": self.account.password,
            "DB_CA_FILE": str(self.server.ca_file),
            **proxied,
        }

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the clone's database; values are bytes."""
        return self.server.run(query, database=self.account.database)

    def report(self) -> dict[str, Any]:
        """The report of the finished run."""
        return dict(json.loads(self.rows("SELECT report FROM _migrator_report")[0][0]))

    def progress(self) -> tuple[str, str, str]:
        """State, step and code that the run has recorded."""
        ((state, step, code),) = self.rows("SELECT state, step, code FROM _migrator_progress")
        return state.decode(), step.decode(), (code or b"").decode()
