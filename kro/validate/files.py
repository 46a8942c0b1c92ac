"""What can be said of files without an API server: values, placeholders that were left, rules of YAML's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from yamllint import linter
from yamllint.config import YamlLintConfig

from kro.environment import Environment
from kro.render import ENVIRONMENTS, HERE
from kro.validate.faults import Class, Fault, shown
from kro.value_file import InvalidEnvironment, load_environment

EXAMPLES = HERE / "examples"
MANIFESTS = HERE.parent / "manifests"

# What YAML allows and nobody means: the second of two equal keys wins, `no` is false, 010 is eight.
_RULES = YamlLintConfig("""
rules:
  key-duplicates: {forbid-duplicated-merge-keys: true}
  truthy: enable
  octal-values: {forbid-implicit-octal: true, forbid-explicit-octal: true}
  anchors: {forbid-undeclared-aliases: true, forbid-duplicated-anchors: true, forbid-unused-anchors: true}
  trailing-spaces: enable
  new-line-at-end-of-file: enable
""")
# Names that RFC 2606 keeps for examples, and those of the value files that we ship.
_RESERVED = re.compile(r"\bexample\.(com|net|org)\b|\.example\b|\bsg-0example\b|\bsubnet-0example\b|:000000000000:")


#: Value files of kro/environments that come with placeholders in them; what somebody puts beside them has none.
_SHIPPED = ("local", "staging", "production")


def is_kept(file: Path) -> bool:
    """Whether a value file is one of kro/environments, whose manifests are committed."""
    return file.resolve().parent == ENVIRONMENTS


def is_shipped(file: Path) -> bool:
    """Whether a value file came with this project: placeholders belong in it."""
    return is_kept(file) and file.stem in _SHIPPED


def load(file: Path) -> tuple[Environment | None, list[Fault]]:
    """Read a value file: the values, if they are right, and what is wrong."""
    faults = list(lint(file, Class.VALUES))
    if not is_shipped(file):
        faults += [Fault(Class.VALUES, place, _LEFT) for place in placeholders(file)]
    try:
        environment = load_environment(Path(shown(file)))
    except InvalidEnvironment as error:
        places = (line.split(": ", 1) for line in str(error).splitlines())
        return None, faults + [Fault(Class.VALUES, place, message) for place, message in places]
    if is_kept(file) and environment.name != file.stem:
        message = f"name: must be the file's, {file.stem}: kro/rendered/{file.stem} is what it is rendered to"
        faults.append(Fault(Class.VALUES, f"{shown(file)}:1", message))
    return environment, faults


_LEFT = "is still a placeholder: write your own value, and take the mark REPLACE away"


def placeholders(file: Path) -> list[str]:
    """Places of a value file's lines that are marked REPLACE, or have a name in them that is nobody's."""
    if not file.is_file():
        return []
    lines = enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
    return [f"{shown(file)}:{number}" for number, line in lines if _is_placeholder(line)]


def _is_placeholder(line: str) -> bool:
    text, _, comment = line.partition("#")
    return bool(text.strip()) and (comment.strip() == "REPLACE" or _RESERVED.search(text) is not None)


def lint(file: Path, kind: Class = Class.TEMPLATE) -> Iterator[Fault]:
    """Yield what breaks a rule in a YAML file, as faults of a kind; whoever reads the file says when it is no YAML."""
    if not file.is_file():
        return
    with file.open(encoding="utf-8") as opened:
        for problem in linter.run(opened, _RULES, str(file)):
            if problem.rule is not None:
                yield Fault(kind, f"{shown(file)}:{problem.line}", f"{problem.desc} ({problem.rule})")


def lint_all() -> list[Fault]:
    """Lint the examples and the platform's manifests."""
    files = [*sorted(EXAMPLES.glob("*.yaml")), *sorted(MANIFESTS.rglob("*.yaml"))]
    return [fault for file in files for fault in lint(file)]
