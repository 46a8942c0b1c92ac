"""Style sheets that page builders generate below uploads, and the URLs in them.

Elementor, Divi, Beaver Builder and others write a site's own URL into files there: pictures and fonts would be fetched
from the source. Theirs are the only files in which anything is replaced.

Order: what will be written is recorded first, then the file. So a run that is killed in between leaves a file that is
either the source's or the one to be, and the next one can tell which: nothing is replaced twice.
"""

import hashlib
from collections.abc import Callable, Iterable

from migrator.fetching import CopyLog
from migrator.local.volume import Volume
from migrator.received import Received, ReceivedFiles, Written
from migrator.workers import Lane, run_lanes

_LARGEST = 8_388_608  # bytes; generated ones have some hundred KiB
_THREADS = 2


def is_generated_css(place: bytes, uploads: str) -> bool:
    """Whether a page builder may have generated the file at a place."""
    return place.startswith(uploads.encode() + b"/") and place.lower().endswith(b".css")


class CssRewriter:
    """Replaces URLs in style sheets that lie in their places.

    Args:
        replace: Gives bytes with all URLs replaced, and how many there were.
    """

    def __init__(
        self, volume: Volume, received: ReceivedFiles, log: CopyLog, replace: Callable[[bytes], tuple[bytes, int]]
    ) -> None:
        self._volume = volume
        self._received = received
        self._log = log
        self._replace = replace

    def rewrite(self, files: Iterable[Received]) -> None:
        """Rewrite those of the files that hold a URL of the source. May be repeated."""
        small = (file for file in files if file.size <= _LARGEST)
        run_lanes(Lane("css", small, self._rewrite, _THREADS))

    def _rewrite(self, file: Received) -> None:
        data = self._volume.read(file.place)
        if hashlib.sha256(data).digest() == file.digest:
            new, hits = self._replace(data)
            file = file._replace(written=Written(len(new), hashlib.sha256(new).digest(), hits) if hits else None)
            if hits:
                self._received.add([file])
                self._volume.put(file.place, new, file.mtime)
        if file.written is not None:
            with self._log.lock:
                self._log.css_files += 1
                self._log.css_replacements += file.written.replacements
