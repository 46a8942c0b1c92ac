"""The files of a run: what is there already, what has to come and whether it fits, fetching, what changed, checking.

Order of a start: the record of an earlier run is compared with the source's list and with what lies on disk; what is
missing is fetched; the source is listed again and what changed is fetched again; generated style sheets come last,
when nothing more can be fetched over them; then every file on disk is compared with the record.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any

from migrator.ends import SourceEnd
from migrator.errors import VerificationFailed
from migrator.fetching import Asking, CopyLog, Fetcher, answer_bytes, batches
from migrator.file_check import FilesVerified, compare_files
from migrator.generated_css import CssRewriter, is_generated_css
from migrator.large import LargeFiles
from migrator.local.database import Database
from migrator.local.partial import partial_name
from migrator.local.pool import Pool
from migrator.local.room import Need
from migrator.local.volume import Volume
from migrator.manifest import Entry, Manifest, read_manifest
from migrator.plan import Plan
from migrator.received import Received, ReceivedFiles
from migrator.workers import Lane, run_lanes


class FileSide:
    """The files of one run.

    Args:
        source: Where they come from.
        volume: Where they go; claimed.
        database: Where they are recorded.
        plan: What is to be copied.
        workers: Calls for files in flight.
        advance: Told (files, bytes) as they arrive, from several threads; and (files, 0) as they are verified.
    """

    def __init__(
        self,
        source: SourceEnd,
        volume: Volume,
        database: Database,
        plan: Plan,
        *,
        workers: int,
        advance: Callable[[int, int], None],
    ) -> None:
        self._source, self._volume, self._plan = source, volume, plan
        self._workers, self._advance = workers, advance
        self._pool = Pool(database, "utf8mb4")
        self._received = ReceivedFiles(self._pool)
        self._there = bytearray()  # by index in the manifest: 1 for what an earlier run has copied
        self._answer = answer_bytes(plan.manifest.size, workers)
        self.log = CopyLog()

    def prepare(self) -> None:
        """Find what an earlier run has copied; raises VolumeFull, with how much it needs, if the rest does not fit."""
        self._received.create()
        manifest = self._plan.manifest
        self._there, _ = self._compare(manifest, lambda file: file.may_be(self._volume.status(file.place)))
        sizes = [manifest.files.at(index).size for index, there in enumerate(self._there) if there]
        self.log.resumed = len(sizes)
        self._advance(len(sizes), sum(sizes))
        self._require_room(manifest)

    def lanes(self) -> list[Lane[Any]]:
        """The jobs that fetch what is missing: large files first, so that none is left over at the end."""
        manifest = self._plan.manifest
        large = (entry for entry in _missing(manifest, self._there) if entry.size > self._answer)
        small = (entry for entry in _missing(manifest, self._there) if entry.size <= self._answer)
        return [
            Lane(
                "files", batches(chain(large, small), self._answer), self._fetcher(self._advance).fetch, self._workers
            ),
            Lane("directories", sorted(manifest.directories), self._volume.make_directory, threads=1),
        ]

    def settle(self) -> Manifest:
        """List again, fetch what changed, remove what is gone, rewrite generated style sheets; returns the new list."""
        manifest = read_manifest(self._source, self._plan.layout, [name for name, _ in self._plan.site.roots_to_walk])
        there, gone = self._compare(manifest, lambda _: True)
        self._received.remove(gone)
        skipped = dict(self.log.skipped)
        wanted = [entry for entry in _missing(manifest, there) if entry.name not in skipped]
        fetcher = self._fetcher(lambda _files, _bytes: None)
        run_lanes(Lane("files", batches(wanted, self._answer), fetcher.fetch, self._workers))
        self.log.refetched, self.log.removed = len(wanted), self._volume.remove_others(manifest)
        css = CssRewriter(self._volume, self._received, self.log, self._plan.plain.replace)
        css.rewrite(self._tallied(manifest))
        return manifest

    def verify(self, moved: Mapping[bytes, bytes]) -> FilesVerified:
        """Compare every file on disk with the record; raises VerificationFailed.

        Args:
            moved: Where files were set aside: place → place now.
        """
        verified = compare_files(self._volume, self._received.all(), moved, lambda n, _: self._advance(n, 0))
        self._pool.close()
        if verified.differing:
            name, what = verified.differing[0]
            others = f" (and {len(verified.differing) - 1} others)" if len(verified.differing) > 1 else ""
            raise VerificationFailed(f"The file {name} in the clone is not as the source sent it: {what}{others}.")
        return verified

    def _fetcher(self, advance: Callable[[int, int], None]) -> Fetcher:
        asking = Asking(self._source, self.log, advance)
        large = LargeFiles(asking, self._volume, self._received, self._answer)
        return Fetcher(asking, self._volume, self._received, large, self._answer)

    def _compare(self, manifest: Manifest, trusted: Callable[[Received], bool]) -> tuple[bytearray, list[bytes]]:
        """Which files of a manifest are recorded as they are now, by index; and the places that it lacks."""
        there, gone = bytearray(len(manifest.files)), list[bytes]()
        for file in self._received.all():
            index = manifest.files.find(file.place)
            if index < 0:
                gone.append(file.place)
                continue
            entry = manifest.files.at(index)
            there[index] = file.steady and (file.size, file.mtime) == (entry.size, entry.mtime) and trusted(file)
        return there, gone

    def _require_room(self, manifest: Manifest) -> None:
        partials = self._volume.partials()
        names = {partial_name(e.place, e.size, e.mtime) for e in _missing(manifest, self._there)} if partials else set()
        for name in partials.keys() - names:
            self._volume.drop_partial(name)
        room = self._volume.room()
        need = Need(room.block)
        need.bytes -= sum(size for name, size in partials.items() if name in names)
        for entry in _missing(manifest, self._there):
            need.add(entry.size)
        for place in manifest.directories:
            if not self._volume.has_directory(place):
                need.add(room.block)
        room.require(need)

    def _tallied(self, manifest: Manifest) -> Iterator[Received]:
        """Count every file for the report; yields the generated style sheets among them."""
        for file in self._received.all():
            entry = manifest.files[file.place]
            files, size = self.log.classes.get(entry.root, (0, 0))
            self.log.classes[entry.root] = files + 1, size + file.size
            if not file.steady:
                self.log.unsteady.append(entry.name)
            if is_generated_css(file.place, self._plan.layout.uploads):
                yield file


def _missing(manifest: Manifest, there: bytearray) -> Iterator[Entry]:
    return (manifest.files.at(index) for index, copied in enumerate(there) if not copied)
