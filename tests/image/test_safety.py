"""What the image's mu-plugins keep a clone from doing: writing mails, running events, being indexed."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.image.site import IMAGE

pytestmark = pytest.mark.database  # needs Docker, like the tests with a database server

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    command = ["docker", "run", "--rm", "--network=none", "--read-only", f"--volume={HERE}:/test:ro"]
    command += ["--entrypoint=php", IMAGE, "-d", "display_errors=stderr", "/test/safety.php"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stderr == ""
    loaded: dict[str, Any] = json.loads(done.stdout)
    return loaded


@pytest.mark.parametrize("way", ["wp_mail", "pre_wp_mail", "phpmailer", "mail"])
def test_a_mail_counts_as_sent_and_goes_nowhere(answers: dict[str, Any], way: str) -> None:
    assert answers[way] is True


def test_mail_logs_of_plugins_still_see_it(answers: dict[str, Any]) -> None:
    assert answers["seen"] == ["Your order"]


def test_no_event_is_ever_due(answers: dict[str, Any]) -> None:
    assert answers["cron_off"] is True
    assert answers["due"] == []


def test_action_scheduler_has_no_room(answers: dict[str, Any]) -> None:
    assert answers["async_runner"] is False
    assert answers["batches"] == 0


def test_search_engines_are_sent_away(answers: dict[str, Any]) -> None:
    assert answers["public"] == "0"
    assert answers["robots"] == {"max-image-preview": "large", "noindex": True, "nofollow": True}
