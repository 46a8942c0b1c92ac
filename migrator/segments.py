"""Copy the rows of one segment: a range of a table's key, or a table without a key, bucket by bucket.

Each page is written in one transaction with its entry in the ledger. When the clone's database is lost on the way, a
new session asks the ledger what arrived (a commit whose outcome is unknown is then known) and goes on behind that.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial, reduce

from migrator import ledger
from migrator.ends import PAGE_BYTES, SourceEnd
from migrator.errors import DatabaseUnavailable, SourceRefused, SourceVanished
from migrator.keys import condition
from migrator.ledger import PageEntry, joined
from migrator.local.database import Connection, identifier
from migrator.local.pool import Pool
from migrator.page_writer import PageWriter
from migrator.plan import Plan
from migrator.preparation import Job, begin
from migrator.schema import Target
from migrator.withheld import Keep
from migrator.workers import end_if_stopped

_SMALLEST_PAGE = 262_144  # bytes
_PAGES = 50  # that a thread copies at least, but of the smallest databases: a kill costs each the one in its hands
_MOST_BUCKETS = 4_096
_MOST_FAILURES = 5  # of the clone's database without a page in between; each waits for it up to 45 s


@dataclass(frozen=True)
class Segment:
    """One job of a lane: a range of a table's key, by its number in the table's entry."""

    job: Job
    number: int


class SegmentCopier:
    """Copies segments from a source into the clone's database; used by several threads.

    Args:
        advance: Told (rows, share of the table's bytes) as they arrive.
        workers: How many threads copy: each may lose the page in its hands when the run is killed.
        keep: Where long values are kept until their page is written.
    """

    def __init__(
        self,
        source: SourceEnd,
        pool: Pool,
        plan: Plan,
        target: Target,
        *,
        workers: int,
        keep: Keep,
        advance: Callable[[int, int], None],
    ) -> None:
        self._pool = pool
        self._advance = advance
        whole = sum(table.bytes for table in plan.tables)
        budget = min(PAGE_BYTES, max(_SMALLEST_PAGE, whole // (_PAGES * workers)))
        self._writer = partial(PageWriter, source, plan, target, budget, keep)

    def copy(self, segment: Segment) -> bool:
        """Copy what is missing of a segment; returns whether the table's rows are complete with that.

        A table that the source dropped is marked as vanished.
        """
        job = segment.job
        if job.vanished or segment.number not in job.open_segments:
            return False
        try:
            self._persistently(job, lambda: self._segment(segment))
        except SourceVanished:
            job.vanished = True
            return False
        with job.lock:
            job.open_segments -= {segment.number} if job.table.key else job.open_segments
            return not job.open_segments

    def copy_all(self, job: Job) -> None:
        """Copy a table from nothing; raises SourceVanished."""
        with self._pool.session() as connection:
            begin(connection, job)
        for number in range(len(job.entry.spans)):
            self._persistently(job, partial(self._segment, Segment(job, number)))
        job.open_segments.clear()

    def copy_again(self, job: Job, page: PageEntry) -> int:
        """Replace the rows of a page by those that the source has in its range now; returns how many these are."""
        replaced = list[PageEntry]()
        self._persistently(job, lambda: replaced.append(self._replace(job, page)))
        return replaced[-1].rows

    def _persistently(self, job: Job, work: Callable[[], None]) -> None:
        """Do work again when the clone's database was lost, as long as it gets on."""
        failures, pages = 0, job.pages
        while True:
            try:
                work()
            except DatabaseUnavailable:
                failures, pages = (1 if job.pages > pages else failures + 1), job.pages
                if failures >= _MOST_FAILURES:
                    raise
                if not job.transactional:  # what arrived of the page is not known
                    with self._pool.session() as connection:
                        begin(connection, job)
            else:
                return

    def _segment(self, segment: Segment) -> None:
        with self._pool.session() as connection:
            if segment.job.table.key:
                self._range(connection, segment)
            else:
                self._buckets(connection, segment.job)

    def _range(self, connection: Connection, segment: Segment) -> None:
        job, number = segment.job, segment.number
        writer, span = self._writer(job), job.entry.spans[number]
        last = ledger.last_page(connection, job.table.name, number)
        while not job.vanished and not (last and last.done):
            end_if_stopped()
            start = PageEntry(number, last.page + 1, last.upto, None, None, False) if last else None
            start = start or PageEntry(number, 0, span.after, None, None, False)
            last = writer.copy(connection, start, span.upto)
            self._write(connection, job, last)
            writer.forget()

    def _buckets(self, connection: Connection, job: Job) -> None:
        writer = self._writer(job)
        there = {page.segment for page in ledger.pages(connection, job.table.name)}
        for bucket in sorted(set(range(job.entry.buckets)) - there):
            end_if_stopped()
            page = writer.copy_bucket(connection, bucket)
            if page is None:
                self._cut_smaller(connection, job)
                self._buckets(connection, job)
                return
            self._write(connection, job, page)

    def _cut_smaller(self, connection: Connection, job: Job) -> None:
        """The source cannot send a bucket at once: begin the table again with more of them."""
        if job.entry.buckets >= _MOST_BUCKETS:
            raise SourceRefused(
                f"The source cannot send the rows of {job.table.name}: there are too many without a key."
            )
        job.entry = replace(job.entry, buckets=min(_MOST_BUCKETS, 4 * job.entry.buckets))
        begin(connection, job)

    def _write(self, connection: Connection, job: Job, page: PageEntry) -> None:
        ledger.write_page(connection, job.table.name, page)
        connection.commit()
        with job.lock:
            job.pages += 1
            job.received += page.bytes
            share = max(0, min(job.table.bytes, job.received) - job.credited)
            job.credited += share
        self._advance(page.rows, share)

    def _replace(self, job: Job, page: PageEntry) -> PageEntry:
        writer = self._writer(job)
        with self._pool.session() as connection:
            parts = self._read_again(connection, job, writer, page)
            if len({part.longest for part in parts}) > 1:  # values had to be withheld half-way: one entry has one limit
                parts = self._read_again(connection, job, writer, page)
            whole = replace(reduce(joined, parts), after=page.after, upto=page.upto, done=page.done)
            ledger.write_page(connection, job.table.name, whole)
        writer.forget()
        job.pages += 1
        return whole

    def _read_again(self, connection: Connection, job: Job, writer: PageWriter, page: PageEntry) -> list[PageEntry]:
        """Replace the rows of a page; commits nothing."""
        delete = f"DELETE FROM {identifier(job.table.name)} WHERE {condition(job.table, page.span)}"  # noqa: S608
        connection.run(delete, f"rows of {job.table.name}")
        parts = [writer.copy(connection, page, page.upto)]
        while not parts[-1].done:
            parts.append(writer.copy(connection, replace(page, after=parts[-1].upto), page.upto))
        return parts
