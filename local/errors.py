"""The one error that the local cluster's commands end with.

LocalError          something on this machine is missing or failed; the text says what, and what to do
└── CommandFailed   a program that we ran ended with an error; the text has its last lines
"""

from __future__ import annotations


class LocalError(Exception):
    """A sentence for the person at the terminal; no stack trace is shown for it."""


class CommandFailed(LocalError):
    """A program ended with a code other than zero."""

    def __init__(self, program: str, code: int, output: str) -> None:
        self.code = code
        self.output = output
        tail = "\n".join(output.strip().splitlines()[-25:])
        super().__init__(f"{program} ended with code {code}:\n{tail}")
