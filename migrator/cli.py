"""The command line. Settings come from the environment; `import` and `verify` write one JSON object per line."""

import gc
import json
import os
import secrets
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import typer

from migrator import __version__
from migrator.errors import MigrationError
from migrator.importing import run_import
from migrator.log import configure, error, log
from migrator.report import json_schema
from migrator.settings import CopySettings, ImportSettings, load_settings
from migrator.verifying import run_verify

_OBJECTS_BETWEEN_COLLECTIONS = 100_000
_EPILOG = "Exit status: 0 done, 10-19 may be tried again, 20 and above not; docs/engine.md has the list and an example."
app = typer.Typer(add_completion=False, no_args_is_help=True, epilog=_EPILOG, pretty_exceptions_enable=False)


@app.callback()
def about() -> None:
    """Copy a live WordPress site into a directory and a MySQL database, and check the copy.

    The source needs the plugin `custom-migrator` and a key of it (see `migrator key`).
    """


@app.command("import")
def import_site() -> None:
    """Fill a directory and a database with a copy of SOURCE_URL, or prepare an empty site.

    Reads from the environment: CLONE_URL (the copy's own URL), SITE_ROOT (its directory), SOURCE_URL, SOURCE_KEY,
    SOURCE_SESSION (what a firewall or web server in front of the source wants to see), DB_HOST, DB_PORT, DB_NAME,
    DB_USER, DB_PASSWORD, DB_CA_FILE, ADMIN_PASSWORD (of the copy's new administrator) and API_KEY. May be killed and
    started again at any time: it goes on where it was.
    """
    with _reported():
        run_import(load_settings(ImportSettings))


@app.command()
def verify() -> None:
    """Compare a finished copy with what was written when it was made: every file and every table.

    Reads SITE_ROOT and the DB_* variables. Prints what differs; exit status 36 if anything does. A copy that has been
    used differs where it was used. Changes nothing.
    """
    with _reported():
        run_verify(load_settings(CopySettings))


@app.command()
def key() -> None:
    """Print a new key for a source's agent; register it there (docs/engine.md), then pass it as SOURCE_KEY."""
    typer.echo(f"cm_{secrets.token_hex(8)}_{secrets.token_hex(32)}")


@app.command()
def schema() -> None:
    """Print the JSON schema of the report that a finished copy keeps in its table `_migrator_report`."""
    typer.echo(json.dumps(json_schema(), indent=2))


@app.command()
def version() -> None:
    """Print the engine's version."""
    typer.echo(__version__)


@contextmanager
def _reported() -> Iterator[None]:
    """Log lines from here on; an error of ours becomes a line and an exit status."""
    configure()
    # What the start made lives as long as we do, and little that comes after it refers to itself: looking through all
    # of that for cycles after every 700 objects, as Python does, would cost a twentieth of a copy's processor time.
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    signal.signal(signal.SIGTERM, _stop)
    log("start", version=__version__)
    try:
        yield
    except MigrationError as failure:
        error("failed", code=failure.code, message=failure.message)
        raise typer.Exit(failure.exit_status) from None


def _stop(number: int, _frame: FrameType | None) -> None:
    """End at once: as the first process of a container we would otherwise not end at all. Every step is repeatable."""
    log("stopped", signal=number)
    sys.stdout.flush()
    os._exit(128 + number)


def main() -> None:
    """Run the command line."""
    app()
