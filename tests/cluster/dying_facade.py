"""A facade of real parts that dies at one point: `python -m tests.cluster.dying_facade POINT PORT`.

A point is a call of one of its ports, as `port.method before`, `port.method after`, or `port.method value after` where
one of the call's named arguments has to have that value. Its death is that of SIGKILL: nothing is undone or closed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import uvicorn

from api.cloning.ports import Clock, Ports
from api.logs import configure_logging
from api.main import create_app
from api.routes.tokens import TokenFile
from api.settings import load_settings
from api.wiring import assemble, build_ports

KILLED = 137  # the status of a process that SIGKILL ended, as shells tell it


class Dying:
    """A port that ends the process before or after a call."""

    def __init__(self, port: object, method: str, value: str, when: str) -> None:
        self._port = port
        self._method = method
        self._value = value
        self._when = when

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._port, name)
        return self._deadly(real) if name == self._method else real

    def _deadly(self, real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **kwargs: object) -> object:
            is_meant = not self._value or self._value in kwargs.values()
            if is_meant and self._when == "before":
                os._exit(KILLED)
            answer = real(*args, **kwargs)
            if is_meant:
                os._exit(KILLED)
            return answer

        return call


def deadly(ports: Ports, point: str) -> Ports:
    """The ports, one of which is deadly."""
    where, _, when = point.rpartition(" ")
    target, _, value = where.partition(" ")
    port, _, method = target.partition(".")
    return replace(ports, **{port: cast(Any, Dying(getattr(ports, port), method, value, when))})


def main() -> None:
    """Serve until the point is reached."""
    point, port = sys.argv[1:]
    configure_logging()
    settings = load_settings()
    tokens = TokenFile(cast(Any, settings.tokens_file))
    services = assemble(deadly(build_ports(settings), point), Clock(), tokens, settings)
    uvicorn.run(create_app(services=services), host="127.0.0.1", port=int(port), log_config=None, access_log=False)


if __name__ == "__main__":
    main()
