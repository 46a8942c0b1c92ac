"""What validation finds: the class of a fault is the status that the command ends with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path


class Class(IntEnum):
    """Classes of faults; where there are several, the command ends with the lowest.

    1 and 2 are no faults of the bundle: validation itself did not work (a program could not be built or did not start),
    and a wrong command line.
    """

    VALUES = 3
    """An environment's value file breaks its schema, or still has a placeholder in it."""

    TEMPLATE = 4
    """A template cannot be rendered, or a file breaks a rule of YAML's."""

    STALE = 5
    """A committed manifest is not what templates and values say."""

    REFUSED = 6
    """kro or the API server refuses a manifest."""

    EXAMPLE = 7
    """An example is refused, or does not become ready."""

    ADMITTED = 8
    """A wrong object gets in, or is refused for another reason than the right one."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: where (`file:line`), a sentence that begins with the field where there is one."""

    kind: Class
    place: str
    message: str
    detail: str = ""  # lines that help, e.g. a diff

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" + (f"\n{self.detail.rstrip()}" if self.detail else "")


def shown(file: Path) -> str:
    """Return a file as the person at the terminal would name it."""
    file, here = file.resolve(), Path.cwd()
    return os.path.relpath(file, here) if file.is_relative_to(here) else str(file)
