"""Rewrite any value of a site's database: decides what a value is, and keeps an explicit stack while it goes inside.

A value that begins like PHP's serialize() must parse completely, else it is left as it is and counted. Anything else
is text: embedded length-prefixed strings are rewritten with their lengths, page builders' base64 inside, the rest in
place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from migrator.rewrite.containers import find_containers, may_hold_container, whole_container
from migrator.rewrite.embedded import find_embedded, has_custom_objects
from migrator.rewrite.grammar import LENGTH_PREFIX, looks_serialized
from migrator.rewrite.lengths import replace_spans
from migrator.rewrite.literal import spans_of
from migrator.rewrite.plain import PlainReplacer
from migrator.rewrite.serialized import NotSerialized, Part, PartKind, Walk, walk

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
        """Whether a value can need rewriting; a memory search."""
        return self._plain.may_hit(data.lower())

    def rewrite(self, value: bytes) -> bytes:
        """Return the value with every URL and path of the source replaced; the same object if there is none."""
        lowered = value.lower()
        if not self._plain.may_hit(lowered):
            return value
        before = self.statistics.replacements
        new = self._in_place(value, lowered)
        if new is None:
            new = self._lengthened(value, lowered)
        if new is None:
            del lowered  # a value may be large, and is copied often enough below
            new = self._inside(value)
        if new == value:
            self.statistics.replacements = before
            return value
        self.statistics.values += 1
        return new

    def rewrite_lines(self, page: bytes) -> Iterator[tuple[int, int, bytes | None]]:
        """Rewrite whole lines of a page of which every value may be rewritten (see PlainReplacer.lines_with_hits).

        Yields start, end and what the line becomes for each line that may need it; None instead where something may
        carry a length, be base64 or be written in a rare way: then each value of the line must go through `rewrite`.
        """
        lowered, find_literal = page.lower(), self._plain.find_literal
        for start, end, more in self._plain.search(page, lowered):
            found = None if more else find_literal(page, lowered, start, end)
            yield start, end, found and self._line(page[start:end], *found)

    def _line(self, line: bytes, old: bytes, new: bytes, times: int) -> bytes | None:
        """A line whose URLs are all written as one literal; None if that is not all there is to know."""
        if LENGTH_PREFIX.search(line) is None:
            changed = line.replace(old, new)
        elif b"\\" in line:
            return None  # escaped, so that lengths are not those of what stands here
        else:
            hit = line.find(old)
            begin, end = line.rfind(b"\t", 0, hit) + 1, line.find(b"\t", hit)
            value = line[begin:] if end < 0 else line[begin:end]
            spans = spans_of(value, old, new)
            replaced = replace_spans(value, spans) if len(spans) == times else None
            if replaced is None:
                return None
            changed = line[:begin] + replaced + line[begin + len(value) :]
        if changed != line:
            self.statistics.replacements += times
            self.statistics.values += 1
        return changed

    def would_change(self, value: bytes) -> bool:
        """Whether a value holds a URL or path of the source, whatever its structure."""
        return self._plain.replace(value, value.lower())[0] != value

    def _in_place(self, text: bytes, lowered: bytes) -> bytes | None:
        marked = b'"' in text or b"{" in text or b"[" in text or text.startswith(b"YTo")
        if marked and (LENGTH_PREFIX.search(text) or may_hold_container(text, lowered)):
            return None
        new, hits = self._plain.replace(text, lowered)
        self.statistics.replacements += hits
        return new

    def _lengthened(self, value: bytes, lowered: bytes) -> bytes | None:
        spans = self._plain.spans(value, lowered) if looks_serialized(value) else None
        new = replace_spans(value, spans) if spans else None
        self.statistics.replacements += len(spans) if spans and new is not None else 0
        return new

    def _shortcut(self, text: bytes) -> bytes | None:
        lowered = text.lower()
        return self._in_place(text, lowered) if self._plain.may_hit(lowered) else text

    def _inside(self, value: bytes) -> bytes:
        container = whole_container(value)
        if container:
            return container.encode(self._run(container.payload))
        return self._run(value)

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
            return part, walk(part.data, self._plain.hits(part.data.lower()), self._shortcut)
        return part, self._text(part)

    def _text(self, part: Part) -> Walk:
        data, out, done = part.data, BytesIO(), 0
        if has_custom_objects(data):
            return self._left_alone(data)
        for found in find_embedded(data):
            if self.may_hit(found.payload):
                out.write((yield from self._outside(data[done : found.start], part.kind)))
                if found.styles is None:
                    out.write(self._left_alone(data[found.start : found.end]))
                else:
                    out.write(found.encode((yield Part(PartKind.STRING, found.payload))))
                done = found.end
        rest = yield from self._outside(data[done:], part.kind)
        if not done:
            return rest
        out.write(rest)
        return out.getvalue()

    def _outside(self, data: bytes, kind: PartKind) -> Walk:
        """Text outside embedded strings. A custom-serialized payload may hold lengths we do not know: left alone."""
        if kind is PartKind.CUSTOM:
            return self._left_alone(data)
        pieces, done = list[bytes](), 0
        for container in find_containers(data):
            if self.may_hit(container.payload):
                inside = yield Part(PartKind.STRING, container.payload)
                if inside != container.payload:
                    pieces += [self._replaced(data[done : container.start]), container.encode(inside)]
                    done = container.end
        rest = self._replaced(data[done:])
        return b"".join([*pieces, rest]) if pieces else rest

    def _replaced(self, data: bytes) -> bytes:
        new, hits = self._plain.replace(data, data.lower())
        self.statistics.replacements += hits
        return new

    def _left_alone(self, data: bytes) -> bytes:
        self.statistics.unparsed += 1 if self.would_change(data) else 0
        return data
