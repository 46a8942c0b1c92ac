"""The command: files first, then, when these are right, an API server for each environment."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from kro.render import ENVIRONMENTS, RENDERED
from kro.validate.acceptance import accepted, apply_bundle
from kro.validate.examples import examples
from kro.validate.faults import Fault, shown
from kro.validate.files import is_kept, lint_all, load, placeholders
from kro.validate.platform import apply_overlay, platform
from kro.validate.refusals import wrong_objects
from kro.validate.rendered import Rendered
from local.errors import LocalError
from local.go_builds import SERVERS, ensure_built
from local.progress import say


def main(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Value files of environments; all of kro/environments where none is given."),
    ] = None,
    output: Annotated[
        Path, typer.Option(help="Folder with the committed manifests, one folder for each environment.")
    ] = RENDERED,
) -> None:
    """Say whether the bundle is fit to be deployed; every fault with file, line and field.

    Checks the value files against their schema, renders the templates, compares with the committed manifests, lints;
    then, on an API server of its own with the real kro for each environment: applies the platform's overlay and the
    bundle, waits until kro accepts it, makes every example of kro/examples, and tries some hundred wrong objects.
    Nothing but programs of this machine is started, no cluster is asked.

    Ends with 0 when all is right; with 3 for a wrong value file, 4 for a template that cannot be rendered or YAML
    that breaks a rule, 5 for stale manifests, 6 for what kro or the API server refuses, 7 for an example that does not
    work, 8 for a wrong object that gets in (the lowest, where there are several); with 1 when validation itself
    did not work, and 2 for a wrong command line.
    """
    # As for Ctrl-C: what was started has to be ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    started = time.monotonic()
    chosen = files or sorted(ENVIRONMENTS.glob("*.yaml"))
    try:
        faults = validate(chosen, output)
    except LocalError as error:
        say(str(error))
        sys.exit(1)
    for fault in faults:
        say(str(fault))
    seconds = time.monotonic() - started
    say(f"{len(chosen)} environment(s), {len(faults)} fault(s), {seconds:.0f} s")
    sys.exit(min((fault.kind for fault in faults), default=0))


def validate(files: list[Path], output: Path) -> list[Fault]:
    """Validate environments; faults of files end it before any API server starts.

    Raises:
        LocalError: a program could not be built or started.
    """
    faults, bundles = lint_all(), []
    for file in files:
        environment, found = load(file)
        faults += found
        if environment is not None:
            bundle = Rendered(environment, output)
            bundles.append(bundle)
            faults += bundle.faults or _compared(file, bundle)
    if faults:
        return faults
    ensure_built(SERVERS)
    return [fault for bundle in bundles for fault in on_a_server(bundle)]


def _compared(file: Path, bundle: Rendered) -> list[Fault]:
    """What is stale; of somebody's own value file only where its manifests are kept in the output folder."""
    name, marks = bundle.environment.name, placeholders(file)
    if marks:  # of a file of somebody's own they are faults already
        say(f"  {name}: {len(marks)} values of {shown(file)} are placeholders, see REPLACE in it")
    if not is_kept(file) and not bundle.folder.is_dir():
        say(f"  {name}: there is no {shown(bundle.folder)} to compare with")
        return []
    return bundle.stale()


def on_a_server(bundle: Rendered) -> list[Fault]:
    """Apply an environment's bundle to an API server of its own, and try objects on it."""
    environment, started = bundle.environment, time.monotonic()
    with platform(environment) as api:
        faults = apply_overlay(api, environment) + apply_bundle(api, bundle)
        faults += [] if faults else accepted(api, bundle)
        # Without the kind there is nothing to be said of its objects.
        faults += [] if faults else examples(api, environment) + wrong_objects(api, bundle)
    seconds = time.monotonic() - started
    say(f"  {environment.name}: {len(faults)} fault(s) on an API server with kro ({seconds:.0f} s)")
    return faults
