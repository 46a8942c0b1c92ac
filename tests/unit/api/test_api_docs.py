"""docs/api.md says what the code does: its codes, reasons, settings, and examples that are true."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from api.domain.codes import by_code
from api.domain.models import CloneAccepted, CloneAnswer, CloneRequest, CloneView, Problem
from api.domain.steps import STEPS
from api.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES: list[dict[str, Any]] = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)]
SOURCE = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "api" / "source").glob("*.py"))


def test_examples_are_of_their_models() -> None:
    request, answer, accepted, view, problem = EXAMPLES
    CloneRequest.model_validate(request)
    for model, example in ((CloneAnswer, answer), (CloneAccepted, accepted), (CloneView, view)):
        model.model_validate(example)
        assert set(example) == set(model.model_fields)
    Problem.model_validate(problem)


@pytest.mark.parametrize("code", sorted(by_code()))
def test_codes(code: str) -> None:
    kind = by_code()[code]
    if kind.__module__.startswith("api.domain"):
        assert f"| `{code}` | {kind.status} |" in TEXT


def test_reasons() -> None:
    documented = set(re.findall(r"^\| `([A-Z_]+)` \| [^0-9]", TEXT, re.MULTILINE)) - {"CLONE_"}
    settings = {name for name in documented if name.startswith("CLONE_")}
    assert documented - settings == set(re.findall(r'reason="([A-Z_]+)"', SOURCE))


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_settings(name: str) -> None:
    assert f"`CLONE_{name.upper()}`" in TEXT


@pytest.mark.parametrize("step", sorted(STEPS))
def test_steps(step: str) -> None:
    assert f"`{step}`" in TEXT
