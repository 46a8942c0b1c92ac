"""Files as sites have them: WordPress itself, and one for each thing that copies of files get wrong."""

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.engine.rendering import Address
from tests.engine.web import PHP_USER

AGENT = Path(__file__).resolve().parents[2] / "wordpress-target-image" / "plugin" / "custom-migrator"
OLD = 1_500_000_000  # the files' time, unix seconds
UPLOADS = b"wp-content/uploads/2026/11/"
CSS = b"wp-content/uploads/elementor/css/post-7.css"
#: Drop-ins, which a clone has in a folder of their own.
DROP_IN = b"wp-content/advanced-cache.php"
SET_ASIDE = b"wp-content/set-aside-by-clone/advanced-cache.php"
MODIFIED = b"wp-includes/functions.php"
NOT_COPIED = (b"wp-config.php", b".htaccess", b"wp-content/cache/page.html", b"wp-content/uploads/updraft/backup.zip")
UNREADABLE = UPLOADS + b"unreadable.txt"


@dataclass(frozen=True)
class FileState:
    """What is compared of a file: sha256 of its bytes, its size, and its time in seconds (None: any)."""

    digest: str
    size: int
    mtime: int | None


def state(data: bytes, mtime: int | None = OLD) -> FileState:
    """The state of a file with these bytes."""
    return FileState(hashlib.sha256(data).hexdigest(), len(data), mtime)


def own_files() -> dict[bytes, bytes]:
    """Files that are the same in a copy."""
    noise = hashlib.shake_256(b"noise").digest(6_000_000)
    files = {
        UPLOADS + b"line\nbreak.txt": b"1",
        UPLOADS + "größe 🌳.jpg".encode(): b"2",
        UPLOADS + b"not-utf8-\xff\xfe.txt": b"3",
        UPLOADS + b"n" * 251 + b".txt": b"4",
        UPLOADS + "ü".encode() * 125 + b".txt": b"5",
        UPLOADS + b"empty.txt": b"",
        UPLOADS + b"a%20b #?&'\"\\.txt": b"6",
        UPLOADS + b"large.bin": noise,
        UPLOADS + b"larger.bin": noise + noise[::-1] + noise[:1_234_567],
        b"wp-content/uploads/.htaccess": b"Options -Indexes\n",
        b"wp-content/themes/twentytwentyfive/cache/kept.txt": b"a cache only by name",
        b".well-known/security.txt": b"Contact: mailto:x@source.test\n",
        b"0": b"zero",
    }
    return files | {b"wp-content/uploads/small/%d.txt" % n: b"%d" % n * (n % 200) for n in range(400)}


def css(address: Address) -> bytes:
    """A stylesheet that a page builder generated."""
    return (
        f".a{{background:url({address.home}/wp-content/uploads/b.png)}}\n"
        f".b{{background:url('{address.bare}/c.png')}} /* {address.source}.au */\n"
    ).encode()


class SiteFiles:
    """The files of one site.

    Args:
        core: WordPress, to be linked into the site.
        root: The site's folder on this machine.
        inside: The same folder as PHP sees it.
    """

    def __init__(self, core: Path, root: Path, inside: str) -> None:
        self._core = core
        self._root = root
        self._inside = inside

    def write(self, address: Address, configuration: str, extra: Mapping[bytes, bytes]) -> None:
        """Fill the folder, which is not there yet."""
        shutil.copytree(self._core, self._root, copy_function=os.link)
        for path, data in {**own_files(), **extra}.items():
            self.put(path, data)
        self.put(CSS, css(address))
        self.put(DROP_IN, b"<?php\n")
        self.put(MODIFIED, self._modified())
        for path in NOT_COPIED:
            self.put(path, b"left out")
        self.put(b"wp-config.php", configuration.encode())
        shutil.copytree(AGENT, self._root / "wp-content/plugins/custom-migrator")
        self._links()
        self._own()

    def put(self, path: bytes, data: bytes, mtime: int = OLD) -> None:
        """Write one file as its own, not into what it may be linked to."""
        file = self._place(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.write_bytes(data)
        os.utime(file, (mtime, mtime))
        os.chown(file, PHP_USER, PHP_USER)

    def expected(self, address: Address, extra: Mapping[bytes, bytes]) -> dict[bytes, FileState]:
        """What a copy at this address holds, but for its wp-config.php."""
        files = dict(tree(self._core))
        files |= {path: state(data) for path, data in {**own_files(), **extra}.items()}
        files |= {CSS: state(css(address), None), SET_ASIDE: state(b"<?php\n"), MODIFIED: state(self._modified())}
        files[b"wp-content/uploads/linked.txt"] = state(b"4")
        return files

    def _modified(self) -> bytes:
        return (self._core / os.fsdecode(MODIFIED)).read_bytes() + b"\n// changed by the site's owner\n"

    def _links(self) -> None:
        """A link to a file of the site, a loop, and a link to a file of the host's."""
        self._place(b"wp-content/uploads/linked.txt").symlink_to(b"2026/11/" + b"n" * 251 + b".txt")
        self._place(b"wp-content/uploads/loop").symlink_to(b"../uploads")
        self._place(b"wp-content/uploads/passwd.txt").symlink_to(b"/etc/passwd")

    def _own(self) -> None:
        """Everything that is not shared belongs to the user that PHP runs as, but one file."""
        for folder, _, files in os.walk(self._root):
            os.chown(folder, PHP_USER, PHP_USER)
            for name in files:
                if os.lstat(os.path.join(folder, name)).st_nlink == 1:  # noqa: PTH118 - names need not be UTF-8
                    os.chown(os.path.join(folder, name), PHP_USER, PHP_USER, follow_symlinks=False)  # noqa: PTH118
        self.put(UNREADABLE, b"secret")
        os.chown(self._place(UNREADABLE), 0, 0)
        self._place(UNREADABLE).chmod(0o600)

    def _place(self, path: bytes) -> Path:
        return self._root / os.fsdecode(path)


def tree(root: Path) -> Iterator[tuple[bytes, FileState]]:
    """Every file below a folder."""
    for folder, _, files in os.walk(os.fsencode(root)):
        for name in files:
            place = os.path.join(folder, name)  # noqa: PTH118 - names need not be UTF-8
            found = os.lstat(place)
            with open(place, "rb") as opened:  # noqa: PTH123
                digest = hashlib.file_digest(opened, "sha256").hexdigest()
            yield os.path.relpath(place, os.fsencode(root)), FileState(digest, found.st_size, int(found.st_mtime))
