"""The tables of one run: prepared, copied in lanes, settled against the source, checked in the clone.

    prepare   what an earlier run left is taken up; what cannot be copied is refused; missing tables are made
    lanes     segments of tables, the largest first; a large table gets its secondary keys when its rows are there
    settle    ranges that the source changed meanwhile are read again, and the clone's rows compared with what was
              written: a table at once after the other, so that neither server waits; then views and triggers

Each step may be killed and done again by the next run: see ledger.
"""

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

import stamina

from migrator import ledger, preparation
from migrator.consistency import Settler
from migrator.ends import SourceEnd
from migrator.errors import DatabaseUnavailable, VerificationFailed
from migrator.leftovers import TableCheck
from migrator.local.database import Database
from migrator.local.digest import read_digest
from migrator.local.pool import Pool
from migrator.plan import Plan
from migrator.preparation import Job, Preparation
from migrator.schema import Target, create_triggers, create_views
from migrator.segments import Segment, SegmentCopier
from migrator.tables import TableResult
from migrator.withheld import Keep
from migrator.workers import Lane, run_lanes

_ATTEMPTS = 5  # of a step with one table; each waits for a lost database up to 45 s


class TableSide:
    """The tables of a site on their way into the clone's database.

    Args:
        workers: Threads, each with a session of its own and a call to the source in flight.
        keep: Where long values are kept until their page is written.
        advance: Told (rows, bytes) as they arrive.
    """

    def __init__(
        self,
        source: SourceEnd,
        database: Database,
        plan: Plan,
        target: Target,
        *,
        workers: int,
        keep: Keep,
        advance: Callable[[int, int], None],
    ) -> None:
        self._plan = plan
        self._workers = workers
        self._advance = advance
        self._pool = Pool(database, plan.charset, loading=target.local_infile)
        self._preparation = Preparation(source, plan, target, workers)
        self._copier = SegmentCopier(source, self._pool, plan, target, workers=workers, keep=keep, advance=advance)
        self._settler = Settler(source, self._pool, self._copier)
        self._jobs: list[Job] = []
        self.views_refused: list[tuple[str, str]] = []
        self.triggers_refused: list[tuple[str, str]] = []

    @property
    def results(self) -> list[TableResult]:
        """How each table was copied."""
        return [job.result for job in self._jobs]

    @property
    def weight(self) -> int:
        """Bytes to copy in all, as the source estimates them."""
        return sum(table.bytes for table in self._plan.tables)

    def prepare(self) -> None:
        """Take up what an earlier run left, and make the missing tables.

        Raises RowTooLarge, SourceDataInvalid or DatabaseFull before anything of the site is made.
        """
        self._jobs = self._preparation.jobs()
        with self._pool.session() as connection:
            preparation.resume(connection, self._jobs)
            for job in self._jobs:
                rows = sum(page.rows for page in ledger.pages(connection, job.table.name)) if job.columns else 0
                job.credited = min(job.table.bytes, job.received)
                if rows:
                    self._advance(rows, job.credited)
        self._each([job for job in self._jobs if not job.columns], self._begin)

    def _begin(self, job: Job) -> None:
        with self._pool.session() as connection:
            preparation.begin(connection, job)

    def lanes(self) -> list[Lane[Any]]:
        """What copies all that is missing."""
        segments = [
            (job.table.bytes // len(job.entry.spans), Segment(job, number))
            for job in self._jobs
            for number in range(len(job.entry.spans))
        ]
        largest_first = [segment for _, segment in sorted(segments, key=lambda each: each[0], reverse=True)]
        return [Lane("tables", largest_first, self._copy, self._workers)]

    def _copy(self, segment: Segment) -> None:
        with _timed(segment.job):
            complete = self._copier.copy(segment)
        if complete:
            self._credit_rest(segment.job)
            self._each([segment.job], self._settler.add_keys)

    def _credit_rest(self, job: Job) -> None:
        with job.lock:
            rest, job.credited = job.table.bytes - job.credited, job.table.bytes
        self._advance(0, max(0, rest))

    def settle(self) -> list[dict[str, object]]:
        """Make the tables what they are at the source now; then views and triggers, which need all of them.

        Returns where URLs of the source are left. Raises VerificationFailed with the name of a table that is not as it
        was written.
        """
        found = dict[str, list[dict[str, object]]]()
        largest_first = sorted(self._jobs, key=lambda job: job.table.bytes, reverse=True)
        self._each(largest_first, lambda job: found.update({job.table.name: self._settle(job)}))
        there = {job.table.name for job in self._jobs if not job.result.vanished}
        with self._pool.session() as connection:
            self.views_refused = create_views(connection, self._plan.views)
            self.triggers_refused = create_triggers(connection, self._plan.catalogue.triggers, there)
        leftovers = [each for places in found.values() for each in places]
        return sorted(leftovers, key=lambda each: (str(each["table"]), str(each["column"])))

    def _settle(self, job: Job) -> list[dict[str, object]]:
        with _timed(job):
            self._settler.settle(job)
            return [] if job.result.vanished else self._check(job)

    def _check(self, job: Job) -> list[dict[str, object]]:
        plan = self._plan
        check = TableCheck(job.table, job.columns, plan.site.wordpress.prefix, plan.plain, plan.charset)
        with self._pool.session() as connection:
            written = ledger.written(ledger.pages(connection, job.table.name))
            digest, hits = check.scan(connection)
            if digest != written:
                raise VerificationFailed(
                    f"{job.table.name} in the clone is not as it was written:"
                    f" {digest.rows:,} rows, {written.rows:,} were sent."
                )
            return check.leftovers(connection) if hits else []

    def record_final(self, names: Collection[str]) -> None:
        """Note the digest of tables anew that the last step changed, for a comparison at any later time."""
        with self._pool.session() as connection:
            for job in self._jobs:
                name = job.table.name
                if name in names and not job.result.vanished:
                    digest = read_digest(connection, name, self._plan.charset)
                    ledger.mark(connection, name, "final", job.result.moved, digest)
        self._pool.close()

    def _each(self, jobs: list[Job], work: Callable[[Job], None]) -> None:
        """Do what may be done twice with every table, several at once, however often the database is lost."""

        def persistent(job: Job) -> None:
            for attempt in stamina.retry_context(on=DatabaseUnavailable, attempts=_ATTEMPTS, timeout=None):
                with attempt:
                    work(job)

        run_lanes(Lane("tables", jobs, persistent, self._workers))


@contextmanager
def _timed(job: Job) -> Iterator[None]:
    """Add the seconds of a block to a table's."""
    started = time.monotonic()
    try:
        yield
    finally:
        with job.lock:
            job.result.seconds += time.monotonic() - started
