"""Bodies as they come over the wire, inflated within a bound.

httpx would inflate a chunk as far as it goes, and encodings that are stacked one after the other, before anybody can
count: a thousand bytes become gigabytes. So we ask for plain answers, undo a single gzip of those who compress whatever
was asked for, and stop there.
"""

import zlib
from collections.abc import Iterable, Iterator

from api.domain.errors import SourceNotFound
from api.domain.refusals.front import AnswerEncoded, AnswerTooLarge

_COMPRESSED = ("gzip", "x-gzip", "deflate")
_BY_HEADER = zlib.MAX_WBITS | 32  # zlib tells gzip from its own format by the first bytes


def inflated(chunks: Iterable[bytes], encoding: str, limit: int) -> Iterator[bytes]:
    """Yield a body without its Content-Encoding; raises AnswerTooLarge beyond `limit` bytes, before or after inflating.

    AnswerEncoded for encodings other than one of gzip and deflate, SourceNotFound for damaged ones.
    """
    encodings = [name for part in encoding.split(",") if (name := part.strip().lower()) not in ("", "identity")]
    bounded = _bounded(chunks, limit)
    if not encodings:
        return bounded
    if len(encodings) > 1 or encodings[0] not in _COMPRESSED:
        raise AnswerEncoded
    return _bounded(_inflate(bounded, limit), limit)


def _bounded(chunks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    for chunk in chunks:
        limit -= len(chunk)
        if limit < 0:
            raise AnswerTooLarge
        yield chunk


def _inflate(chunks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    """Each piece is at most `limit` + 1 bytes: one that is longer than that is cut, and refused by its length."""
    stream = zlib.decompressobj(_BY_HEADER)
    for chunk in chunks:
        try:  # what follows the end belongs to nothing, but whoever reads has to count it and to look at the clock
            yield b"" if stream.eof else stream.decompress(chunk, limit + 1)
        except zlib.error as error:
            raise SourceNotFound("The source site's compressed answer is damaged.") from error
