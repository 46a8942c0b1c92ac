"""`python -m local <command>`: the local cluster. Every command can be interrupted and run again."""

from __future__ import annotations

import sys
import time
from typing import Annotated

import typer

from local import cluster, demo, docker, packages, status
from local.base_image import ensure_base_image
from local.deploy import deploy as deploy_project
from local.errors import LocalError
from local.images import build_project_images, load_project_images
from local.lock import exclusive
from local.progress import console, say, summary

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)


@app.command()
def up() -> None:
    """Start the cluster: kind, network, DNS, ingress, kro. Does only what is not done yet."""
    with exclusive():
        cluster.prepare()
        cluster.up()


@app.command()
def engine() -> None:
    """Only the Docker engine and the base image."""
    with exclusive():
        packages.ensure_packages()
        docker.ensure_engine()
        ensure_base_image()


@app.command()
def images(names: Annotated[list[str] | None, typer.Argument(help="name:tag; all when none is given")] = None) -> None:
    """Build the project's images and, where the cluster is up, load them into it."""
    with exclusive():
        packages.ensure_packages()
        docker.ensure_engine()
        ensure_base_image()
        built = build_project_images(names or [])
        for fixed, by_hash in sorted(built.items()):
            say(f"  {fixed} = {by_hash}")
        if cluster.is_up():
            load_project_images(built)


@app.command()
def deploy() -> None:
    """Start the cluster, build the images and deploy everything on it."""
    with exclusive():
        _deploy()


@app.command(name="demo")
def run_demo() -> None:
    """Deploy, clone the demo site through POST /clone, check the copy and print how to reach it."""
    with exclusive():
        packages.ensure(packages.BROWSER)
        _deploy()
    try:
        demo.run(console)
    except AssertionError as error:
        raise LocalError(f"the copy is not what it should be: {error}") from error
    except demo.DemoFailed as error:
        raise LocalError(str(error)) from error


@app.command(name="packages")
def install_packages(
    names: Annotated[list[str] | None, typer.Argument(help="Debian packages")] = None,
    everything: Annotated[bool, typer.Option("--all", help="what cluster, demo and tests need")] = False,
) -> None:
    """Install Debian packages that are missing, or say exactly which."""
    with exclusive():
        packages.ensure(packages.EVERYTHING if everything else tuple(names or ()))


@app.command()
def down(purge: Annotated[bool, typer.Option(help="also remove images and the cache")] = False) -> None:
    """Remove the cluster, the line in /etc/hosts, build/local, and the Docker engine if it was started here."""
    with exclusive():
        cluster.down(purge=purge)


@app.command(name="status")
def show_status() -> None:
    """Say what runs; ends with code 1 when there is no cluster."""
    if not status.show():
        raise typer.Exit(1)


def _deploy() -> None:
    started = time.monotonic()
    built = cluster.prepare(build_project_images)
    cluster.up(built)
    deploy_project(built)
    say(summary(time.monotonic() - started))


def main() -> None:
    """Run the command line; a LocalError is a sentence, not a stack trace."""
    try:
        app()
    except LocalError as error:
        say(f"error: {error}")
        sys.exit(1)


if __name__ == "__main__":
    main()
