"""Extensions that a clone lacks are named, those that only say how PHP is run are not."""

import pytest

from migrator.extensions import missing_extensions
from migrator.importing import _without


@pytest.mark.parametrize(
    ("source", "php", "missing"),
    [
        (["Core", "mysqli", "Zend OPcache", "SimpleXML"], "8.4", []),
        (["tidy", "mysqli", "imap", "IonCube Loader"], "7.4", ["imap", "IonCube Loader", "tidy"]),
        (["cgi-fcgi", "litespeed", "apache2handler"], "8.2", []),
        (["random"], "8.2", []),
        (["random"], "7.4", ["random"]),
        (["tidy"], "", []),
    ],
)
def test_what_a_clone_lacks(source: list[str], php: str, missing: list[str]) -> None:
    assert missing_extensions(source, php) == missing


def test_a_message_names_ten() -> None:
    assert _without([]) == ""
    assert _without(["imap", "tidy"]).endswith(": imap, tidy.")
    assert _without([f"x{number}" for number in range(13)]).endswith("x9 and 3 more.")
