"""`migrator verify`: hold a finished copy against the records that were made with it, at any later time.

Needs neither the source nor its key, and changes nothing: files against `_migrator_files`, tables against the digests
in `_migrator_tables`, both in the clone's own database.
"""

from pathlib import Path

from migrator.comparing import TableDifference, compare_tables
from migrator.errors import SettingsInvalid, VerificationFailed
from migrator.file_check import compare_files
from migrator.finalise.drop_ins import set_aside_places
from migrator.importing import account_of
from migrator.local.database import Database
from migrator.local.pool import Pool
from migrator.local.volume import Volume
from migrator.log import log, warn
from migrator.progress import read_report
from migrator.received import ReceivedFiles
from migrator.report import Report
from migrator.settings import CopySettings

_WORKERS = 2


def run_verify(settings: CopySettings) -> None:
    """See verify_copy."""
    verify_copy(Database(account_of(settings)), settings.site_root)


def verify_copy(database: Database, root: Path) -> None:
    """Compare everything; raises VerificationFailed if anything differs, SettingsInvalid if there is no copy."""
    report = read_report(database)
    if report is None:
        raise SettingsInvalid("There is no finished copy in this database.", code="NO_COPY")
    files = _files(root, database, report)
    tables, differing = compare_tables(database, _WORKERS)
    for difference in differing:
        warn("table differs", table=difference.name, written=difference.written, now=difference.now)
    log("verified", files=files[0], tables=tables, files_differing=files[1], tables_differing=len(differing))
    if files[1] or differing:
        raise VerificationFailed(_sentence(files[1], differing))


def _files(root: Path, database: Database, report: Report) -> tuple[int, int]:
    """How many files were compared, and how many differ."""
    pool = Pool(database, "utf8mb4")
    try:
        moved = set_aside_places(report.finalise.drop_ins_set_aside)
        verified = compare_files(Volume(root), ReceivedFiles(pool).all(), moved, lambda _n, _bytes: None)
    finally:
        pool.close()
    for place, difference in verified.differing:
        warn("file differs", file=place, difference=difference)
    return verified.digests, len(verified.differing)


def _sentence(files: int, tables: list[TableDifference]) -> str:
    return f"The copy is not as it was made: {files:,} files and {len(tables):,} tables differ."
