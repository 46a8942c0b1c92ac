"""Making a clone: the order, what a failure takes back, what a kill leaves, who is told."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.cloning.attendance import Attendance
from api.cloning.create import CloneCreator
from api.cloning.describe import CloneDescriber
from api.cloning.placement import Placement
from api.cloning.remove import CloneRemover
from api.domain.errors import (
    AuthFailed,
    CloneError,
    ClusterUnavailable,
    DatabaseUnavailable,
    Duplicate,
    ImportFailed,
    InternalError,
    NoCapacity,
    NotFound,
    PreparationInterrupted,
    Timeout,
)
from api.domain.keys import new_key
from api.domain.models import CloneAnswer, CloneRequest
from tests.unit.api.fakes import PASSWORD, SITE, Killed, Progress, World, order

STEPS = [
    "source.discover",
    "source.login",
    "source.permission",
    "source.key",
    "source.confirm",
    "intents.update database",
    "databases.create",
    "intents.update object",
    "objects.create",
    "intents.update Created",
]


MAX_CLONES = 3


class Maker:
    """Makes clones in a world."""

    def __init__(self, world: World, shards: int = 0, max_clones: int = MAX_CLONES) -> None:
        self.world = world
        self.outcomes: list[str] = []
        placement = Placement(world.ports(), max_clones, shards)
        self._creator = CloneCreator(world.ports(), world.clock(), self._report, placement)

    def _report(self, outcome: str, _: object) -> None:
        self.outcomes.append(outcome)

    def make(
        self, request: CloneRequest | None = None, *, key: str | None = None, seconds: float = 45
    ) -> CloneAnswer | None:
        attendance = Attendance(seconds, monotonic=lambda: self.world.seconds)
        return self._creator.create(request or order(), "demo", key, attendance)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def maker(world: World) -> Maker:
    return Maker(world)


def test_the_order_of_things(world: World, maker: Maker) -> None:
    answer = maker.make()
    assert answer is not None
    positions = [world.calls.index(call) for call in ["intents.create", *STEPS, "objects.wait", "probe.wait"]]
    assert positions == sorted(positions)
    assert maker.outcomes == ["READY"]


def test_the_answer(world: World, maker: Maker) -> None:
    answer = maker.make(order(ttl_minutes=30))
    assert answer is not None
    secrets = world.secrets[answer.name]
    assert answer.success is True
    assert answer.clone_url == answer.target_url == f"https://s1.clones.example/{answer.name}"
    assert (answer.wordpress_username, answer.wordpress_password) == ("admin", secrets.admin_password)
    assert answer.api_key == secrets.api_key != secrets.source_key
    assert (answer.expires_at - world.now).total_seconds() <= 30 * 60
    assert answer.timings is not None
    assert answer.timings["login"] == 0.5
    assert answer.timings["total"] == sum(seconds for phase, seconds in answer.timings.items() if phase != "total")
    assert world.databases == {answer.name: secrets.db_password}
    assert world.objects[answer.name].source_url == SITE
    assert world.intents[answer.name].phase == "Created"


def test_the_answer_says_where_the_url_led_to(world: World, maker: Maker) -> None:
    world.home = "https://www.example.com"
    for _ in range(2):
        answer = maker.make(key="k1")
        assert answer is not None
        assert answer.message.endswith(f" {SITE} leads to https://www.example.com, which is what was copied.")


def test_a_standing_key_is_used_and_not_taken_back(world: World, maker: Maker) -> None:
    key = new_key()
    source = {"url": SITE, "api_key": key.text}
    request = CloneRequest.model_validate({"source": source, "options": {"allow_insecure": True}})
    answer = maker.make(request)
    assert answer is not None
    assert world.secrets[answer.name].source_key == key.text
    assert world.options == request.options
    world.failures["databases.create"] = DatabaseUnavailable("no")
    with pytest.raises(DatabaseUnavailable):
        maker.make(request)
    assert "source.revoke" not in world.calls


def test_the_login_comes_from_the_record_where_the_status_lags(world: World, maker: Maker) -> None:
    world.outcome = {"phase": "Ready"}
    world.record = Progress()
    answer = maker.make()
    assert answer is not None
    assert answer.wordpress_username == "admin-x1y2"


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("failure", [AuthFailed("no"), ClusterUnavailable("no"), DatabaseUnavailable("no")])
def test_a_failure_leaves_nothing_to_a_caller_who_waits(
    world: World, maker: Maker, step: str, failure: CloneError
) -> None:
    world.failures[step] = failure
    with pytest.raises(type(failure)):
        maker.make()
    assert not world.left()
    assert maker.outcomes == [failure.code]


def test_undone_in_reverse(world: World, maker: Maker) -> None:
    world.failures["intents.update Created"] = ClusterUnavailable("no")
    with pytest.raises(ClusterUnavailable):
        maker.make()
    undone = [
        call
        for call in world.calls
        if call
        in {
            "objects.delete",
            "objects.wait",
            "databases.drop",
            "source.revoke",
            "intents.delete",
        }
    ]
    assert undone == ["objects.delete", "objects.wait", "databases.drop", "source.revoke", "intents.delete"]


@pytest.mark.parametrize("broken", ["databases.drop", "source.revoke"])
def test_an_undo_that_fails_does_not_stop_the_others(world: World, maker: Maker, broken: str) -> None:
    world.failures = {"intents.update Created": AuthFailed("no"), broken: DatabaseUnavailable("no")}
    with pytest.raises(AuthFailed):
        maker.make()
    assert not world.intents
    assert not world.objects


def test_an_object_that_does_not_go_is_left_to_the_controller(world: World, maker: Maker) -> None:
    world.failures = {"intents.update Created": AuthFailed("no"), "objects.wait": Timeout("no")}
    with pytest.raises(AuthFailed):
        maker.make()
    assert "objects.delete" in world.calls
    assert world.databases, "its pods may still write"
    assert world.intents, "and the controller needs the values"


def test_somebody_elses_object_is_not_deleted(world: World, maker: Maker) -> None:
    world.failures["objects.create"] = Duplicate("The name is taken.")
    with pytest.raises(Duplicate):
        maker.make()
    assert "objects.delete" not in world.calls
    assert not world.left()


@pytest.mark.parametrize("step", STEPS)
def test_a_failure_after_202_leaves_a_record_without_values(world: World, maker: Maker, step: str) -> None:
    world.failures[step] = AuthFailed("The source site refused this user name and password.")
    with pytest.raises(AuthFailed):
        maker.make(seconds=0)
    assert world.left() == {"intents"}
    (intent,) = world.intents.values()
    assert (intent.phase, intent.code) == ("Failed", "AUTH_FAILED")
    view = CloneDescriber(world.ports(), world.clock()).get(intent.name)
    assert (view.phase, view.code, view.message) == ("Failed", "AUTH_FAILED", str(world.failures[step]))
    assert view.step in {"discover", "login", "permission", "key", "confirm", "database", "object"}


def test_a_defect_says_nothing_of_itself(world: World, maker: Maker) -> None:
    world.failures["source.login"] = RuntimeError(f"a secret: {PASSWORD}")
    with pytest.raises(InternalError) as caught:
        maker.make()
    assert PASSWORD not in caught.value.detail
    assert not world.left()


@pytest.mark.parametrize("step", ["intents.create", *STEPS, "objects.wait"])
def test_after_a_kill_the_record_tells_and_can_be_removed(world: World, maker: Maker, step: str) -> None:
    world.failures[step] = Killed()
    with pytest.raises(Killed):
        maker.make()
    world.failures.clear()
    if step == "intents.create":
        assert not world.left()
        return
    (name,) = world.intents
    world.sleep(121)
    if name not in world.objects:
        view = CloneDescriber(world.ports(), world.clock()).get(name)
        assert (view.phase, view.code) == ("Failed", "PREPARATION_INTERRUPTED")
    world.hooks["objects.delete"] = lambda: finalize(world)
    assert CloneRemover(world.ports(), world.clock()).remove(name, 5)
    assert not world.left() - {"keys"}


def finalize(world: World) -> None:
    """What the controller does when an object goes."""
    for found in (world.databases, world.intents, world.secrets, world.keys):
        found.clear()


@pytest.mark.parametrize("phase", ["Failed", "Lost"])
def test_a_failed_import_is_told_and_removed(world: World, maker: Maker, phase: str) -> None:
    world.outcome = {"phase": phase, "message": "The source's disk is full.", "step": "files", "code": "SOURCE_FAILED"}
    with pytest.raises(ImportFailed) as caught:
        maker.make()
    assert "The source's disk is full." in caught.value.detail
    assert caught.value.reason == "SOURCE_FAILED"
    assert not world.left() - {"keys"}
    assert "source.revoke" not in world.calls, "the engine has"


def test_an_import_that_fails_without_a_word(world: World, maker: Maker) -> None:
    world.outcome = {"phase": "Failed"}
    world.record = Progress(step="tables", message="A row is too large.", code="ROW_TOO_LARGE")
    with pytest.raises(ImportFailed, match="tables: A row is too large"):
        maker.make()


def test_a_caller_who_waited_long_enough_comes_back(world: World, maker: Maker) -> None:
    world.settles = False
    assert maker.make() is None
    assert world.seconds == pytest.approx(45)
    (name,) = world.objects
    assert world.intents[name].phase == "Created"
    assert maker.outcomes == ["ACCEPTED"]


@pytest.mark.parametrize("lost", ["objects.wait"])
def test_a_cluster_that_stops_answering_takes_nothing_back(world: World, maker: Maker, lost: str) -> None:
    world.failures[lost] = ClusterUnavailable("no")
    assert maker.make() is None
    assert world.objects


def test_a_url_that_does_not_answer_yet(world: World, maker: Maker) -> None:
    world.answers = False
    assert maker.make() is None
    assert world.objects


def test_asynchronous_work_ends_with_the_object(world: World, maker: Maker) -> None:
    assert maker.make(seconds=0) is None
    assert world.objects
    assert "objects.wait" not in world.calls


@pytest.mark.parametrize("step", [step for step in STEPS if step.startswith("intents.update")])
def test_a_clone_deleted_while_it_is_made_leaves_nothing(world: World, maker: Maker, step: str) -> None:
    world.hooks[step] = world.intents.clear
    with pytest.raises(NotFound, match="deleted while"):
        maker.make(seconds=0)
    world.secrets.clear()
    assert not world.left()


def test_an_object_deleted_while_its_caller_waits(world: World, maker: Maker) -> None:
    world.hooks["objects.wait"] = lambda: world.outcome.update(deleting="yes")
    with pytest.raises(NotFound, match="deleted while"):
        maker.make()


def test_the_same_call_gets_the_same_clone(world: World, maker: Maker) -> None:
    first = maker.make(key="k1")
    again = maker.make(key="k1")
    assert first is not None
    assert again is not None
    assert again.model_dump(exclude={"timings"}) == first.model_dump(exclude={"timings"})
    assert again.timings is None
    assert len(world.objects) == 1


def test_the_same_call_many_times_at_once_makes_one_clone(world: World, maker: Maker) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: maker.make(key="k1"), range(8)))
    assert len({answer.name for answer in answers if answer}) == 1
    assert len(world.objects) == 1


def test_no_more_clones_than_there_may_be(world: World, maker: Maker) -> None:
    def attempt(_: int) -> CloneAnswer | NoCapacity | None:
        try:
            return maker.make()
        except NoCapacity as problem:
            return problem

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(8)))
    refused = [outcome for outcome in outcomes if isinstance(outcome, NoCapacity)]
    assert len(refused) == 8 - MAX_CLONES
    assert len(world.objects) == len(world.intents) == MAX_CLONES
    assert {problem.retry_after for problem in refused} == {NoCapacity.usual_retry_after}


def test_a_clone_that_failed_takes_no_room(world: World, maker: Maker) -> None:
    for _ in range(MAX_CLONES):
        maker.make()
    world.ports().intents.update(next(iter(world.intents)), phase="Failed")
    assert maker.make() is not None


def test_an_idempotency_key_with_another_body(world: World, maker: Maker) -> None:
    maker.make(key="k1")
    with pytest.raises(Duplicate, match="another request body"):
        maker.make(order(ttl_minutes=61), key="k1")
    with pytest.raises(Duplicate, match="another request body"):
        maker.make(order(password="a different one"), key="k1")
    assert maker.make(key="k2") is not None
    assert len(world.objects) == 2


def test_the_same_call_after_an_interruption_was_swept(world: World, maker: Maker) -> None:
    world.failures["source.login"] = Killed()
    with pytest.raises(Killed):
        maker.make(key="k1")
    world.failures.clear()
    (first,) = world.intents
    world.ports().intents.update(first, phase="Failed", code=PreparationInterrupted.code)
    again = maker.make(key="k1")
    assert again is not None
    assert again.name != first


def test_the_same_call_while_the_first_one_is_being_undone(world: World, maker: Maker) -> None:
    world.failures["source.login"] = Killed()
    with pytest.raises(Killed):
        maker.make(key="k1")
    world.failures.clear()
    world.settles = False
    world.hooks["objects.wait"] = world.intents.clear
    with pytest.raises(PreparationInterrupted):
        maker.make(key="k1")


@pytest.mark.parametrize(("seconds", "attended"), [(45, True), (0, False)])
def test_the_record_says_whether_anybody_knows_of_it(
    world: World, maker: Maker, seconds: float, attended: bool
) -> None:
    world.failures["source.login"] = Killed()
    with pytest.raises(Killed):
        maker.make(seconds=seconds)
    assert [intent.attended for intent in world.intents.values()] == [attended]


def test_the_same_call_while_the_first_one_works(world: World, maker: Maker) -> None:
    world.settles = False
    assert maker.make(key="k1") is None
    assert maker.make(key="k1") is None
    assert len(world.objects) == 1


@pytest.mark.parametrize(
    ("prepare", "expected"),
    [
        (lambda world: world.failures.update({"source.login": AuthFailed("Refused.")}), AuthFailed),
        (lambda world: world.failures.update({"source.login": Killed()}), PreparationInterrupted),
    ],
)
def test_the_same_call_after_a_failure(
    world: World, maker: Maker, prepare: Callable[[World], None], expected: type[CloneError]
) -> None:
    prepare(world)
    with pytest.raises((AuthFailed, Killed)):
        maker.make(key="k1", seconds=0)
    world.failures.clear()
    world.sleep(121)
    with pytest.raises(expected):
        maker.make(key="k1")
    assert not world.objects


def test_of_two_facades_the_one_that_has_gone_further_wins(world: World, maker: Maker) -> None:
    other = Maker(world)

    def rival() -> None:
        world.hooks.clear()
        other.make(key="k1")

    world.hooks["intents.create"] = rival
    answer = maker.make(key="k1")
    assert answer is not None
    assert list(world.objects) == [answer.name]
    assert list(world.intents) == [answer.name]


def test_the_password_is_nowhere(world: World, maker: Maker, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    world.failures["source.key"] = AuthFailed("no")
    with pytest.raises(AuthFailed) as caught:
        maker.make(key="k1", seconds=0)
    everything = repr([vars(record) for record in caplog.records]) + repr(world.intents) + repr(caught.value)
    assert PASSWORD not in everything
