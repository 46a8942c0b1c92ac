"""The deployed definition is the accepted one; `python -m kro.validate` asks that of every environment."""

from __future__ import annotations

import pytest

from tests.bundle.kubectl import read

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("cluster")]


def test_the_deployed_definition_is_accepted() -> None:
    conditions = read("resourcegraphdefinition", "wordpressclones.kro.run")["status"]["conditions"]
    assert {item["type"]: item["status"] for item in conditions}["GraphAccepted"] == "True"


def test_the_kind_has_the_names_that_the_definition_gives_it() -> None:
    names = read("customresourcedefinition", "wordpressclones.kro.run")["spec"]["names"]
    assert (names["kind"], names["plural"], names["shortNames"]) == ("WordPressClone", "wordpressclones", ["wpc"])
