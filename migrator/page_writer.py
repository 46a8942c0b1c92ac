"""One page after another: read from the source, rewritten, written into the clone; what becomes its ledger entry."""

from dataclasses import replace

from migrator.ends import SHORTEST_LONGEST_VALUE, Key, RowPage, RowQuery, SourceEnd, Span
from migrator.errors import RowTooLarge, SourceFailed
from migrator.inserts import PACKET_OVERHEAD
from migrator.ledger import PageEntry
from migrator.loads import Loader
from migrator.local.database import Connection
from migrator.local.digest import is_comparable
from migrator.local.kept import KeptValue
from migrator.plan import Plan
from migrator.preparation import Job
from migrator.schema import Target
from migrator.tables import PageRewriter, RewrittenPage
from migrator.withheld import Fetcher, Keep, RowChanged

_MOST_CHANGES = 20  # of rows with long values while these are fetched


class PageWriter:
    """Reads and writes pages of one table; for one thread.

    Args:
        budget: Bytes of a page.
        keep: Where long values are kept until their page is written.
    """

    def __init__(self, source: SourceEnd, plan: Plan, target: Target, budget: int, keep: Keep, job: Job) -> None:
        self._source = source
        self._keep = keep
        self._kept = list[KeptValue]()
        self._largest = target.max_allowed_packet - PACKET_OVERHEAD
        self._query = RowQuery(job.table, budget=budget, buckets=job.entry.buckets)
        incomparable = {column.name for column in job.columns if not is_comparable(column.kind)}
        self._rewriter = PageRewriter(job.table, plan.site.wordpress.prefix, plan.plain, incomparable)
        self._loader = Loader(job.table, job.columns, plan.charset, target, job.result.warnings)

    def copy(self, connection: Connection, place: PageEntry, upto: Key | None) -> PageEntry:
        """Copy the first rows behind a place up to a key; commits nothing."""
        self._query = replace(self._query, span=Span(place.after, upto))
        page, rewritten = self._read()
        entry = replace(place, upto=upto if page.done else page.last, last=page.last, done=page.done)
        return self._write(connection, entry, page, rewritten)

    def copy_bucket(self, connection: Connection, bucket: int) -> PageEntry | None:
        """Copy all rows of a bucket; None, and nothing written, if the source cannot send them at once."""
        self._query = replace(self._query, bucket=bucket)
        page, rewritten = self._read()
        if not page.done:
            return None
        return self._write(connection, PageEntry(bucket, 0, None, None, None, done=True), page, rewritten)

    def forget(self) -> None:
        """What was written is committed: long values are needed no more."""
        while self._kept:
            self._kept.pop().drop()

    def _read(self) -> tuple[RowPage, RewrittenPage]:
        for _ in range(_MOST_CHANGES):
            page = self._page()
            fetcher = Fetcher(self._source, self._query, page.lines, self._largest, self._keep)
            try:
                return page, self._rewriter.rewrite(page, fetcher.fill)
            except RowChanged:
                continue
            finally:
                self._kept += fetcher.kept
        raise SourceFailed(f"Rows of {self._query.table.name} change faster than they can be read.")

    def _page(self) -> RowPage:
        """The next page; without long values where the source's server cannot put a row together with them."""
        try:
            return self._source.read_rows(self._query)
        except RowTooLarge:
            if not self._query.table.key or self._query.longest <= SHORTEST_LONGEST_VALUE:
                raise
        self._query = replace(self._query, longest=SHORTEST_LONGEST_VALUE)
        return self._source.read_rows(self._query)

    def _write(self, connection: Connection, place: PageEntry, page: RowPage, rewritten: RewrittenPage) -> PageEntry:
        arrived = self._loader.write(connection, rewritten.lines)
        return replace(
            place,
            longest=self._query.longest,
            skipped=page.rows - arrived,
            rows=page.rows,
            source=rewritten.source.total,
            written=rewritten.written.total,
            bytes=len(page.lines),
            values=rewritten.statistics.values,
            replacements=rewritten.statistics.replacements,
            unparsed=rewritten.statistics.unparsed,
            binary_hits=rewritten.binary_hits,
        )
