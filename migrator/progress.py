"""How far a run is: one row in the clone's database that others read, and the report beside it.

The row is the run's memory too: `done` and `failed` are final, and a run that finds one of them does nothing.
Writing is throttled; a lost session is opened again once, because progress must not be what ends a run.
"""

import threading
import time
from dataclasses import dataclass, replace
from typing import Protocol

from pydantic import ValidationError

from migrator.errors import DatabaseRefused, DatabaseUnavailable
from migrator.local.database import Connection, Database, named, text_of
from migrator.log import log
from migrator.report import Report
from migrator.schema import PROGRESS_TABLE, REPORT_TABLE, require_ours, table_names

_CREATE_PROGRESS = """CREATE TABLE IF NOT EXISTS {table} (id TINYINT UNSIGNED PRIMARY KEY, state VARCHAR(16) NOT NULL,
    step VARCHAR(32) NOT NULL, percent TINYINT UNSIGNED NOT NULL, done BIGINT UNSIGNED NOT NULL,
    total BIGINT UNSIGNED NOT NULL, bytes BIGINT UNSIGNED NOT NULL, seconds INT UNSIGNED NOT NULL DEFAULT 0,
    message VARCHAR(1000) NOT NULL,
    code VARCHAR(64) NOT NULL DEFAULT '', admin_user VARCHAR(60) NOT NULL DEFAULT '',
    updated_at DATETIME(3) NOT NULL) DEFAULT CHARSET=utf8mb4"""
_CREATE_REPORT = """CREATE TABLE IF NOT EXISTS {table} (id TINYINT UNSIGNED PRIMARY KEY,
    finished_at DATETIME(3) NOT NULL, report JSON NOT NULL) DEFAULT CHARSET=utf8mb4"""
_READ = "SELECT state, step, percent, done, total, bytes, seconds, message, code, admin_user FROM {table} WHERE id = 1"
_WRITE = """REPLACE INTO {table}
    (id, state, step, percent, done, total, bytes, seconds, message, code, admin_user, updated_at)
    VALUES (1, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, UTC_TIMESTAMP(3))"""
_READ_REPORT = "SELECT report FROM {table} WHERE id = 1"
_WRITE_REPORT = "REPLACE INTO {table} (id, finished_at, report) VALUES (1, UTC_TIMESTAMP(3), %s)"
_INTERVAL = 0.5  # seconds between two writes of the row
_LINE_INTERVAL = 2.0  # seconds between two lines of the log


@dataclass(frozen=True)
class State:
    """The row: state `running`, `done` or `failed`; done of total files in this step; bytes; seconds of this run."""

    state: str = "running"
    step: str = "plan"
    percent: int = 0
    done: int = 0
    total: int = 0
    bytes: int = 0
    seconds: int = 0
    message: str = ""
    code: str = ""
    admin_user: str = ""


class ProgressStore:
    """The two tables."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Connection = database.connect()
        require_ours(self._connection)
        self._connection.run(named(_CREATE_PROGRESS, table=PROGRESS_TABLE), "making the progress table")
        self._connection.run(named(_CREATE_REPORT, table=REPORT_TABLE), "making the report table")

    def read(self) -> State | None:
        """The row as an earlier run left it, None if there is none."""
        rows = self._connection.rows(named(_READ, table=PROGRESS_TABLE), "reading the progress")
        self._connection.commit()
        if not rows:
            return None
        state, step, percent, done, total, received, seconds, *texts = rows[0]
        numbers = (percent, done, total, received, seconds)
        return State(text_of(state), text_of(step), *numbers, *map(text_of, texts))

    def write(self, state: State) -> None:
        """Replace the row."""
        numbers = (state.percent, state.done, state.total, state.bytes, state.seconds)
        texts = (_text(state.message, 1000), _text(state.code, 64), _text(state.admin_user, 60))
        self._run(named(_WRITE, table=PROGRESS_TABLE), (state.state, _text(state.step, 32), *numbers, *texts))

    def write_report(self, report: Report) -> None:
        """Replace the report."""
        self._run(named(_WRITE_REPORT, table=REPORT_TABLE), (report.model_dump_json(),))

    def _run(self, statement: str, values: tuple[object, ...]) -> None:
        try:
            self._connection.run(statement, "writing the progress", values)
            self._connection.commit()
        except DatabaseUnavailable:
            self._connection.close()
            self._connection = self._database.connect()
            self._connection.run(statement, "writing the progress", values)
            self._connection.commit()

    def close(self) -> None:
        """Close the session."""
        self._connection.close()


def read_report(database: Database) -> Report | None:
    """The report of a finished copy, None if there is none; raises DatabaseRefused for one that is not ours."""
    connection = database.connect()
    try:
        there = REPORT_TABLE in table_names(connection)
        rows = connection.rows(named(_READ_REPORT, table=REPORT_TABLE), "reading the report") if there else []
    finally:
        connection.close()
    try:
        return Report.model_validate_json(rows[0][0]) if rows else None
    except ValidationError as cause:
        raise DatabaseRefused("The clone's report was not written by this version of the engine.") from cause


def _text(text: str, longest: int) -> str:
    """What a column takes: recording how a run ended must not fail because of what is recorded."""
    return text[:longest].encode(errors="replace").decode()


class ProgressRow(Protocol):
    """Where the present state goes."""

    def write(self, state: State) -> None:
        """Replace what was there."""
        ...


class Progress:
    """The present state of a run; told by several threads."""

    def __init__(self, store: ProgressRow) -> None:
        self._store = store
        self._state = State()
        self._lock = threading.Lock()
        self._started = time.monotonic()
        self._written = self._logged = 0.0
        self._range = (0, 0)
        self._weight = (0, 1)  # of this step's percent range: weight done, weight in all

    def step(self, name: str, message: str, *, percent: tuple[int, int], total: int = 0, weight: int = 0) -> None:
        """Begin a step.

        Args:
            name: See docs/engine.md.
            message: A sentence for the user.
            percent: Of the whole run, at the step's begin and end.
            total: Files or rows to come, for `done of total`.
            weight: Bytes to come, for the percentage.
        """
        with self._lock:
            self._range, self._weight = percent, (0, max(weight, 1))
            self._state = replace(self._state, step=name, message=message, percent=percent[0], done=0, total=total)
            log("step", step=name, message=message)
            self._write()

    def advance(self, done: int, weight: int) -> None:
        """Tell that `done` more files or rows have arrived, with `weight` bytes."""
        with self._lock:
            have, whole = self._weight[0] + weight, self._weight[1]
            self._weight = (have, whole)
            first, last = self._range
            percent = first + int((last - first) * min(have, whole) / whole)
            state = self._state
            self._state = replace(state, percent=percent, done=state.done + done, bytes=state.bytes + weight)
            if time.monotonic() - self._written >= _INTERVAL:
                self._write()
            if time.monotonic() - self._logged >= _LINE_INTERVAL:
                self._log()

    def note(self, message: str) -> None:
        """Say something to the user without changing anything else."""
        with self._lock:
            self._state = replace(self._state, message=message)
            self._write()

    def admin(self, login: str) -> None:
        """Record the clone's administrator."""
        with self._lock:
            self._state = replace(self._state, admin_user=login)

    def finish(self, state: str, step: str, message: str, code: str = "") -> None:
        """Record the end of a run, or of all of it but giving the key back."""
        with self._lock:
            percent = 100 if state == "done" else self._state.percent
            self._state = replace(self._state, state=state, step=step or self._state.step, percent=percent)
            self._state = replace(self._state, message=message, code=code)
            self._write()

    def _write(self) -> None:
        self._written = time.monotonic()
        self._state = replace(self._state, seconds=int(self._written - self._started))
        self._store.write(self._state)

    def _log(self) -> None:
        self._logged = time.monotonic()
        state = self._state
        seconds = round(self._logged - self._started, 1)
        numbers = {"done": state.done, "total": state.total, "bytes": state.bytes, "percent": state.percent}
        log("progress", phase=state.step, **numbers, seconds=seconds)
