"""Files of the benchmarks' site: as many, and as large, as a site's uploads are."""

import os
from pathlib import Path

from tests.engine.web import PHP_USER

#: Of the full size, WordPress's own files among them.
FILES, BYTES = 12_000, 1_000_000_000
_POOL = 16 * 1024 * 1024
_LARGE, _LARGE_BYTES = 10, 10_000_000  # some archives and films
_MIB = 1024 * 1024


def add_pictures(root: Path, scale: float) -> int:
    """Fill wp-content/uploads so that the site has its number of files and bytes; gives the bytes in all."""
    present = [path.stat().st_size for path in root.rglob("*") if path.is_file()]
    count = max(100, round(FILES * scale) - len(present))
    room = max(10_000_000, round(BYTES * scale) - sum(present))
    large = round(_LARGE * scale)
    average = (room - large * _LARGE_BYTES) // count
    pool = memoryview(os.urandom(_POOL))
    for number in range(count):
        # From a tenth of the average to nearly twice as much, evenly.
        size = average // 10 + average * 9 // 5 * (number * 7_919 % 1_000) // 1_000
        _write(root, number, pool, size)
    for number in range(count, count + large):
        _write(root, number, pool, _LARGE_BYTES)
    return sum(path.stat().st_size for path in root.rglob("*") if path.is_file())


def add_films(root: Path, total: int) -> None:
    """Add files of 100 MiB, of real bytes, until they are `total` bytes."""
    block = os.urandom(_MIB)
    folder = root / "wp-content/uploads/films"
    folder.mkdir(parents=True)
    os.chown(folder, PHP_USER, PHP_USER)
    for number in range(total // (100 * _MIB)):
        with (folder / f"{number}.mp4").open("wb") as film:
            for part in range(100):
                film.write(b"%8d" % (number * 100 + part) + block[8:])


def _write(root: Path, number: int, pool: memoryview, size: int) -> None:
    file = root / f"wp-content/uploads/{2010 + number % 16}/{number % 12 + 1:02}/picture-{number}.jpg"
    if not file.parent.is_dir():
        file.parent.mkdir(parents=True)
    start = number * 65_537 % (_POOL - size) if size < _POOL else 0
    file.write_bytes(pool[start : start + size])
