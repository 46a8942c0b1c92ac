"""Entry point of `python -m kro.validate`."""

import typer

from kro.validate.command import main

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command()(main)

if __name__ == "__main__":
    app()
