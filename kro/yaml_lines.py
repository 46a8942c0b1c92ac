"""Where in a YAML file a field stands, for messages that editors can jump to."""

from __future__ import annotations

import re

import yaml


def line_of(node: yaml.Node | None, path: str) -> int:
    """Return the line (from 1) of the deepest node on `path` that the document has.

    The path is written as API servers do: `spec.rules[0].host`, `metadata.annotations[example.com/a]`; keys with dots
    may stand without brackets, too.
    """
    line, rest = (node.start_mark.line + 1 if node is not None else 1), path
    while node is not None and rest:
        found = _step(node, rest)
        if found is None:
            break
        line, node, rest = found
    return line


def as_path(location: tuple[int | str, ...]) -> str:
    """Return the path of keys and indexes in that form."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location).removeprefix(".")


def _step(node: yaml.Node, path: str) -> tuple[int, yaml.Node, str] | None:
    if isinstance(node, yaml.MappingNode):
        # The longest first: of `a` and `a.b` in one mapping the path `a.b` means the latter.
        for key, value in sorted(node.value, key=lambda item: -len(item[0].value)):
            name = re.escape(str(key.value))
            found = re.match(rf"""(\.?{name}|\[["']?{name}["']?\])(?=[.\[]|$)""", path)
            if found:
                return key.start_mark.line + 1, value, path[found.end() :]
    if isinstance(node, yaml.SequenceNode):
        found = re.match(r"\[(\d+)\]", path)
        if found and int(found[1]) < len(node.value):
            item = node.value[int(found[1])]
            return item.start_mark.line + 1, item, path[found.end() :]
    return None
