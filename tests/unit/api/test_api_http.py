"""The HTTP API: calls, problem documents, tokens."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.domain.codes import by_code
from api.domain.errors import (
    AuthFailed,
    ClusterUnavailable,
    DatabaseUnavailable,
    InternalError,
    InvalidRequest,
    NotFound,
)
from api.domain.keys import new_key
from api.domain.refusals.agent import ApiKeyRefused
from api.domain.refusals.base import Refusal
from api.domain.refusals.front import BasicAuthFailed, Maintenance
from tests.unit.api.conftest import CLONER, READER, Serve, bearer
from tests.unit.api.fakes import PASSWORD, SITE, Progress, World

BODY: dict[str, Any] = {"source": {"url": SITE, "username": "siteowner", "password": PASSWORD}, "ttl_minutes": 30}
CALLS = [
    ("POST", "/clone"),
    ("GET", "/clones"),
    ("GET", "/clones/x"),
    ("PATCH", "/clones/x"),
    ("DELETE", "/clones/x"),
    ("GET", "/clones/x/credentials"),
    ("POST", "/clones/x/login-link"),
    ("GET", "/metrics"),
]
ASYNC = {"Prefer": "respond-async"}


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem document of an answer, after a look at its form (RFC 9457)."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "code", "instance"} <= set(document)
    assert (document["code"], document["status"], document["type"]) == (code, status, f"/problems/{code}")
    assert document["instance"] == "urn:uuid:" + answer.headers["x-request-id"]
    uuid.UUID(answer.headers["x-request-id"])
    assert PASSWORD not in answer.text
    return document


@pytest.mark.parametrize("path", ["/health", "/docs", "/openapi.json", "/clones", "/no-such-page"])
def test_no_other_origin_frames_or_embeds_an_answer(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"] == "frame-ancestors 'none'"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert not [name for name in headers if name.startswith("access-control-")]


def test_clone(client: httpx.Client, world: World) -> None:
    answer = client.post("/clone", json=BODY)
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {
        "success",
        "name",
        "clone_url",
        "target_url",
        "wordpress_username",
        "wordpress_password",
        "api_key",
        "expires_at",
        "message",
        "timings",
    }
    assert body["expires_at"].endswith("Z")
    assert answer.headers["cache-control"] == "no-store"
    assert list(world.objects) == [body["name"]]


def test_clone_asynchronously(client: httpx.Client, world: World) -> None:
    gate = threading.Event()
    world.hooks["source.discover"] = gate.wait
    answer = client.post("/clone", json=BODY, headers=ASYNC)
    assert answer.status_code == 202
    name = answer.json()["name"]
    assert answer.headers["location"] == answer.json()["status_url"] == f"/clones/{name}"
    assert answer.headers["preference-applied"] == "respond-async"
    assert client.get(f"/clones/{name}").json()["phase"] == "Preparing"
    assert problem(client.get(f"/clones/{name}/credentials"), 409, "NOT_READY")
    gate.set()


def test_clone_takes_too_long_to_wait_for(serve: Serve, world: World) -> None:
    gate = threading.Event()
    world.hooks["objects.wait"] = gate.wait
    with serve(sync_seconds=0.2) as client:
        client.headers = bearer(CLONER)
        answer = client.post("/clone", json=BODY)
        assert answer.status_code == 202
        assert "preference-applied" not in answer.headers
        gate.set()
    assert world.objects


def test_failures_are_told_to_those_who_wait(client: httpx.Client, world: World) -> None:
    world.failures["source.login"] = AuthFailed("The source site refused this user name and password.")
    document = problem(client.post("/clone", json=BODY), 401, "AUTH_FAILED")
    assert document["detail"] == "The source site refused this user name and password."
    assert not world.left()


@pytest.mark.parametrize(
    ("failure", "status", "header", "value"),
    [
        (Maintenance(retry_after=600), 503, "retry-after", "600"),
        (BasicAuthFailed(), 401, "www-authenticate", 'WordPress realm="source site"'),
        (ApiKeyRefused(), 401, "www-authenticate", 'WordPress realm="source site"'),
    ],
)
def test_refusals_of_a_source_have_their_own_codes(
    client: httpx.Client, world: World, failure: Refusal, status: int, header: str, value: str
) -> None:
    world.failures["source.login"] = failure
    answer = client.post("/clone", json=BODY)
    document = problem(answer, status, failure.code)
    assert (document["reason"], document["detail"]) == (failure.code, failure.detail)
    assert answer.headers[header] == value
    name = client.post("/clone", json=BODY, headers=ASYNC).json()["name"]
    assert world.failed.wait(5)
    assert client.get(f"/clones/{name}").json()["code"] == failure.code


def test_a_standing_key_instead_of_a_login(client: httpx.Client, world: World) -> None:
    key = new_key().text
    answer = client.post("/clone", json={"source": {"url": SITE, "api_key": key}})
    assert answer.status_code == 200
    assert world.secrets[answer.json()["name"]].source_key == key
    for source in ({"api_key": key, "password": "x"}, {"api_key": key + "0"}):
        refused = client.post("/clone", json={"source": {"url": SITE} | source})
        problem(refused, 422, "INVALID_REQUEST")
        assert key not in refused.text


def test_failures_after_202_are_told_to_those_who_ask(client: httpx.Client, world: World) -> None:
    world.failures["source.login"] = AuthFailed("The source site refused this user name and password.")
    name = client.post("/clone", json=BODY, headers=ASYNC).json()["name"]
    assert world.failed.wait(5)
    view = client.get(f"/clones/{name}").json()
    assert (view["phase"], view["step"], view["code"]) == ("Failed", "login", "AUTH_FAILED")
    assert view["message"] == "The source site refused this user name and password."


def test_at_most_so_many_at_once(serve: Serve, world: World) -> None:
    gate = threading.Event()
    world.hooks["source.discover"] = gate.wait
    with serve(max_concurrent=1) as client:
        client.headers = bearer(CLONER)
        assert client.post("/clone", json=BODY, headers=ASYNC).status_code == 202
        refused = client.post("/clone", json=BODY)
        problem(refused, 429, "TOO_MANY_REQUESTS")
        assert int(refused.headers["retry-after"]) > 0
        assert len(world.intents) == 1
        gate.set()


def test_idempotency_key(client: httpx.Client) -> None:
    key = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
    first, again = (client.post("/clone", json=BODY, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["name"] == again.json()["name"]
    problem(client.post("/clone", json=BODY | {"ttl_minutes": 31}, headers=key), 409, "DUPLICATE")
    problem(client.post("/clone", json=BODY, headers={"Idempotency-Key": "a b"}), 422, "INVALID_REQUEST")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (BODY | {"colour": "red"}, "colour"),
        (BODY | {"ttl_minutes": 0}, "ttl_minutes"),
        (BODY | {"ttl_minutes": 10081}, "ttl_minutes"),
        (BODY | {"ttl_minutes": PASSWORD}, "ttl_minutes"),
        ({"source": BODY["source"] | {"url": f"https://u:{PASSWORD}@e.com"}}, "source.url"),
        ({"source": BODY["source"] | {"pasword": PASSWORD}}, "source.pasword"),
        ({"source": PASSWORD}, "source"),
        ({}, "source"),
        ([PASSWORD], "body"),
        (PASSWORD, "body"),
        (None, "body"),
    ],
)
def test_wrong_bodies(client: httpx.Client, world: World, body: object, field: str) -> None:
    document = problem(client.post("/clone", json=body), 422, "INVALID_REQUEST")
    assert [error["field"] for error in document["errors"]] == [field]
    assert not world.left()


@pytest.mark.parametrize("name", ["\x00", f"<{PASSWORD}>", "a b", "x" * 65, "1", "", "colour\n"])
def test_names_that_are_none_are_not_repeated(client: httpx.Client, name: str) -> None:
    for body in (BODY | {name: 1}, {"source": BODY["source"] | {name: 1}}):
        document = problem(client.post("/clone", json=body), 422, "INVALID_REQUEST")
        assert document["errors"] == [{"field": "an unknown field", "detail": "This field is unknown."}]
        assert document["detail"] == "The request is not valid. an unknown field: This field is unknown."


def test_paths_are_not_repeated(client: httpx.Client) -> None:
    for method, path in (("GET", "/clones/%00marker"), ("DELETE", "/clones/-marker"), ("GET", "/marker/x")):
        assert "marker" not in client.request(method, path).text
    assert problem(client.get("/clones/%00"), 404, "NOT_FOUND")["detail"] == "There is no such clone."
    assert problem(client.get("/clones/none"), 404, "NOT_FOUND")["detail"] == "There is no clone none."


def test_a_body_that_is_no_json(client: httpx.Client) -> None:
    answer = client.post("/clone", content=f'{{"password": "{PASSWORD}', headers={"Content-Type": "application/json"})
    document = problem(answer, 422, "INVALID_REQUEST")
    assert document["errors"][0]["detail"] == "The body is not JSON."


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_that_is_too_large(client: httpx.Client, declared: bool) -> None:
    large = json.dumps(BODY | {"x": "x" * 70_000}).encode()
    content = large if declared else iter([large[:40_000], large[40_000:]])
    answer = client.post("/clone", content=content, headers={"Content-Type": "application/json"})
    problem(answer, 413, "REQUEST_TOO_LARGE")


def test_unknown_paths_and_methods(client: httpx.Client) -> None:
    problem(client.get("/nothing"), 404, "NOT_FOUND")
    problem(client.get("/clones/"), 404, "NOT_FOUND")
    answer = client.put("/clones")
    problem(answer, 405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == "GET"


@pytest.mark.parametrize("name", ["no-such-clone", "UPPER", "a" * 300, "..%2f..", "a%00b", "kube-system%2Fx", "-a"])
def test_unknown_clones(client: httpx.Client, name: str) -> None:
    for method, tail in (("GET", ""), ("DELETE", ""), ("GET", "/credentials")):
        problem(client.request(method, f"/clones/{name}{tail}"), 404, "NOT_FOUND")


def test_defects_say_nothing(client: httpx.Client, world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.failures["intents.list"] = RuntimeError(f"something with {PASSWORD}")
    document = problem(client.get("/clones"), 500, "INTERNAL_ERROR")
    assert "something" not in json.dumps(document)


def test_a_part_that_does_not_answer(client: httpx.Client, world: World) -> None:
    world.failures["intents.create"] = ClusterUnavailable("The cluster's API does not answer.")
    problem(client.post("/clone", json=BODY), 503, "UNAVAILABLE")
    assert not world.left()


def test_list_shows_all(client: httpx.Client, world: World) -> None:
    assert client.get("/clones").json() == {"clones": []}
    first = client.post("/clone", json=BODY).json()["name"]
    world.sleep(60)
    world.failures["source.login"] = AuthFailed("Refused.")
    second = client.post("/clone", json=BODY, headers=ASYNC).json()["name"]
    assert world.failed.wait(5)
    clones = client.get("/clones").json()["clones"]
    assert [clone["name"] for clone in clones] == [second, first]
    assert [clone["phase"] for clone in clones] == ["Failed", "Ready"]
    assert clones[1]["clone_url"].endswith(first)
    assert "password" not in json.dumps(clones[1])


def test_a_failed_import_says_step_and_why(client: httpx.Client, world: World) -> None:
    name = client.post("/clone", json=BODY).json()["name"]
    world.record = Progress(step="files", message="The source stopped answering.", code="SOURCE_UNREACHABLE")
    world.outcome = {"phase": "Failed"}
    world.ports().objects.wait(name, lambda state: True, 0)
    view = client.get(f"/clones/{name}").json()
    assert (view["phase"], view["step"], view["code"]) == ("Failed", "files", "SOURCE_UNREACHABLE")
    assert view["message"] == "The source stopped answering."


def test_credentials(client: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    made = client.post("/clone", json=BODY).json()
    caplog.set_level(logging.INFO)
    answer = client.get(f"/clones/{made['name']}/credentials").json()
    assert answer == {key: made[key] for key in answer}
    assert {"wordpress_username", "wordpress_password", "api_key"} <= set(answer)
    lines = [vars(record) for record in caplog.records if record.name == "api.audit"]
    assert [(line["caller"], line["clone"]) for line in lines] == [("cloner", made["name"])]
    assert made["wordpress_password"] not in repr(lines)


def test_login_link(client: httpx.Client, world: World, caplog: pytest.LogCaptureFixture) -> None:
    made = client.post("/clone", json=BODY).json()
    caplog.set_level(logging.INFO)
    links = [client.post(f"/clones/{made['name']}/login-link").json() for _ in range(2)]
    assert [set(link) for link in links] == [{"name", "login_url", "expires_at"}] * 2
    assert datetime.fromisoformat(links[0]["expires_at"]) == world.now + timedelta(seconds=60)
    tokens = []
    for link in links:
        page, _, token = link["login_url"].partition("#")
        assert page == f"{made['clone_url']}/?wordpress-clone-login"
        assert world.logins[hashlib.sha256(token.encode()).hexdigest()] == (made["wordpress_username"], 60)
        tokens.append(token)
    assert len(set(tokens)) == 2
    lines = [vars(record) for record in caplog.records if record.name == "api.audit"]
    assert [(line["caller"], line["clone"]) for line in lines] == [("cloner", made["name"])] * 2
    assert not any(token in repr(lines) for token in tokens)


def test_a_clone_that_is_not_ready_has_no_login_link(client: httpx.Client, world: World) -> None:
    name = client.post("/clone", json=BODY, headers={"Prefer": "respond-async"}).json()["name"]
    world.objects.pop(name, None)
    problem(client.post(f"/clones/{name}/login-link"), 409, "NOT_READY")
    problem(client.post("/clones/no-such-clone/login-link"), 404, "NOT_FOUND")
    assert not world.logins


def test_delete(client: httpx.Client, world: World) -> None:
    name = client.post("/clone", json=BODY).json()["name"]
    slow = client.delete(f"/clones/{name}")
    assert (slow.status_code, slow.headers["location"]) == (202, f"/clones/{name}")
    assert client.get(f"/clones/{name}").json()["phase"] == "Deleting"
    world.databases.clear()
    assert client.delete(f"/clones/{name}").status_code == 204
    assert not world.left() - {"keys"}
    problem(client.delete(f"/clones/{name}"), 404, "NOT_FOUND")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer wrong", "Basic dTpw", f"Bearer {CLONER}x"])
def test_no_token(serve: Serve, header: str | None) -> None:
    headers = {"Authorization": header} if header is not None else {}
    with serve() as client:
        for method, path in CALLS:
            answer = client.request(method, path, headers=headers)
            problem(answer, 401, "UNAUTHENTICATED")
            assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/clone"), ("DELETE", "/clones/x"), ("GET", "/clones/x/credentials"), ("POST", "/clones/x/login-link")],
)
def test_scopes(serve: Serve, method: str, path: str) -> None:
    with serve() as client:
        client.headers = bearer(READER)
        document = problem(client.request(method, path), 403, "FORBIDDEN")
        assert "'clone'" in document["detail"]
        assert client.get("/clones").status_code == 200


def test_tokens_may_change_while_we_run(client: httpx.Client, tokens_file: Path) -> None:
    assert client.get("/clones").status_code == 200
    sound = tokens_file.read_text()
    tokens_file.write_text('{"tokens": []}')
    problem(client.get("/clones"), 401, "UNAUTHENTICATED")
    tokens_file.write_text("{")
    problem(client.get("/clones"), 503, "UNAVAILABLE")
    tokens_file.unlink()
    problem(client.get("/clones"), 503, "UNAVAILABLE")
    replacement = tokens_file.with_suffix(".new")
    replacement.write_text(sound)
    replacement.replace(tokens_file)
    assert client.get("/clones").status_code == 200


def test_health_and_readiness_are_open(serve: Serve, world: World) -> None:
    with serve() as client:
        assert client.get("/health").json() == {"status": "ok", "version": "0.1.0", "platform": "kubernetes"}
        assert client.get("/ready").json() == {"ready": True, "checks": {"kubernetes": True, "database": True}}
        asked = len(world.calls)
        assert client.get("/ready").status_code == 200
        assert len(world.calls) == asked, "cached"


def test_not_ready(serve: Serve, world: World) -> None:
    world.failures["databases.ping"] = DatabaseUnavailable("no")
    with serve() as client:
        answer = client.get("/ready")
    assert (answer.status_code, answer.json()) == (
        503,
        {"ready": False, "checks": {"kubernetes": True, "database": False}},
    )


def test_a_cluster_without_our_kind_is_not_ready(serve: Serve, world: World) -> None:
    world.failures["objects.ping"] = NotFound("the server could not find the requested resource")
    with serve() as client:
        answer = client.get("/ready")
    assert (answer.status_code, answer.json()["checks"]) == (503, {"kubernetes": False, "database": True})


def test_a_lost_clone_says_so(client: httpx.Client, world: World) -> None:
    name = client.post("/clone", json=BODY).json()["name"]
    why = "The clone's files are gone."
    world.objects[name] = replace(world.objects[name], phase="Lost", code="VOLUME_LOST", message=why, step="done")
    view = client.get(f"/clones/{name}").json()
    assert (view["phase"], view["code"], view["message"]) == ("Lost", "VOLUME_LOST", why)


def test_a_clone_gets_more_time_and_a_rest(client: httpx.Client, world: World) -> None:
    name = client.post("/clone", json=BODY).json()["name"]
    view = client.patch(f"/clones/{name}", json={"ttl_minutes": 600})
    assert (view.status_code, view.json()["ttl_minutes"]) == (200, 600)
    assert client.patch(f"/clones/{name}", json={"suspended": True}).status_code == 200
    assert world.objects[name].options == {"ttlMinutes": 600, "suspended": True}


@pytest.mark.parametrize("body", [{"ttl_minutes": 0}, {"suspended": "yes"}, {"phase": "Ready"}, {"php_version": "8.4"}])
def test_a_change_that_is_none_changes_nothing(client: httpx.Client, world: World, body: dict[str, object]) -> None:
    name = client.post("/clone", json=BODY).json()["name"]
    before = world.objects[name]
    assert client.patch(f"/clones/{name}", json=body).status_code == 422
    assert world.objects[name] == before


def test_what_the_cluster_refuses_is_told_in_its_words(client: httpx.Client, world: World) -> None:
    name = client.post("/clone", json=BODY).json()["name"]
    world.failures["objects.change"] = InvalidRequest("spec.suspended: only a persistent clone can be suspended")
    answer = client.patch(f"/clones/{name}", json={"suspended": True})
    assert "spec.suspended" in answer.json()["detail"]


def test_only_a_clone_that_the_cluster_has_can_be_changed(client: httpx.Client, world: World) -> None:
    assert client.patch("/clones/unknown", json={"suspended": True}).status_code == 404
    name = client.post("/clone", json=BODY).json()["name"]
    del world.objects[name]
    assert client.patch(f"/clones/{name}", json={"suspended": True}).json()["code"] == "NOT_READY"


def test_metrics(client: httpx.Client) -> None:
    client.post("/clone", json=BODY)
    figures = client.get("/metrics").text
    assert 'clone_creations_total{outcome="READY"} 1.0' in figures
    assert 'clone_phase_seconds_count{phase="login"} 1.0' in figures
    assert "clone_creations_running" in figures


def test_every_problem_type_leads_to_its_meaning(client: httpx.Client) -> None:
    meaning = client.get("/problems/NOT_ADMIN").json()
    assert (meaning["status"], meaning["title"]) == (403, "The source's user is not an administrator")
    for code in {InternalError.code, *by_code()}:
        assert client.get(f"/problems/{code}").json()["code"] == code
    problem(client.get("/problems/nothing"), 404, "NOT_FOUND")


def test_the_schema_names_all_calls(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/clone", "/clones", "/clones/{name}", "/clones/{name}/credentials", "/health", "/ready"} <= set(paths)
    assert client.get("/docs").status_code == 200


def test_the_password_is_in_no_log_line(
    client: httpx.Client, world: World, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    made = client.post("/clone", json=BODY).json()
    world.failures["source.login"] = RuntimeError("defect")
    client.post("/clone", json=BODY)
    client.post("/clone", json=BODY | {"password": PASSWORD})
    lines = repr([vars(record) for record in caplog.records]) + caplog.text + "".join(capsys.readouterr())
    secrets = [PASSWORD, made["wordpress_password"], made["api_key"], CLONER]
    assert [secret for secret in secrets if secret in lines] == []
