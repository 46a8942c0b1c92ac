"""Before rows are copied: what an earlier run has left, whether every row fits, and the tables that are to be filled.

Everything that can be refused is refused before anything of the site is made: definitions, row sizes.
"""

import hashlib
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from migrator import ledger
from migrator.ddl import WithoutKeys, adapt_table, without_secondary_keys
from migrator.ends import Digest, Measure, SourceEnd, Span
from migrator.keys import has_integer_key, spans
from migrator.ledger import TableEntry
from migrator.loads import row_too_large
from migrator.local.database import Connection, named
from migrator.local.digest import ClonedColumn, cloned_columns, read_digest
from migrator.plan import Plan
from migrator.schema import Target, remove_others, table_names
from migrator.site import Table
from migrator.tables import TableResult

LARGE = (
    16_777_216  # bytes from which on a table is cut into ranges, and gets its secondary keys when its rows are there
)
_BUCKET = 2_097_152  # bytes of a table without a key that are read at once, to begin with
_MOST_BUCKETS_AT_FIRST = 64
_AUTO_INCREMENT = re.compile(r" AUTO_INCREMENT=\d+", re.IGNORECASE)
_ENGINE = re.compile(r"\bENGINE\s*=\s*(\w+)", re.IGNORECASE)


@dataclass
class Job:
    """One table and what is known of its copy; shared by the threads that copy it.

    definition: What makes the table, and its secondary keys (ddl.keys). lacks_keys: They may have to be added yet.
    pages, moved: Written, and rows read again, in this run. received: Bytes so far; credited: those told as progress.
    """

    table: Table
    entry: TableEntry
    definition: WithoutKeys
    result: TableResult
    columns: list[ClonedColumn] = field(default_factory=list)
    open_segments: set[int] = field(default_factory=set)
    lacks_keys: bool = False
    vanished: bool = False
    pages: int = 0
    moved: int = 0
    received: int = 0
    credited: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def transactional(self) -> bool:
        """Whether rows and ledger change together."""
        engine = _ENGINE.search(self.definition.statement)
        return engine is None or engine[1].upper() == "INNODB"

    @property
    def by_range(self) -> bool:
        """Whether a range of rows can be read again by itself."""
        return self.transactional and has_integer_key(self.table)


class Preparation:
    """Makes jobs of a plan's tables.

    Args:
        workers: How many threads will copy.
    """

    def __init__(self, source: SourceEnd, plan: Plan, target: Target, workers: int) -> None:
        self._source = source
        self._plan = plan
        self._target = target
        self._workers = workers
        self._run = run_fingerprint(plan)

    def jobs(self) -> list[Job]:
        """A job for each table, not yet begun; raises RowTooLarge and SourceDataInvalid for what cannot be copied."""
        measures = self._measure()
        return [self._job(table, measures.get(table.name, Measure())) for table in self._plan.tables]

    def _measure(self) -> Mapping[str, Measure]:
        # Every table, for what a server says of its size lags behind; a small one is measured in no time.
        measures = self._source.measure([table.name for table in self._plan.tables])
        for name, measure in measures.items():
            if (measure.widest or 0) > self._target.max_allowed_packet:
                raise row_too_large(name, measure.widest or 0)
        return measures

    def _job(self, table: Table, measure: Measure) -> Job:
        adapted = adapt_table(table, self._target.dialect)
        result = TableResult(table.name, changes=adapted.changes)
        large = table.bytes > LARGE
        definition = without_secondary_keys(adapted.statement, table.name)
        definition = definition if large else WithoutKeys(adapted.statement, definition.keys)
        fingerprint = hashlib.sha256(_AUTO_INCREMENT.sub("", adapted.statement).encode("latin-1")).hexdigest()
        entry = TableEntry(
            table.name, self._run, fingerprint, self._plan.charset, "new", self._buckets(table), (Span(),)
        )
        job = Job(table, entry, definition, result, lacks_keys=large)
        job.entry = replace(entry, spans=tuple(self._spans(job, measure)))
        return job

    def _buckets(self, table: Table) -> int:
        return 1 if table.key else min(_MOST_BUCKETS_AT_FIRST, max(1, -(-table.bytes // _BUCKET)))

    def _spans(self, job: Job, measure: Measure) -> Sequence[Span]:
        table = job.table
        if not job.by_range or len(table.key or ()) != 1 or table.bytes <= LARGE:
            return [Span()]
        if measure.low is None or measure.high is None:
            return [Span()]
        return spans(measure.low, measure.high, min(2 * self._workers, -(-table.bytes // LARGE)))


def run_fingerprint(plan: Plan) -> str:
    """What rows were rewritten from and to: a run with another one cannot go on with them."""
    pairs = (plan.site.wordpress.home, plan.site.wordpress.prefix, plan.urls, plan.paths, plan.charset)
    return hashlib.sha256(repr(pairs).encode("utf-8", "surrogatepass")).hexdigest()


def resume(connection: Connection, jobs: Sequence[Job]) -> None:
    """Find out what of an earlier run can be kept, and remove everything else."""
    ledger.make(connection)
    known, there = ledger.entries(connection), table_names(connection)
    kept = {job.table.name for job in jobs if _is_kept(connection, job, known, there)}
    for name in set(known) - kept:
        ledger.forget(connection, name)
    connection.commit()
    remove_others(connection, kept)
    for job in jobs:
        if job.table.name in kept:
            _take_up(connection, job, known[job.table.name])
    connection.commit()


def _is_kept(connection: Connection, job: Job, known: Mapping[str, TableEntry], there: Mapping[str, str]) -> bool:
    entry = known.get(job.table.name)
    if entry is None or job.table.name not in there or entry.state == "new":
        return False
    if (entry.run, entry.definition) != (job.entry.run, job.entry.definition):
        return False
    if entry.state == "copying":
        return job.transactional or _is_complete(entry, ledger.pages(connection, entry.name))
    # What came after the rows were complete may have changed them: users, options.
    return entry.written == read_digest(connection, entry.name, entry.charset)


def _is_complete(entry: TableEntry, pages: Sequence[ledger.PageEntry]) -> bool:
    done = {page.segment for page in pages if page.done}
    return done == set(range(max(len(entry.spans), entry.buckets)))


def _take_up(connection: Connection, job: Job, entry: TableEntry) -> None:
    pages = ledger.pages(connection, entry.name)
    job.entry = replace(entry, state="copying", written=Digest())
    job.columns = cloned_columns(connection, entry.name)
    job.open_segments = set(range(max(len(entry.spans), entry.buckets))) - {page.segment for page in pages if page.done}
    job.received = sum(page.bytes for page in pages)
    job.lacks_keys = True
    ledger.mark(connection, entry.name, "copying", entry.moved)


def begin(connection: Connection, job: Job) -> None:
    """Make a table anew, empty; what is known of it is forgotten first, so that a crash in between is seen."""
    entry = job.entry
    ledger.begin(connection, entry)
    connection.commit()
    connection.run(named("DROP TABLE IF EXISTS {table}", table=entry.name), f"replacing {entry.name}")
    connection.run(job.definition.statement.encode("latin-1"), f"creating {entry.name}")
    ledger.mark(connection, entry.name, "copying", entry.moved)
    connection.commit()
    job.columns = cloned_columns(connection, entry.name)
    job.open_segments = set(range(max(len(entry.spans), entry.buckets)))
    job.received = 0
