"""Copies of the project's files, and the validation command run in them as a user's CI runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.settings import ROOT

PARTS = ("kro", "local", "manifests")
SECONDS = 300  # 15 on an idle machine


@dataclass(frozen=True)
class Outcome:
    """How the command ended, and what it printed, lines broken nowhere."""

    status: int
    output: str


@dataclass(frozen=True)
class Tree:
    """A copy of what validation reads."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """As a user's, with a kubeconfig that leads nowhere: whoever asked that cluster would fail."""
        nowhere = self.folder / "kubeconfig"
        nowhere.write_text("apiVersion: v1\nkind: Config\n")
        temporary = self.folder / "tmp"
        temporary.mkdir(exist_ok=True)
        return os.environ | {"KUBECONFIG": str(nowhere), "TMPDIR": str(temporary), "COLUMNS": "1000"}

    def change(self, file: str, old: str, new: str) -> int:
        """Replace a text that a file has once; return the line (from 1) in which it begins."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, (file, old)
        path.write_text(text.replace(old, new), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    def render(self) -> None:
        """`make render`."""
        subprocess.run([sys.executable, "-m", "kro.render"], cwd=self.folder, check=True, timeout=SECONDS)

    def validate(self, *arguments: str) -> Outcome:
        """Run the command."""
        command = [sys.executable, "-m", "kro.validate", *arguments]
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        return Outcome(done.returncode, done.stdout)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A fresh copy."""
    for part in PARTS:
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    return Tree(tmp_path)
