"""Copy a site into a clone: the steps of one run, in order, each of which may be repeated.

    plan           ask the source; list files and tables
    files, tables  at the same time; a run that was killed finds its files and copies the tables anew
    changed-files  list the files again: fetch what changed meanwhile, remove what is gone
    finalise       make the copy a clone: configuration, address, users, agent key, drop-ins
    verify         compare files on disk and rows with what was received; look for leftovers

Nothing of a clone is served before the last step has passed.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from migrator import report
from migrator.ends import SourceEnd
from migrator.files import CopyLog, FileCopier, batches
from migrator.finalise.finish import Finalised, finalise
from migrator.leftovers import find_leftovers
from migrator.local.database import Database
from migrator.local.pool import Pool
from migrator.local.volume import Volume
from migrator.manifest import read_manifest
from migrator.plan import Plan, make_plan
from migrator.progress import Progress
from migrator.schema import Target, create_triggers, create_views, empty, read_target
from migrator.settings import ImportSettings
from migrator.tables import TableCopier, TableResult
from migrator.verify import rows_moved, verify_files
from migrator.workers import Lane, run_lanes

_LARGEST_BATCH = 4_194_304  # bytes of files per call


@dataclass
class _Results:
    files: CopyLog = field(default_factory=CopyLog)
    tables: list[TableResult] = field(default_factory=list)
    views_refused: list[tuple[str, str]] = field(default_factory=list)
    triggers_refused: list[tuple[str, str]] = field(default_factory=list)
    removed: int = 0
    refetched: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


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
        self._results = _Results()

    def run(self) -> dict[str, Any]:
        """Do all steps; returns the report."""
        with self._timed("plan"):
            plan, target = self._plan()
        with self._timed("copy"):
            self._copy(plan, target)
        with self._timed("changed-files"):
            plan = self._changed_files(plan)
        with self._timed("finalise"):
            finalised = self._finalise(plan, target)
        with self._timed("verify"):
            checks = self._verify(plan, finalised)
        return self._report(plan, target, finalised, checks)

    def _plan(self) -> tuple[Plan, Target]:
        self._progress.step("plan", "Looking at the source.", percent=(0, 3))
        settings = self._settings
        self._volume.claim()
        connection = self._database.connect()
        try:
            target = read_target(connection)
            empty(connection)
            connection.commit()
        finally:
            connection.close()
        plan = make_plan(
            self._source,
            target,
            source_url=settings.source_url,
            clone_url=settings.clone_url,
            site_root=str(settings.site_root),
        )
        return plan, target

    def _copy(self, plan: Plan, target: Target) -> None:
        weight = plan.manifest.size + sum(table.bytes for table in plan.tables)
        total = len(plan.manifest.files)
        self._progress.step("files", "Copying files and tables.", percent=(3, 90), total=total, weight=weight)
        pool = Pool(self._database, plan.charset)
        try:
            run_lanes(*self._file_lanes(plan), *self._table_lanes(plan, target, pool))
            self._progress.relabel("tables", "Copying views and triggers.")
            with pool.session() as connection:
                self._results.views_refused = create_views(connection, plan.views)
                self._results.triggers_refused = create_triggers(
                    connection, plan.catalogue.triggers, {table.name for table in plan.tables}
                )
        finally:
            pool.close()

    def _file_lanes(self, plan: Plan) -> list[Lane[Any]]:
        copier = FileCopier(self._source, self._volume, self._results.files, self._progress.advance)
        wanted = copier.missing(plan.manifest)
        threads = self._settings.migrator_file_workers
        return [
            Lane("files", batches(wanted, lambda: _LARGEST_BATCH), copier.copy, threads),
            Lane("directories", sorted(plan.manifest.directories), self._volume.make_directory, threads=1),
        ]

    def _table_lanes(self, plan: Plan, target: Target, pool: Pool) -> list[Lane[Any]]:
        copier = TableCopier(
            self._source,
            pool,
            target,
            plain=plan.plain,
            prefix=plan.site.wordpress.prefix,
            charset=plan.charset,
            advance=lambda _rows, weight: self._progress.advance(0, weight),
        )
        threads = self._settings.migrator_table_workers
        return [Lane("tables", plan.tables, lambda table: self._results.tables.append(copier.copy(table)), threads)]

    def _changed_files(self, plan: Plan) -> Plan:
        self._progress.step("changed-files", "Fetching files that changed meanwhile.", percent=(90, 93))
        manifest = read_manifest(self._source, plan.layout, [name for name, _ in plan.site.roots_to_walk])
        log = self._results.files
        copier = FileCopier(self._source, self._volume, log, lambda _files, _bytes: None)
        wanted = [entry for entry in copier.missing(manifest) if f"{entry.root}:{entry.path}" not in dict(log.skipped)]
        run_lanes(Lane("files", batches(wanted, lambda: _LARGEST_BATCH), copier.copy, threads=2))
        for place in set(log.copied) - set(manifest.files):
            del log.copied[place]
        self._results.removed = self._volume.remove_others(manifest.places())
        self._results.refetched = len(wanted)
        return replace(plan, manifest=manifest)

    def _finalise(self, plan: Plan, target: Target) -> Finalised:
        self._progress.step("finalise", "Making the copy a site of its own.", percent=(93, 95))
        finalised = finalise(self._settings, plan, target, self._database, self._volume)
        self._progress.admin(finalised.admin_user)
        return finalised

    def _verify(self, plan: Plan, finalised: Finalised) -> dict[str, Any]:
        copied = self._results.files.copied
        weight = sum(file.size for file in copied.values())
        self._progress.step("verify", "Checking the copy.", percent=(95, 99), total=len(copied), weight=weight)
        verified = verify_files(self._volume, copied, finalised.moved, lambda n, _: self._progress.advance(n, 0))
        arrived = [result for result in self._results.tables if not result.vanished]
        names = {result.name for result in arrived}
        connection = self._database.connect(plan.charset)
        try:
            tables = [table for table in plan.tables if table.name in names]
            leftovers = find_leftovers(connection, tables, plan.site.wordpress.prefix, plan.plain)
        finally:
            connection.close()
        return {
            "files_by_digest": verified.digests,
            "files_by_size": verified.sizes,
            "leftovers": leftovers,
            "rows_moved": rows_moved(self._source, arrived),
        }

    def _report(self, plan: Plan, target: Target, finalised: Finalised, checks: dict[str, Any]) -> dict[str, Any]:
        results = self._results
        return {
            **report.engine_part(results.seconds),
            "source": report.source_part(plan),
            "target": {"url": self._settings.clone_url, "database": target.version},
            "files": {
                **report.files_part(plan, results.files),
                "refetched": results.refetched,
                "removed": results.removed,
            },
            "tables": report.tables_part(results.tables, checks.pop("rows_moved")),
            "schema_objects": report.schema_part(plan, results.views_refused, results.triggers_refused),
            "rewriting": report.rewriting_part(plan, results.tables),
            "finalise": finalised.as_report(),
            "verify": checks,
        }

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self._results.seconds[step] = time.monotonic() - started
