"""Commands that are run one after the other or at the same time."""

import subprocess
import threading
from collections.abc import Callable
from contextlib import ExitStack

Part = Callable[[], None]


def command_of(*command: str) -> Part:
    """Something that runs a command, and raises RuntimeError with its error output when it fails."""

    def run() -> None:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stderr[-2000:]}")

    return run


def in_turn(*parts: Part) -> None:
    """One after the other."""
    for part in parts:
        part()


def together(*parts: Part) -> None:
    """At the same time; raises what one of them raised, when all have ended."""
    failures: list[RuntimeError] = []

    def guarded(part: Part) -> None:
        try:
            part()
        except RuntimeError as failure:
            failures.append(failure)

    threads = [threading.Thread(target=guarded, args=(part,)) for part in parts]
    with ExitStack() as stack:
        for thread in threads:
            thread.start()
            stack.callback(thread.join)
    if failures:
        raise failures[0]
