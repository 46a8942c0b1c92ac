"""Runs of the engine's file part against a fake site, a real directory, and a record kept by SQLite.

SQLite takes the statements of the record as they are, so nothing of ours is replaced.
"""

import os
import sqlite3
import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from migrator.errors import DatabaseUnavailable
from migrator.file_side import FileSide
from migrator.layout import Layout, path_changes, url_changes
from migrator.local.database import Database
from migrator.local.pool import Pool
from migrator.local.room import Room
from migrator.local.volume import Volume
from migrator.manifest import Manifest, read_manifest
from migrator.plan import Plan
from migrator.received import Received, ReceivedFiles
from migrator.rewrite import PlainReplacer
from migrator.workers import run_lanes
from tests.unit.migrator.fake_agent import FakeAgent, File
from tests.unit.migrator.sites import site

CLONE_URL = "http://s1.test:8080/c1"
ANSWER = 65_536  # bytes: the smallest budget, so that files of some 100 KiB are large
MTIME = 1_700_000_000


class Killed(BaseException):
    """The engine's process is gone: nothing of ours catches this."""


class _Session:
    """What the record needs of a session."""

    def __init__(self, database: "SqliteDatabase") -> None:
        self._database = database

    def run(self, statement: str, _doing: str) -> int:
        if self._database.refused and self._database.refused in statement:
            raise DatabaseUnavailable("The database is lost.")
        with self._database.lock:
            return self._database.raw.execute(statement).rowcount

    def rows(self, statement: str, _doing: str) -> list[tuple[Any, ...]]:
        with self._database.lock:
            return self._database.raw.execute(statement).fetchall()

    def commit(self) -> None:
        with self._database.lock:
            self._database.raw.commit()

    def close(self) -> None:
        pass


class SqliteDatabase:
    """One database in memory, of which sessions are opened.

    refused: It is lost at statements in which this stands.
    """

    def __init__(self) -> None:
        self.refused: str | None = None
        self.raw = sqlite3.connect(":memory:", check_same_thread=False)
        self.lock = threading.Lock()

    def connect(self, _charset: str = "", **_options: Any) -> _Session:
        return _Session(self)

    def close(self) -> None:
        self.raw.close()

    def received(self) -> dict[bytes, Received]:
        files = ReceivedFiles(Pool(cast(Database, self), "utf8mb4"))
        files.create()
        return {file.place: file for file in files.all()}


class CrampedVolume(Volume):
    """A volume on a file system that has as much room as is said."""

    def __init__(self, root: Path, room: Room) -> None:
        super().__init__(root)
        self._room = room

    def room(self) -> Room:
        return self._room


class Run:
    """One start of the engine's file part."""

    def __init__(
        self, agent: FakeAgent, root: Path, database: SqliteDatabase | Database, *, room: Room | None = None
    ) -> None:
        self.source = agent.site()
        self.source.budget.limit(ANSWER)
        self.volume = CrampedVolume(root, room) if room else Volume(root)
        self.volume.claim()
        self.arrived: list[tuple[int, int]] = []
        described = site()
        layout = Layout.of(described)
        plain = PlainReplacer(
            url_changes(described, layout, CLONE_URL, "http://source.test"), path_changes(described, layout, "/c1")
        )
        manifest = read_manifest(self.source, layout, ["core", "content"])
        plan = SimpleNamespace(site=described, layout=layout, manifest=manifest, plain=plain)
        self.side = FileSide(
            self.source,
            self.volume,
            cast(Database, database),
            cast(Plan, plan),
            workers=3,
            advance=lambda files, size: self.arrived.append((files, size)),
        )
        self.log = self.side.log

    def copy(self) -> None:
        """What comes before the tables."""
        self.side.prepare()
        run_lanes(*self.side.lanes())

    def all(self) -> Manifest:
        """Every step."""
        self.copy()
        manifest = self.side.settle()
        self.side.verify({})
        return manifest


def agent_with(core: dict[bytes, bytes], content: dict[bytes, bytes] | None = None) -> FakeAgent:
    """A site with these files."""
    files = {"core": core, "content": content or {}}
    return FakeAgent(files={root: {path: File(data) for path, data in each.items()} for root, each in files.items()})


def reads(agent: FakeAgent) -> list[tuple[str, int]]:
    """(path, offset) of every piece that was asked for, in the order of the calls."""
    asked = [arguments["items"] for op, arguments in agent.calls if op == "files.read"]
    return [(item["path"], item["offset"]) for items in asked for item in items]


def at_read(agent: FakeAgent, number: int, do: Callable[[], None]) -> None:
    """Do something before the site answers the n-th call for files from now on, counted from 1."""
    numbers = count(1)

    def before(op: str, _arguments: dict[str, Any]) -> None:
        if op == "files.read" and next(numbers) == number:
            do()

    agent.before = before


def kill_at_read(agent: FakeAgent, number: int) -> None:
    """The process is gone when the n-th call for files from now on is made: no thread makes another one."""
    numbers = count(1)

    def before(op: str, _arguments: dict[str, Any]) -> None:
        if op == "files.read" and next(numbers) >= number:
            raise Killed

    agent.before = before


def leave_alone(agent: FakeAgent) -> None:
    """Nothing happens any more while the site answers."""
    agent.before = lambda _op, _arguments: None


def on_disk(root: Path) -> dict[bytes, bytes]:
    """Every file of the clone, our working directory apart."""
    found: dict[bytes, bytes] = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder, name)
            found[os.fsencode(path.relative_to(root))] = path.read_bytes()
    return {place: data for place, data in found.items() if not place.startswith(b".migrator/")}
