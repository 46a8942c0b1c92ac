"""Options of `POST /clone` that are the object's own fields."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from api.domain.models import CloneOptions
from tests.unit.api.fakes import World, order
from tests.unit.api.test_api_create import Maker


@pytest.mark.parametrize(
    ("given", "spec"),
    [
        ({}, {}),
        ({"access": "open", "storage": {"persistent": False}}, {}),
        ({"access": "gated"}, {"access": "gated"}),
        ({"storage": {"persistent": True}}, {"storage": {"persistent": True}}),
        ({"storage": {"size": "50Gi"}}, {"storage": {"size": "50Gi"}}),
        ({"database": {"mode": "shared"}}, {}),
        ({"database": {"mode": "dedicated"}}, {"database": {"mode": "dedicated"}}),
        (
            {"database": {"mode": "dedicated", "class": "db.t4g.small"}},
            {"database": {"mode": "dedicated", "class": "db.t4g.small"}},
        ),
        ({"php_version": "7.4", "login_url": "https://example.com/in"}, {}),
    ],
)
def test_what_was_asked_for_reaches_the_object(given: dict[str, Any], spec: dict[str, Any]) -> None:
    world = World()
    options = CloneOptions.model_validate({"php_version": "8.4", **given})
    Maker(world).make(order().model_copy(update={"options": options}))
    (clone,) = world.objects.values()
    assert clone.options == spec


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("access", {"access": "closed"}),
        ("mode", {"database": {"mode": "none"}}),
        ("class", {"database": {"class": "large"}}),
        ("persistent", {"storage": {"persistent": "true"}}),
        ("size", {"storage": {"size": "51Gi"}}),
        ("size", {"storage": {"size": "500Mi"}}),
        ("class", {"storage": {"class": "fast"}}),
    ],
)
def test_what_the_object_would_refuse_is_refused_before(field: str, given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        CloneOptions.model_validate(given)
    assert field in caught.value.errors()[0]["loc"]


def test_for_a_server_of_its_own_nothing_is_made_on_the_shared_one() -> None:
    world = World()
    options = CloneOptions.model_validate({"database": {"mode": "dedicated"}})
    Maker(world).make(order().model_copy(update={"options": options}))
    assert world.objects
    assert not world.databases
