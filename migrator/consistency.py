"""Make a table what it is at the source now, although it was read in pieces while the site went on.

The source's server digests the range of each page; where that is not what was read, the range moved and is read again.
A row that is there throughout lies in exactly one range, so it can be neither lost nor doubled.
"""

from collections.abc import Iterator
from itertools import groupby

from migrator import ledger
from migrator.ddl import additions
from migrator.ends import Digest, SourceEnd, Span
from migrator.errors import SourceVanished, VerificationFailed
from migrator.ledger import PageEntry
from migrator.local.database import named, text_of
from migrator.local.pool import Pool
from migrator.preparation import Job
from migrator.rewrite import RewriteStatistics
from migrator.segments import SegmentCopier

_ROUNDS = 3  # of reading again what moved
_MORE_ROUNDS = 3  # where rows are still in each other's way: each round lets at least one of them through


class Settler:
    """Settles tables, one after another in each thread."""

    def __init__(self, source: SourceEnd, pool: Pool, copier: SegmentCopier) -> None:
        self._source = source
        self._pool = pool
        self._copier = copier

    def settle(self, job: Job) -> None:
        """Read again what moved, add the keys that are missing, note the table as complete."""
        try:
            if not job.vanished:
                self._follow(job)
        except SourceVanished:
            job.vanished = True
        if job.vanished:
            self._drop(job)
            return
        self.add_keys(job)
        with self._pool.session() as connection:
            pages = ledger.pages(connection, job.table.name)
            ledger.mark(connection, job.table.name, "settled", job.entry.moved + job.moved, ledger.written(pages))
        _fill(job, pages)

    def add_keys(self, job: Job) -> None:
        """Add the secondary keys that the table does not have yet."""
        if not job.lacks_keys or not job.definition.keys:
            return
        with self._pool.session() as connection:
            query = named("SHOW INDEX FROM {table}", table=job.table.name)
            there = {text_of(row[2]) for row in connection.rows(query, f"looking at {job.table.name}")}
            missing = {name: key for name, key in job.definition.keys.items() if name not in there}
            for statement in additions(job.table.name, missing):
                connection.run(statement.encode("latin-1"), f"adding keys to {job.table.name}")
        job.lacks_keys = False

    def _follow(self, job: Job) -> None:
        for number in range(_ROUNDS + _MORE_ROUNDS):
            moved = self._moved(job)
            in_the_way = any(page.skipped for page in moved)
            job.result.still_moving = bool(moved)
            if not moved or (number >= _ROUNDS and not in_the_way):
                return
            self._read_again(job, moved)
        if any(page.skipped for page in self._moved(job)):
            raise VerificationFailed(f"Rows of {job.table.name} are unique at the source, but not in the clone.")

    def _moved(self, job: Job) -> list[PageEntry]:
        with self._pool.session() as connection:
            pages = ledger.pages(connection, job.table.name)
        if not job.table.key:
            found = self._source.bucket_digests(job.table, job.entry.buckets)
            return [page for page in pages if page.skipped or page.digest != found[page.segment]]
        return [page for page, found in self._digests(job, pages) if page.skipped or page.digest != found]

    def _digests(self, job: Job, pages: list[PageEntry]) -> Iterator[tuple[PageEntry, Digest]]:
        def limit(page: PageEntry) -> int:
            return page.longest

        for longest, group in groupby(sorted(pages, key=limit), key=limit):
            alike = list(group)
            spans = [Span(page.after, page.upto) for page in alike]
            yield from zip(alike, self._source.digests(job.table, spans, longest), strict=True)

    def _read_again(self, job: Job, moved: list[PageEntry]) -> None:
        if job.by_range:
            job.moved += sum(self._copier.copy_again(job, page) for page in moved)
        else:
            job.lacks_keys = True
            self._copier.copy_all(job)
            with self._pool.session() as connection:
                job.moved += ledger.written(ledger.pages(connection, job.table.name)).rows

    def _drop(self, job: Job) -> None:
        with self._pool.session() as connection:
            ledger.forget(connection, job.table.name)
            connection.commit()
            connection.run(named("DROP TABLE IF EXISTS {table}", table=job.table.name), f"removing {job.table.name}")
        job.result.vanished = True


def _fill(job: Job, pages: list[PageEntry]) -> None:
    """Tell the result what the ledger knows, earlier runs included."""
    result = job.result
    result.rows, result.bytes = sum(page.rows for page in pages), sum(page.bytes for page in pages)
    values, replacements = sum(page.values for page in pages), sum(page.replacements for page in pages)
    result.rewritten = RewriteStatistics(values, replacements, sum(page.unparsed for page in pages))
    result.binary_hits = sum(page.binary_hits for page in pages)
    result.last_key = next((page.last for page in reversed(pages) if page.last), None)
    result.digest = str(sum(page.source for page in pages))
    result.moved = job.entry.moved + job.moved
