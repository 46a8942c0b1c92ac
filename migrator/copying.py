"""Copy a site into a clone: the steps of one run, in order, each of which may be killed and run again.

    plan           ask the source; list files and tables; see that there is room before anything is written
    copy           files and tables at the same time; a run that was killed goes on where its records end
    settle         files and rows that changed meanwhile are fetched again; views, triggers; rows are compared
    finalise       make the copy a site of its own: configuration, address, users, agent key, drop-ins
    verify         every file on disk against what the source sent

Rows are compared before `finalise`, which changes some on purpose. Nothing of a clone is served before the last step
has passed.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from migrator.ends import SourceEnd
from migrator.file_check import FilesVerified
from migrator.file_side import FileSide
from migrator.finalise.finish import Finalised, changed_tables, finalise
from migrator.local.database import Database
from migrator.local.volume import Volume
from migrator.plan import Plan, make_plan
from migrator.progress import Progress
from migrator.report import Report
from migrator.reporting import Outcome, make_report
from migrator.schema import Target, read_target
from migrator.settings import ImportSettings
from migrator.table_side import TableSide
from migrator.workers import once, run_lanes


@dataclass
class _Run:
    """What the steps hand on."""

    plan: Plan
    target: Target
    files: FileSide
    tables: TableSide


class Copying:
    """One run from a source into the clone's volume and database."""

    def __init__(
        self, settings: ImportSettings, source: SourceEnd, database: Database, volume: Volume, progress: Progress
    ) -> None:
        self._settings = settings
        self._source = source
        self._database = database
        self._volume = volume
        self._progress = progress
        self._seconds: dict[str, float] = {}

    def run(self) -> Report:
        """Do all steps; returns the report."""
        with self._timed("plan"):
            run = self._plan()
        with self._timed("copy"):
            run_lanes(*run.files.lanes(), *run.tables.lanes())
        with self._timed("settle"):
            leftovers = self._settle(run)
        with self._timed("finalise"):
            finalised = self._finalise(run)
        with self._timed("verify"):
            verified = self._verify(run, finalised)
        outcome = Outcome(run.plan, run.target, run.files, run.tables, finalised, verified, leftovers)
        return make_report(outcome, self._settings.clone_url, self._settings.php_version, self._seconds)

    def _plan(self) -> _Run:
        self._progress.step("plan", "Looking at the source.", percent=(0, 3))
        self._volume.claim()
        target = self._target()
        plan = make_plan(
            self._source,
            target,
            source_url=self._settings.source_url,
            clone_url=self._settings.clone_url,
            site_root=str(self._settings.site_root),
        )
        run = self._sides(plan, target)
        total, weight = len(plan.manifest.files), plan.manifest.size + run.tables.weight
        self._progress.step("copy", "Copying files and tables.", percent=(3, 90), total=total, weight=weight)
        run.files.prepare()
        run.tables.prepare()
        return run

    def _target(self) -> Target:
        connection = self._database.connect()
        try:
            return read_target(connection)
        finally:
            connection.close()

    def _sides(self, plan: Plan, target: Target) -> _Run:
        settings, progress = self._settings, self._progress
        files = FileSide(
            self._source,
            self._volume,
            self._database,
            plan,
            workers=settings.migrator_file_workers,
            advance=progress.advance,
        )
        tables = TableSide(
            self._source,
            self._database,
            plan,
            target,
            workers=settings.migrator_table_workers,
            keep=self._volume.kept_value,
            advance=lambda _rows, weight: progress.advance(0, weight),
        )
        return _Run(plan, target, files, tables)

    def _settle(self, run: _Run) -> list[dict[str, object]]:
        self._progress.step("settle", "Fetching what changed meanwhile.", percent=(90, 93))
        leftovers: list[dict[str, object]] = []

        def tables() -> None:
            leftovers.extend(run.tables.settle())

        def files() -> None:
            run.plan = replace(run.plan, manifest=run.files.settle())

        run_lanes(once("settle-files", files), once("settle-tables", tables))
        return leftovers

    def _finalise(self, run: _Run) -> Finalised:
        self._progress.step("finalise", "Making the copy a site of its own.", percent=(93, 95))
        finalised = finalise(self._settings, run.plan, run.target, self._database, self._volume)
        run.tables.record_final(changed_tables(run.plan))
        self._progress.admin(finalised.admin_user)
        return finalised

    def _verify(self, run: _Run, finalised: Finalised) -> FilesVerified:
        total = sum(files for files, _ in run.files.log.classes.values())
        self._progress.step("verify", "Checking the copy.", percent=(95, 99), total=total)
        return run.files.verify(finalised.moved)

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self._seconds[step] = round(time.monotonic() - started, 3)
