"""The agent's end: a preparation that was killed leaves a key that dies by itself, and the agent goes with it."""

import os

import pytest
import stamina

from tests.agent.calls import body_of, refusal, result
from tests.agent.conftest import MakeSite
from tests.agent.wordpress import PAGE, WordPress, form_of

pytestmark = pytest.mark.engine

#: Requests of any kind, none of them ours.
REQUESTS = (
    ("GET", "/"),
    ("GET", "/wp-login.php"),
    ("GET", "/?rest_route=/"),
    ("GET", "/wp-admin/admin-ajax.php?action=x"),
    ("POST", "/xmlrpc.php"),
    ("GET", "/wp-cron.php"),
)


def pass_time(site: WordPress, seconds: int) -> None:
    """As if the key had been registered that much earlier."""
    site.query(
        f"UPDATE wp_custom_migrator_keys SET created_at = created_at - {seconds}, expires_at = expires_at - {seconds}"
    )
    due = "UPDATE wp_options SET option_value = option_value - {} WHERE option_name = 'custom_migrator_next_check'"
    site.query(due.format(seconds))


def killed_preparation(site: WordPress, host: str) -> str:
    """Register a key as a facade does, and never come back. Returns its id."""
    key = f"cm_{'1' * 16}_{'2' * 64}"
    with site.login(host) as owner:
        nonce = owner.get("/wp-admin/admin-ajax.php?action=rest-nonce").text
        url = "/?rest_route=/custom-migrator/v1/keys"
        answer = owner.post(url, json={"key": key, "purpose": "clone"}, headers={"X-WP-Nonce": nonce})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_a_killed_preparation(make_site: MakeSite, host: str) -> None:
    site = make_site("single")
    method, url = REQUESTS[0] if host == "apache" else REQUESTS[3]
    key_id = killed_preparation(site, host)
    with site.client(host) as client:
        pass_time(site, 600)
        client.request(method, url)
        assert site.query("SELECT id FROM wp_custom_migrator_keys") == [(key_id,)], "its time is not over yet"
        pass_time(site, 600)
        client.request(method, url)
        assert site.traces() == []
        assert client.get("/").status_code == 200


def test_requests_of_any_kind_let_a_key_die(site: WordPress, host: str) -> None:
    with site.client(host) as client:
        # wp-cron.php itself wants a function that the second host does not have.
        for method, url in REQUESTS if host == "apache" else REQUESTS[:-1]:
            key = site.new_key("clone", expires_in=-60)
            site.query("UPDATE wp_options SET option_value = 1 WHERE option_name = 'custom_migrator_next_check'")
            client.request(method, url)
            found = f"SELECT id FROM wp_custom_migrator_keys WHERE id = '{key.key_id}'"
            assert site.query(found) == [], url


def test_a_call_with_a_key_that_has_ended_takes_the_agent_along(make_site: MakeSite, host: str) -> None:
    site = make_site("single")
    key = site.new_key("clone", expires_in=600)
    pass_time(site, 1200)
    with site.client(host) as client:
        assert refusal(client, body_of(key, "hello", {})) == "expired"
        wait_until_gone(site)
        assert b"CMRES" not in client.post("/?custom-migrator=1", content=body_of(key, "hello", {})).content


def wait_until_gone(site: WordPress) -> None:
    """Wait for a removal that goes on after its request was answered."""
    for attempt in stamina.retry_context(on=AssertionError, attempts=None, timeout=60, wait_max=0.3):
        with attempt:
            assert site.traces() == []


def test_an_agent_that_nobody_gave_a_key(make_site: MakeSite) -> None:
    site = make_site("single")
    with site.client("apache") as client:
        client.get("/")
        assert site.plugin.is_dir()
        pass_time(site, 1000)
        client.get("/")
    assert site.traces() == []


def keep(site: WordPress) -> list[str]:
    """Take the right to delete one folder's files away; returns what must stay, as PHP sees it."""
    folder = site.plugin / "inc"
    os.chown(folder, 0, 0)
    folder.chmod(0o755)
    inside = f"/sites/{site.name}/wp-content/plugins/custom-migrator"
    kept = [f"{inside}/inc/{file.name}" for file in folder.iterdir()]
    return sorted([*kept, f"{inside}/inc", inside])


def test_files_that_cannot_be_deleted_are_named(make_site: MakeSite, host: str) -> None:
    site = make_site("single")
    kept = keep(site)
    key = site.new_key()
    with site.client(host) as client:
        answer = result(client, key, "key.revoke")
        assert answer["removed"] is True
        assert sorted(answer["left"]) == kept
        assert client.get("/").status_code == 200
        for file in (site.plugin / "inc").iterdir():
            assert client.get(f"/wp-content/plugins/custom-migrator/inc/{file.name}").content == b""
    tables_and_options = [found for found in site.traces() if "/" not in found]
    assert tables_and_options == []


def test_the_owner_is_told_of_them_too(make_site: MakeSite) -> None:
    site = make_site("single")
    kept = keep(site)
    key = site.new_key()
    with site.login("apache") as owner:
        page = owner.post(PAGE, data=form_of(owner.get(PAGE), "revoke", key.key_id).values)
        assert page.status_code == 200
        assert all(f"<li>{path}</li>" in page.text for path in kept)
        assert owner.get("/wp-admin/plugins.php").status_code == 200
