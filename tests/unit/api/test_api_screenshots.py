"""Screenshots of a failed visit at a source: kept with the record, shown to those who may clone, gone with it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from api.domain.refusals.front import BotChallenge
from tests.unit.api.conftest import CLONER, READER, Serve, bearer
from tests.unit.api.fakes import PASSWORD, SITE, World

BODY = {"source": {"url": SITE, "username": "siteowner", "password": PASSWORD}}
IMAGES = (b"\x89PNG one", b"\x89PNG two")


@pytest.fixture
def refused(world: World) -> BotChallenge:
    """Why sources do not let a browser in."""
    refusal = BotChallenge()
    refusal.screenshots = IMAGES
    world.failures["source.login"] = refusal
    return refusal


@pytest.fixture
def reader(serve: Serve) -> Iterator[httpx.Client]:
    with serve() as client:
        client.headers = bearer(READER)
        yield client


def test_a_caller_who_waits_is_told_where_they_are(client: httpx.Client, world: World, refused: BotChallenge) -> None:
    answer = client.post("/clone", json=BODY)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "BOT_CHALLENGE")
    urls = client.get(problem["screenshots"]).json()["screenshots"]
    assert [client.get(url).content for url in urls] == list(IMAGES)
    assert client.get(urls[0]).headers["content-type"] == "image/png"
    name = problem["screenshots"].split("/")[2]
    assert client.get(f"/clones/{name}").json()["screenshots"] == len(IMAGES)
    assert world.left() == {"intents", "pictures"}, "no value, database or key"
    assert client.delete(f"/clones/{name}").status_code == 204
    assert client.get(urls[0]).status_code == 404
    assert not world.left()


def test_so_is_one_who_asks_again(client: httpx.Client, world: World, refused: BotChallenge) -> None:
    key = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
    first, again = (client.post("/clone", json=BODY, headers=key).json() for _ in range(2))
    assert first["screenshots"] == again["screenshots"]
    assert len(world.intents) == 1


def test_where_there_are_none_nothing_is_kept(client: httpx.Client, world: World, refused: BotChallenge) -> None:
    refused.screenshots = ()
    assert "screenshots" not in client.post("/clone", json=BODY).json()
    assert not world.left()


def test_they_are_for_those_who_may_clone(reader: httpx.Client) -> None:
    for path in ("/clones/some-name/screenshots", "/clones/some-name/screenshots/1"):
        assert reader.get(path).status_code == 403


@pytest.mark.parametrize("path", ["screenshots", "screenshots/1", "screenshots/0", "screenshots/-1"])
def test_a_clone_that_is_none(client: httpx.Client, path: str) -> None:
    assert client.get(f"/clones/no-such-clone/{path}").status_code == 404
    assert client.get(f"/clones/NO_NAME/{path}").status_code == 404


def test_a_session_is_kept_for_the_engine(client: httpx.Client, world: World) -> None:
    world.session = '{"user_agent":"x"}'
    name = client.post("/clone", json=BODY).json()["name"]
    assert world.secrets[name].source_session == world.session
    assert CLONER not in world.session
