"""Where the field is that a message of kro's is about: it names a resource's id, a path in it, or the expression."""

from __future__ import annotations

import re

from kro.validate.rendered import Document

_RESOURCE = re.compile(r'\b(?:resource|node) "?([A-Za-z0-9]+)"?')
_PATH = re.compile(r'\b(?:at|for) path "?([^\s":,]+)"?')
_MISSING = re.compile(r"schema not found for field (\S+)")
_STATUS_FIELD = re.compile(r'\bstatus field "([^"]+)"')
_SPEC_FIELD = re.compile(r"\bfield (\w+): ")
_EXPRESSION = re.compile(r"\$\{(.+?)\}(?=\s*$|[^\"'}])", re.DOTALL)


def path_of(message: str, definition: Document) -> str:
    """Return the path in the ResourceGraphDefinition that is the best guess; `spec` where nothing is known."""
    resource = _resource_path(message, definition)
    path = found[1] if (found := _PATH.search(message)) else ""
    if (missing := _MISSING.search(message)) and not path.endswith(missing[1]):
        path = f"{path}.{missing[1]}"
    if resource and path:
        return f"{resource}.template.{path}"
    if field := _STATUS_FIELD.search(message):
        return f"spec.schema.status.{field[1]}"
    if "OpenAPI schema" in message and (fields := _SPEC_FIELD.findall(message)):
        return "spec.schema.spec." + ".".join(fields)
    return _containing(message, definition, resource) or resource or "spec"


def _resource_path(message: str, definition: Document) -> str:
    resources = definition.data["spec"].get("resources") or []
    ids = [str(resource.get("id")) for resource in resources]
    named = [found for found in _RESOURCE.findall(message) if found in ids]
    return f"spec.resources[{ids.index(named[0])}]" if named else ""


def _containing(message: str, definition: Document, under: str) -> str:
    """The path below `under` of the longest expression a line of which the message quotes; "" if it quotes none."""
    quoted = message.replace('\\"', '"')
    found = [
        (len(line), path)
        for path, text in _texts(definition.data)
        if path.startswith(under)
        for expression in _EXPRESSION.findall(text)
        for line in expression.splitlines()
        if line.strip() and line.strip() in quoted
    ]
    return max(found, key=lambda item: item[0], default=(0, ""))[1]


def _texts(node: object, path: str = "") -> list[tuple[str, str]]:
    if isinstance(node, dict):
        return [found for key, value in node.items() for found in _texts(value, f"{path}.{key}".removeprefix("."))]
    if isinstance(node, list):
        return [found for number, value in enumerate(node) for found in _texts(value, f"{path}[{number}]")]
    return [(path, node)] if isinstance(node, str) else []
