"""Rows as lines: the format in which they travel and which LOAD DATA reads (docs/protocol.md, `db.rows`).

Values are joined by TAB and a row ends in LF; inside a value a backslash is written `\\\\`, TAB `\\t`, LF `\\n`; NULL
is `\\N`; `\\L<length>:<CRC32>` stands for a value that was withheld because it is long. Nothing else is escaped. So
a TAB or an LF always separates, and a backslash with `N` or `L` behind it at the start of a value is never data.
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from migrator.ends import Digest
from migrator.errors import SourceDataInvalid

NULL = b"\\N"
_CHUNK = 1_048_576  # bytes of a line that are held a second time
_LARGE = 8_388_608  # bytes of a page; larger ones hold a large row
_WITHHOLDS = re.compile(rb"\\L(?<=[\t\n]\\L)")  # begins with what it looks for: faster than any search for bytes
_WITHHELD = re.compile(rb"\\L(\d{1,20}):(\d{1,10})")


@dataclass(frozen=True)
class Withheld:
    """What is known of a value that is not in its line: its bytes and their CRC32."""

    length: int
    crc: int


def escape(value: bytes | None) -> bytes:
    """A value as it stands in a line."""
    if value is None:
        return NULL
    return value.replace(b"\\", b"\\\\").replace(b"\t", b"\\t").replace(b"\n", b"\\n")


def unescape(written: bytes) -> bytes | None:
    """The value that stands in a line; None for NULL."""
    if b"\\" not in written:
        return written
    if written == NULL:
        return None
    return _bare(written) if len(written) <= _CHUNK else b"".join(map(_bare, _chunks(written)))


def _chunks(written: bytes) -> Iterator[bytes]:
    """Parts of a value or line that cut no escape: what has many of them takes several times its size at once."""
    start = 0
    while start < len(written):
        chunk = written[start : start + _CHUNK]
        if (len(chunk) - len(chunk.rstrip(b"\\"))) % 2:  # an escape begins at its end
            chunk = written[start : start + _CHUNK + 1]
        yield chunk
        start += len(chunk)


def _bare(written: bytes) -> bytes:
    """A value or a line without its escapes; what stands for NULL or a withheld value stays."""
    if b"\0" not in written:  # then it can stand for an escaped backslash meanwhile
        bare = written.replace(b"\\\\", b"\0").replace(b"\\t", b"\t").replace(b"\\n", b"\n")
        return bare.replace(b"\0", b"\\")
    parts = written.split(b"\\\\")  # from the left: where an escaped backslash begins is never in doubt
    return b"\\".join([part.replace(b"\\t", b"\t").replace(b"\\n", b"\n") for part in parts])


def withheld(written: bytes) -> Withheld | None:
    """What stands for a value that was withheld; None if it is there."""
    if not written.startswith(b"\\L"):
        return None
    found = _WITHHELD.fullmatch(written)
    if found is None:
        raise SourceDataInvalid("The source sent a row that cannot be read.")
    return Withheld(int(found[1]), int(found[2]))


def withholds(lines: bytes) -> bool:
    """Whether a value is missing in a page."""
    return lines.startswith(b"\\L") or _WITHHOLDS.search(lines) is not None


def rows_of(lines: bytes) -> list[bytes]:
    """The lines of a page, without LF."""
    return lines[:-1].split(b"\n") if lines else []


def fingerprint(row: bytes) -> int:
    """The CRC32 of a line without its escapes: servers take long to escape, and need not for a comparison."""
    if b"\\" not in row:
        return zlib.crc32(row)
    if len(row) <= _CHUNK:
        return zlib.crc32(_bare(row))
    crc = 0
    for chunk in _chunks(row):
        crc = zlib.crc32(_bare(chunk), crc)
    return crc


def digest(lines: bytes) -> Digest:
    """The digest of a page, as the source's server computes it."""
    rows = lines.split(b"\n")  # what is behind the last LF is empty, and so is its CRC32
    if len(lines) > _LARGE:
        return Digest(len(rows) - 1, sum(map(fingerprint, rows)))
    bare = [_bare(row) if b"\\" in row else row for row in rows] if b"\\" in lines else rows
    return Digest(len(rows) - 1, sum(map(zlib.crc32, bare)))


def digest_of(rows: Sequence[bytes]) -> Digest:
    """The digest of single lines without LF."""
    return Digest(len(rows), sum(map(fingerprint, rows)))


def without(row: bytes, left_out: Sequence[int]) -> bytes:
    """A line without some of its values, by ascending index."""
    values = row.split(b"\t")
    for index in reversed(left_out):
        del values[index]
    return b"\t".join(values)
