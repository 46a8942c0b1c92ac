"""Reading progress: as the clone's own account, over a connection of its own, and whatever the clone put there."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pymysql
import pytest

from api.cluster.secrets import IntentStore
from api.database.connect import READ_SECONDS, DatabaseServer, Row, Session
from api.database.errors import UNKNOWN_TABLE, StatementFailed
from api.database.progress import KEPT_CONNECTIONS, ImportProgress, ProgressReader
from api.domain.errors import ClusterUnavailable
from api.wiring import build_progress
from tests.unit.controller_fakes import NAME, SECRETS, intent
from tests.unit.kubernetes_fake import FakeKubernetes

ROW: Row = ("running", "files", "41", "12 of 30 files", "", "admin")
LOST, UNKNOWN_COLUMN = 2013, 1054
Answer = Row | int
"""A row, or the number of an error."""


class FakeSession(Session):
    """Gives answers, the last one again and again."""

    def __init__(self, answers: list[Answer]) -> None:
        super().__init__(pymysql.Connection(defer_connect=True))
        self._answers = answers
        self.is_open = True

    def execute(self, statement: str, parameters: Sequence[object] = ()) -> list[Row]:
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, int):
            raise StatementFailed(answer)
        return [answer]

    def close(self) -> None:
        self.is_open = False


class FakeServer(DatabaseServer):
    """Opens connections in memory, for nobody but clones."""

    def __init__(self, *answers: Answer) -> None:
        super().__init__("db", 3306, "admin", Path("/nowhere"), Path("/nowhere"))
        self.__dict__.update(opened=[], users=[], answers=list(answers or (ROW,)))

    @property
    def sessions(self) -> list[FakeSession]:
        """All connections so far."""
        return cast("list[FakeSession]", self.__dict__["opened"])

    @property
    def users(self) -> list[tuple[str, str]]:
        """Who logged in, and with which password."""
        return cast("list[tuple[str, str]]", self.__dict__["users"])

    def open_as(self, user: str, password: str, *, read_seconds: float = READ_SECONDS) -> Session:
        self.users.append((user, password))
        self.sessions.append(FakeSession(self.__dict__["answers"]))
        return self.sessions[-1]


def password_of(name: str) -> str:
    return f"password of {name}"


def test_each_clone_is_read_as_itself_and_alone() -> None:
    server = FakeServer()
    reader = ProgressReader(server, password_of)
    assert [reader.read("shop-1"), reader.read("shop-2")].count(None) == 0
    assert server.users == [("wp_shop_1", "password of shop-1"), ("wp_shop_2", "password of shop-2")]
    assert [session.is_open for session in server.sessions] == [False, False]


def test_the_password_is_the_one_in_the_clones_secret() -> None:
    server, kubernetes = FakeServer(), FakeKubernetes()
    intents = IntentStore(kubernetes, "ns")
    reader = build_progress(server, intents)
    assert reader.read(NAME) is None
    intents.create(intent(), SECRETS)
    assert reader.read(NAME)
    assert server.users == [("wp_shop_1", SECRETS.db_password)]
    kubernetes.failures.append(ClusterUnavailable("down"))
    with pytest.raises(ClusterUnavailable):
        reader.read(NAME)


def test_a_watch_keeps_its_connection_until_it_is_closed() -> None:
    server = FakeServer()
    watch = ProgressReader(server, password_of).watch("shop-1")
    assert [watch.read(), watch.read()].count(None) == 0
    assert [session.is_open for session in server.sessions] == [True]
    watch.close()
    assert [session.is_open for session in server.sessions] == [False]
    assert watch.read()
    assert [session.is_open for session in server.sessions] == [False, True]


def test_no_more_than_a_few_watches_keep_their_connections() -> None:
    server = FakeServer()
    reader = ProgressReader(server, password_of)
    watches = [reader.watch(f"shop-{number}") for number in range(KEPT_CONNECTIONS + 1)]
    assert [watch.read() for watch in watches].count(None) == 0
    assert [session.is_open for session in server.sessions] == [*[True] * KEPT_CONNECTIONS, False]
    watches[0].close()
    assert watches[-1].read()
    assert [session.is_open for session in server.sessions].count(True) == KEPT_CONNECTIONS
    assert server.sessions[-1].is_open


def test_a_lost_connection_is_made_again() -> None:
    server = FakeServer(ROW, LOST, ROW)
    watch = ProgressReader(server, password_of).watch("shop-1")
    assert [watch.read(), watch.read()].count(None) == 0
    assert [session.is_open for session in server.sessions] == [False, True]


def test_a_server_that_is_down_is_an_error() -> None:
    with pytest.raises(StatementFailed):
        ProgressReader(FakeServer(LOST), password_of).read("shop-1")


def test_without_a_password_nobody_logs_in() -> None:
    server = FakeServer()
    assert ProgressReader(server, lambda name: "").read("shop-1") is None
    assert server.users == []


def test_another_shape_is_no_progress_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    watch = ProgressReader(FakeServer(UNKNOWN_COLUMN, ROW, UNKNOWN_COLUMN), password_of).watch("shop-1")
    with caplog.at_level(logging.WARNING):
        assert [watch.read() is None for _ in range(3)] == [True, False, True]
    assert [record.exc_info for record in caplog.records] == [None]


def test_an_import_that_has_not_begun_is_nothing_to_say(caplog: pytest.LogCaptureFixture) -> None:
    assert ProgressReader(FakeServer(UNKNOWN_TABLE), password_of).read("shop-1") is None
    assert caplog.records == []


@pytest.mark.parametrize(
    ("percent", "expected"), [("41", 41), ("abc", 0), ("-7", 0), ("999", 100), ("1.5", 0), (None, 0), (b"\xff", 0)]
)
def test_any_value_becomes_a_percentage(percent: object, expected: int) -> None:
    found = ProgressReader(FakeServer(("running", b"fi\xffles", percent, None, 7, "")), password_of).read("shop-1")
    assert found == ImportProgress("running", "fi\ufffdles", expected, "", "7", "")
