"""The command `clone-egress`: the helper programs that Squid starts (egress-proxy/squid.conf)."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import typer
from pydantic import ValidationError

from api.cluster.clones import CloneObjects
from api.cluster.connect import POOL_SIZE, connect
from api.domain.egress import EgressKeys
from api.egress.gate import Gate
from api.egress.lines import authenticate, rewrite
from api.egress.settings import EgressSettings, load_settings
from api.logs import configure_logging

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.command()
def passwords() -> None:
    """Tell right passwords from wrong ones, for as long as standard input lasts."""
    authenticate(_keys(_settings()), sys.stdin, _writer())


@app.command()
def destinations() -> None:
    """Tell who may go where, and to which address, for as long as standard input lasts."""
    settings = _settings()
    objects = cache(lambda: CloneObjects(connect(), settings.namespace))  # facade and controller need no cluster
    gate = Gate(lambda name: objects().get(name), settings.allowed_private_hosts)
    with ThreadPoolExecutor(POOL_SIZE) as threads:
        rewrite(gate.decide, sys.stdin, _writer(), threads)


def _settings() -> EgressSettings:
    configure_logging(sys.stderr)
    try:
        return load_settings()
    except ValidationError as error:
        fields = ", ".join(f"CLONE_{'_'.join(str(part) for part in item['loc']).upper()}" for item in error.errors())
        raise typer.BadParameter(f"missing or wrong: {fields}", param_hint="environment") from None


def _keys(settings: EgressSettings) -> EgressKeys:
    try:
        return EgressKeys.parse(settings.egress_key_file.read_text())
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"the egress key: {error}", param_hint="environment") from None


def _writer() -> "_Writer":
    return _Writer()


class _Writer:
    """Standard output, a whole line at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __call__(self, line: str) -> None:
        with self._lock:
            sys.stdout.write(line)
            sys.stdout.flush()


def main() -> None:
    """Run the command."""
    app()
