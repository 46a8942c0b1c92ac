"""docs/api.md says what the code does: its codes, reasons, settings, and examples that are true."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from api.domain.codes import by_code
from api.domain.models import CloneAccepted, CloneAnswer, CloneRequest, CloneView, Problem
from api.domain.refusals.base import Refusal
from api.domain.steps import STEPS
from api.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES: list[dict[str, Any]] = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)]


def test_examples_are_of_their_models() -> None:
    request, answer, accepted, view, problem, by_key = EXAMPLES
    CloneRequest.model_validate(request)
    by_key["source"]["api_key"] = by_key["source"]["api_key"].replace("…", "0" * 64)
    CloneRequest.model_validate(by_key)
    for model, example in ((CloneAnswer, answer), (CloneAccepted, accepted), (CloneView, view)):
        model.model_validate(example)
        assert set(example) == set(model.model_fields)
    Problem.model_validate(problem)


@pytest.mark.parametrize("code", sorted(by_code()))
def test_codes(code: str) -> None:
    kind = by_code()[code]
    if kind.__module__.startswith("api.domain"):
        assert f"| `{code}` | {kind.status} |" in TEXT


@pytest.mark.parametrize("kind", [kind for kind in by_code().values() if issubclass(kind, Refusal)])
def test_refusals_say_whether_a_key_gets_around_them(kind: type[Refusal]) -> None:
    row = next(line for line in TEXT.splitlines() if line.startswith(f"| `{kind.code}` |"))
    assert row.endswith("| by key |" if kind.by_hand else "| |")


def test_no_code_is_documented_that_does_not_exist() -> None:
    assert set(re.findall(r"^\| `([A-Z_]+)` \| [45]\d\d \|", TEXT, re.MULTILINE)) <= set(by_code()) | {"INTERNAL_ERROR"}


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_settings(name: str) -> None:
    assert f"`CLONE_{name.upper()}`" in TEXT


@pytest.mark.parametrize("step", sorted(STEPS))
def test_steps(step: str) -> None:
    assert f"`{step}`" in TEXT
