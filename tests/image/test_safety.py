"""What the image's mu-plugins keep a clone from doing: writing mails, running events, taking money, being indexed."""

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
    assert answers["batch"] == 0


def test_payment_methods_are_in_test_mode(answers: dict[str, Any]) -> None:
    assert answers["stripe"] == {"enabled": "yes", "testmode": "yes"}
    assert answers["paypal"] == {"sandbox_on": True, "title": "PayPal"}
    assert answers["braintree"] == {"environment": "sandbox"}
    assert answers["square"] == {"enable_sandbox": "yes"}
    assert answers["mollie"] == "yes"


def test_other_options_are_left_alone(answers: dict[str, Any]) -> None:
    assert answers["other"] == {"testmode": "no"}
    assert answers["empty"] == ""


def test_a_shop_tells_nobody_and_knows_that_it_is_a_copy(answers: dict[str, Any]) -> None:
    assert answers["webhooks"] is False
    assert answers["copy"] is True


def test_login_hiders_are_inactive_and_stay_in_the_database(answers: dict[str, Any]) -> None:
    aside = ["wps-hide-login/wps-hide-login.php", "sg-cachepress/sg-cachepress.php"]
    assert answers["active"] == answers["network"] == ["akismet/akismet.php"]
    assert answers["written"] == ["new/new.php", *aside]
    assert answers["network_new"] == ["n/n.php", *aside]


def test_the_badge_says_how_long_is_left(answers: dict[str, Any]) -> None:
    minutes = ["0 min left", "42 min left", "119 min left"]
    assert answers["times"] == ["", "", *minutes, "2 h left", "47 h left", "2 days left", "10 days left"]


def test_search_engines_are_sent_away(answers: dict[str, Any]) -> None:
    assert answers["public"] == "0"
    assert answers["robots"] == {"max-image-preview": "large", "noindex": True, "nofollow": True}
