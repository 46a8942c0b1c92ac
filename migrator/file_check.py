"""Compare the files of a clone with the record of what arrived: at the end of a run, or at any later time."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from migrator.errors import VolumeRefused
from migrator.local.volume import Volume
from migrator.received import Received
from migrator.workers import Lane, run_lanes

_THREADS = 2
Difference = Literal["missing", "changed", "unreadable"]


@dataclass
class FilesVerified:
    """Files whose sha256 was compared, and those that are not as they arrived: place as text, what is wrong."""

    digests: int = 0
    differing: list[tuple[str, Difference]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def compare_files(
    volume: Volume, files: Iterable[Received], moved: Mapping[bytes, bytes], advance: Callable[[int, int], None]
) -> FilesVerified:
    """Compare sha256 on disk with what arrived, or with what was written where URLs were replaced.

    Args:
        volume: The clone's directory.
        files: The record.
        moved: Where files were set aside: place → place now.
        advance: Told (files, bytes) as they are compared.
    """
    verified = FilesVerified()

    def check(file: Received) -> None:
        difference = _difference(volume, moved.get(file.place, file.place), file)
        with verified.lock:
            verified.digests += 1
            if difference is not None:
                verified.differing.append((file.name, difference))
        advance(1, file.size)

    run_lanes(Lane("verify", files, check, _THREADS))
    return verified


def _difference(volume: Volume, place: bytes, file: Received) -> Difference | None:
    size, digest = (file.written.size, file.written.digest) if file.written else (file.size, file.digest)
    status = volume.status(place)
    if status is None:
        return "missing"
    if status[0] != size:
        return "changed"
    try:
        return None if volume.digest(place) == digest else "changed"
    except VolumeRefused:
        return "unreadable"
