"""The command `clone-controller`."""

import asyncio
import logging
from typing import Annotated

import typer
from pydantic import ValidationError

from api.controller.run import run
from api.logs import configure_logging
from api.settings import load_settings

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class ObjectsFilter(logging.Filter):
    """Of what kopf puts into its lines about an object, leaves the object's name."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record; it is always logged."""
        record.clone = record.__dict__.pop("k8s_ref", {}).get("name", "")
        for key in ("settings", "k8s_skip"):
            record.__dict__.pop(key, None)
        return True


@app.command()
def serve(verbose: Annotated[bool, typer.Option(help="Log what kopf does, too.")] = False) -> None:
    """Run the controller. Settings come from the environment, CLONE_…; health on port 8081, metrics on 8082."""
    configure_logging()
    logging.getLogger("kopf").setLevel(logging.INFO if verbose else logging.WARNING)
    logging.getLogger("kopf.objects").addFilter(ObjectsFilter())
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)  # a line for each probe of the kubelet
    try:
        settings = load_settings()
    except ValidationError as error:
        fields = ", ".join(f"CLONE_{'_'.join(str(part) for part in item['loc']).upper()}" for item in error.errors())
        raise typer.BadParameter(f"missing or wrong: {fields}", param_hint="environment") from None
    asyncio.run(run(settings))


def main() -> None:
    """Run the command."""
    app()
