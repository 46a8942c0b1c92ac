"""Rewrite any value of a site's database: decides what a value is, and keeps an explicit stack while it goes inside.

A value that begins like PHP's serialize() must parse completely, else it is left as it is and counted. Anything else
is text: embedded length-prefixed strings are rewritten with their lengths, the rest in place.
"""

from dataclasses import dataclass

from migrator.rewrite.embedded import find_embedded, has_custom_objects
from migrator.rewrite.plain import PlainReplacer
from migrator.rewrite.serialized import NotSerialized, Part, PartKind, Walk, looks_serialized, walk

_WORK_LIMIT = 134_217_728  # bytes one value may make us look at, all nested values together; a hostile one nests on


@dataclass
class RewriteStatistics:
    """What happened to values so far."""

    values: int = 0  # values changed
    replacements: int = 0  # URLs and paths replaced
    unparsed: int = 0  # values left as they are because they do not parse

    def add(self, other: "RewriteStatistics") -> None:
        """Add another count to this one."""
        self.values += other.values
        self.replacements += other.replacements
        self.unparsed += other.unparsed


class Rewriter:
    """Rewrites values; one per thread, because it counts."""

    def __init__(self, plain: PlainReplacer) -> None:
        self._plain = plain
        self.statistics = RewriteStatistics()

    def may_hit(self, data: bytes) -> bool:
        """Whether any value inside `data` can need rewriting; a memory search."""
        return self._plain.may_hit(data.lower())

    def rewrite(self, value: bytes) -> bytes:
        """Return the value with every URL and path of the source replaced; the same object if there is none."""
        if not self._plain.may_hit(value.lower()):
            return value
        before = self.statistics.replacements
        new = self._run(value)
        if new == value:
            self.statistics.replacements = before
            return value
        self.statistics.values += 1
        return new

    def would_change(self, value: bytes) -> bool:
        """Whether a value holds a URL or path of the source, whatever its structure."""
        return self._plain.replace(value)[0] != value

    def _run(self, value: bytes) -> bytes:
        work = len(value)
        stack: list[tuple[Part, Walk]] = [self._open(Part(PartKind.STRING, value))]
        answer: bytes | None = None
        while True:
            part, walking = stack[-1]
            try:
                inner = next(walking) if answer is None else walking.send(answer)
                answer = None
            except StopIteration as end:
                answer = end.value
            except NotSerialized:
                self.statistics.unparsed += 1
                answer = part.data
            else:
                work += len(inner.data)
                if work > _WORK_LIMIT:
                    self.statistics.unparsed += 1
                    return value
                stack.append(self._open(inner))
                continue
            stack.pop()
            if not stack:
                return answer

    def _open(self, part: Part) -> tuple[Part, Walk]:
        if part.kind is PartKind.STRING and looks_serialized(part.data):
            return part, walk(part.data, self._plain.anchor_positions(part.data.lower()))
        return part, self._text(part)

    def _text(self, part: Part) -> Walk:
        data, pieces, done = part.data, list[bytes](), 0
        if has_custom_objects(data):
            return self._left_alone(data)
        for found in find_embedded(data):
            if self._plain.may_hit(found.payload.lower()):
                pieces.append(self._outside(data[done : found.start], part.kind))
                if found.styles is None:
                    pieces.append(self._left_alone(data[found.start : found.end]))
                else:
                    pieces.append(found.encode((yield Part(PartKind.STRING, found.payload))))
                done = found.end
        return b"".join([*pieces, self._outside(data[done:], part.kind)])

    def _outside(self, data: bytes, kind: PartKind) -> bytes:
        """Text outside embedded strings. A custom-serialized payload may hold lengths we do not know: left alone."""
        if kind is PartKind.CUSTOM:
            return self._left_alone(data)
        new, hits = self._plain.replace(data)
        self.statistics.replacements += hits
        return new

    def _left_alone(self, data: bytes) -> bytes:
        self.statistics.unparsed += 1 if self.would_change(data) else 0
        return data
