"""From what an import says to what the status shows."""

import pytest

from api.controller.progress import (
    LIVELY_SECONDS,
    QUIET_AFTER_LOOKS,
    QUIET_SECONDS,
    SLOW_PAUSE_SECONDS,
    SLOW_SECONDS,
    Following,
    progress_data,
)
from api.domain.errors import DatabaseUnavailable
from tests.unit.controller_fakes import NAME, FakeWorld, clone, progress


@pytest.mark.parametrize(
    ("state", "is_ready", "phase", "percent", "code"),
    [
        ("running", False, "Importing", "41", ""),
        ("running", True, "Importing", "41", ""),
        ("done", False, "Importing", "100", ""),
        ("done", True, "Ready", "100", ""),
        ("failed", False, "Failed", "41", "SOURCE_GONE"),
        ("failed", True, "Failed", "41", "SOURCE_GONE"),
    ],
)
def test_each_state_has_its_phase(state: str, is_ready: bool, phase: str, percent: str, code: str) -> None:
    data = progress_data(progress(state, code="SOURCE_GONE"), is_ready=is_ready)
    assert (data["phase"], data["percent"], data["code"]) == (phase, percent, code)
    assert (data["step"], data["message"], data["adminUser"]) == ("files", "12 of 30 files", "admin")


def test_only_what_is_new_is_written() -> None:
    world = FakeWorld(config_map={})
    following = Following(world.ports(), NAME)
    assert not following.look(clone())
    world.imports[NAME] = progress("running", 41)
    assert following.look(clone())
    assert not following.look(clone())
    world.imports[NAME] = progress("running", 42)
    assert following.look(clone())
    assert world.done == ["write progress Importing 41", "write progress Importing 42"]


def test_following_rests_when_the_clone_is_ready() -> None:
    world = FakeWorld(config_map={}, imports={NAME: progress("done", 99)})
    following = Following(world.ports(), NAME)
    following.look(clone("Importing"))
    assert not following.rests(clone("Importing"))  # the web server has still to start
    assert not following.rests(clone("Ready"))  # that has still to be said
    following.look(clone("Ready"))
    assert following.rests(clone("Ready"))
    assert not following.finished
    assert world.done == ["write progress Importing 100", "write progress Ready 100"]


def test_following_rests_while_the_clone_does() -> None:
    following = Following(FakeWorld(config_map={}, imports={NAME: progress("done")}).ports(), NAME)
    assert following.rests(clone("Suspended"))
    assert not following.finished


def test_a_server_of_its_own_is_waited_for_and_then_asked() -> None:
    world = FakeWorld(config_map={}, imports={NAME: progress("running", 41)})
    following = Following(world.ports(), NAME)
    assert not following.look(clone(has_own_server=True))
    assert not world.watches
    following.close()
    assert following.look(clone(has_own_server=True, database_host="own.example.com"))
    assert [watch.own_server for watch in world.watches] == ["own.example.com"]


def test_a_clone_whose_files_are_gone_is_lost() -> None:
    world = FakeWorld(config_map={}, imports={NAME: progress("done")})
    following = Following(world.ports(), NAME)
    following.look(clone("Ready"))
    assert not following.rests(clone("Preparing"))
    assert not following.look(clone("Preparing"))  # its new pod has not begun, or only the web server starts anew
    world.imports[NAME] = progress("failed", code="VOLUME_LOST")
    assert following.look(clone("Preparing"))
    assert following.finished
    assert world.config_map is not None
    said = {key: world.config_map[key] for key in ("phase", "code", "message")}
    assert said == {"phase": "Lost", "code": "VOLUME_LOST", "message": "12 of 30 files"}


def test_one_that_was_lost_while_the_controller_was_away_is_lost() -> None:
    world = FakeWorld(config_map={}, imports={NAME: progress("failed", code="VOLUME_LOST")})
    following = Following(world.ports(), NAME)
    following.look(clone())
    assert (following.finished, world.done) == (True, ["write progress Lost 41"])


def test_following_ends_when_the_import_has_failed() -> None:
    world = FakeWorld(config_map={}, imports={NAME: progress("failed", code="SOURCE_GONE")})
    following = Following(world.ports(), NAME)
    following.look(clone())
    assert following.finished
    assert world.config_map is not None
    assert world.config_map["code"] == "SOURCE_GONE"


def test_nothing_is_lost_while_kro_has_not_made_the_configmap() -> None:
    world = FakeWorld(imports={NAME: progress("failed")})
    following = Following(world.ports(), NAME)
    assert not following.look(clone())
    assert not following.finished
    world.config_map = {}
    assert following.look(clone())
    assert following.finished


def test_a_database_that_is_down_changes_nothing() -> None:
    world = FakeWorld(config_map={}, failures={"read progress": DatabaseUnavailable("down")})
    following = Following(world.ports(), NAME)
    with pytest.raises(DatabaseUnavailable):
        following.look(clone())
    world.failures.clear()
    world.imports[NAME] = progress("running")
    assert following.look(clone())


def test_an_import_without_news_is_looked_at_less_often() -> None:
    world = FakeWorld(config_map={})
    following = Following(world.ports(), NAME)
    for _ in range(QUIET_AFTER_LOOKS):
        assert following.pause == LIVELY_SECONDS
        following.look(clone())
    assert following.pause == QUIET_SECONDS
    world.imports[NAME] = progress("running")
    following.look(clone())
    assert following.pause == LIVELY_SECONDS


def looked(*took: float) -> Following:
    """One that was looked at, each time for so many seconds."""
    times = [time for seconds in took for time in (0.0, seconds)]
    following = Following(FakeWorld(config_map={}).ports(), NAME, iter(times).__next__)
    for _ in took:
        following.look(clone())
    return following


SLOW, QUICK = SLOW_SECONDS * 2, SLOW_SECONDS / 2


@pytest.mark.parametrize(
    ("took", "is_slow", "pause"),
    [
        ([QUICK], False, LIVELY_SECONDS),
        ([SLOW], True, SLOW_PAUSE_SECONDS),
        ([SLOW, QUICK], False, LIVELY_SECONDS),
        ([SLOW, QUICK] * 2, False, LIVELY_SECONDS),
        ([SLOW, QUICK] * 3, True, LIVELY_SECONDS),  # one that does it on purpose gains nothing by doing it now and then
    ],
)
def test_slow_looks_are_kept_apart(took: list[float], is_slow: bool, pause: float) -> None:
    following = looked(*took)
    assert following.is_slow is is_slow
    assert following.pause == pause


@pytest.mark.parametrize(("code", "phase"), [("SOURCE_GONE", "Failed"), ("VOLUME_LOST", "Lost")])
def test_the_end_of_an_import_is_told_once(code: str, phase: str) -> None:
    world = FakeWorld(config_map={}, imports={NAME: progress("failed", code=code)})
    Following(world.ports(), NAME).look(clone("Importing"))
    Following(world.ports(), NAME).look(clone(phase))  # a controller that has started anew
    assert world.events == [f"{phase} {NAME}"]
