"""Running programs: arguments as lists, output kept for the error message, nothing through a shell."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from local.errors import CommandFailed, LocalError


def run(
    arguments: Sequence[str | Path],
    *,
    stdin: str | None = None,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float = 1800,
    what: str = "",
) -> str:
    """Run a program and give its standard output.

    Args:
        arguments: the program and its arguments.
        stdin: text for its standard input; nothing when None.
        cwd: its working directory.
        env: its whole environment; ours when None.
        timeout: seconds after which it is ended.
        what: how the error message calls it; the first two arguments by default. Values never get into it.

    Raises:
        CommandFailed: it ended with a code other than zero.
        LocalError: it is not installed, or did not end in time.
    """
    words = [str(argument) for argument in arguments]
    name = what or " ".join(words[:2])
    try:
        done = subprocess.run(
            words,
            input=stdin if stdin is not None else "",
            cwd=cwd,
            env=env,
            timeout=timeout,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise LocalError(f"{words[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise LocalError(f"{name} did not end within {timeout:.0f} s") from error
    if done.returncode:
        raise CommandFailed(name, done.returncode, done.stderr + done.stdout)
    return done.stdout


def succeeds(arguments: Sequence[str | Path], *, timeout: float = 30) -> bool:
    """Whether a program ends with code zero within `timeout` seconds; False also when it is not installed."""
    try:
        run(arguments, timeout=timeout)
    except LocalError:
        return False
    return True


def pipe(source: Sequence[str | Path], target: Sequence[str | Path], *, timeout: float = 600) -> None:
    """Run `source | target`.

    Raises:
        CommandFailed: one of them ended with a code other than zero.
    """
    with subprocess.Popen([str(word) for word in source], stdout=subprocess.PIPE) as producer:
        done = subprocess.run(
            [str(word) for word in target],
            stdin=producer.stdout,
            timeout=timeout,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if producer.stdout is not None:
            producer.stdout.close()
    if done.returncode or producer.returncode:
        raise CommandFailed(str(target[0]), done.returncode or producer.returncode, done.stdout)
