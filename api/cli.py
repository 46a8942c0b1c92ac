"""The command `clone-api`: runs the facade, and makes entries for its tokens file."""

import sys
from typing import Annotated

import typer
import uvicorn
from pydantic import ValidationError

from api.domain.errors import CloneError
from api.domain.tokens import SCOPES, entry_json
from api.logs import configure_logging
from api.main import create_app
from api.routes.problems import field_errors
from api.settings import load_settings

SHUTDOWN_SECONDS = 50  # calls that wait are answered; below the 60 s that Kubernetes gives the pod

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "0.0.0.0",  # noqa: S104 - in a pod of its own
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
) -> None:
    """Run the facade. Settings come from the environment, CLONE_…"""
    configure_logging()
    try:
        settings = load_settings()
        application = create_app(settings)
    except ValidationError as error:
        missing = "; ".join(f"CLONE_{item.field.upper()}: {item.detail}" for item in field_errors(error.errors()))
        raise typer.BadParameter(missing, param_hint="environment") from None
    except (ValueError, CloneError) as error:
        raise typer.BadParameter(str(error), param_hint="environment") from None
    uvicorn.run(
        application,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )


@app.command("hash-token")
def hash_token(
    name: Annotated[str, typer.Option(help="Who the token is for; stands in logs.")],
    scope: Annotated[list[str], typer.Option(help=f"One of {', '.join(SCOPES)}; may be given again.")],
) -> None:
    """Read a token from standard input and print its entry for the tokens file."""
    try:
        typer.echo(entry_json(name, sys.stdin.read().strip(), scope))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def main() -> None:
    """Run the command."""
    app()


if __name__ == "__main__":
    main()
