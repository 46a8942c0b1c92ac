"""The command line: `migrator import`. Settings come from the environment, output is one JSON object per line."""

import os
import signal
import sys
from types import FrameType

import typer

from migrator import __version__
from migrator.errors import MigrationError
from migrator.importing import run_import
from migrator.log import configure, error, log
from migrator.settings import load_settings

_EPILOG = "Exit status: 0 done, 10-19 may be tried again, 20 and above not; see docs/engine.md."
app = typer.Typer(add_completion=False, no_args_is_help=True, epilog=_EPILOG, pretty_exceptions_enable=False)


@app.callback()
def about() -> None:
    """Copy a WordPress site from one end to the other."""


@app.command("import")
def import_site() -> None:
    """Fill this container's volume and database with a copy of SOURCE_URL, or prepare an empty site.

    Reads CLONE_URL, SITE_ROOT, SOURCE_URL, SOURCE_KEY, DB_HOST, DB_PORT, DB_NAME, DB_USER, DB_PASSWORD, DB_CA_FILE,
    ADMIN_PASSWORD and API_KEY from the environment. May be killed and started again at any time.
    """
    configure()
    signal.signal(signal.SIGTERM, _stop)
    log("start", version=__version__)
    try:
        run_import(load_settings())
    except MigrationError as failure:
        error("failed", code=failure.code, message=failure.message)
        raise typer.Exit(failure.exit_status) from None


@app.command()
def version() -> None:
    """Print the engine's version."""
    typer.echo(__version__)


def _stop(number: int, _frame: FrameType | None) -> None:
    """End at once: as the first process of a container we would otherwise not end at all. Every step is repeatable."""
    log("stopped", signal=number)
    sys.stdout.flush()
    os._exit(128 + number)


def main() -> None:
    """Run the command line."""
    app()
