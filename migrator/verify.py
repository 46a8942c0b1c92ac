"""Check what lies in the clone against what the source sent: every file's size and sha256, every table's rows.

A file that is not as it was sent ends the run. Rows that the source has more or fewer of by now are no fault of the
copy, because a live site goes on living: they are reported.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from migrator.ends import SourceEnd
from migrator.errors import VerificationFailed
from migrator.files import Copied
from migrator.local.volume import Volume
from migrator.tables import TableResult
from migrator.workers import Lane, run_lanes


@dataclass
class FilesVerified:
    """Files whose sha256 was compared, and those known only by size (they came with an earlier run)."""

    digests: int = 0
    sizes: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def verify_files(
    volume: Volume, copied: Mapping[bytes, Copied], moved: Mapping[bytes, bytes], advance: Callable[[int, int], None]
) -> FilesVerified:
    """Compare every file with what was received; raises VerificationFailed. `moved`: where files were set aside."""
    verified = FilesVerified()

    def check(item: tuple[bytes, Copied]) -> None:
        place, expected = item
        _check(volume, moved.get(place, place), expected)
        with verified.lock:
            verified.digests += expected.digest is not None
            verified.sizes += expected.digest is None
        advance(1, expected.size)

    run_lanes(Lane("verify", copied.items(), check, threads=2))
    return verified


def _check(volume: Volume, place: bytes, expected: Copied) -> None:
    status = volume.status(place)
    intact = status is not None and status[0] == expected.size
    if not intact or (expected.digest is not None and volume.digest(place) != expected.digest):
        name = place.decode("utf-8", "replace")
        raise VerificationFailed(f"The file {name} in the clone is not as the source sent it.")


def rows_moved(source: SourceEnd, results: list[TableResult]) -> dict[str, int]:
    """Rows that each table of the source has more (or fewer) now than were copied."""
    counts = source.count_rows([result.name for result in results])
    return {r.name: counts[r.name] - r.rows for r in results if counts.get(r.name, r.rows) != r.rows}
