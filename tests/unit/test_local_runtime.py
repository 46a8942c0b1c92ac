"""The runtime wrapper takes one capability out of what Docker asks for, wherever it stands in the list."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from local.settings import LOCAL

WRAPPER = LOCAL / "docker" / "runc-without-sys-resource"


def run_wrapper(folder: Path, *arguments: str) -> None:
    """Run it with a `runc` that does nothing."""
    (folder / "runc").write_text("#!/bin/sh\nexit 0\n")
    (folder / "runc").chmod(0o755)
    env = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
    subprocess.run([WRAPPER, *arguments], check=True, env=env)


@pytest.mark.parametrize(
    "listed",
    [["CAP_SYS_RESOURCE"], ["CAP_SYS_RESOURCE", "CAP_CHOWN"], ["CAP_CHOWN", "CAP_SYS_RESOURCE"], ["CAP_CHOWN"]],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_the_capability_is_gone(tmp_path: Path, listed: list[str], indent: int | None) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"capabilities": {"bounding": listed}}, indent=indent))
    run_wrapper(tmp_path, "--root", "/x", "create", "--bundle", str(tmp_path), "id")
    left = json.loads((tmp_path / "config.json").read_text())["capabilities"]["bounding"]
    assert left == [name for name in listed if name != "CAP_SYS_RESOURCE"]


def test_the_process_of_an_exec(tmp_path: Path) -> None:
    process = tmp_path / "process.json"
    process.write_text('{"bounding":["CAP_SYS_RESOURCE","CAP_KILL"]}')
    run_wrapper(tmp_path, "exec", "--process", str(process), "id")
    assert json.loads(process.read_text()) == {"bounding": ["CAP_KILL"]}
