"""A clone is a site like any other: it can be cloned, and the copy is under its own path, with its own login."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from api.database.provision import Databases
from local.settings import ROOT
from tests.image.clones import Clone, Stage, environment_of, new_key, own, web_server

pytestmark = pytest.mark.database  # needs Docker, like the tests with a database server


@pytest.fixture(scope="module")
def copied(clone: Clone, stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    """A clone of the clone, made by the engine and served."""
    name, db_password = f"again-{secrets.token_hex(4)}", secrets.token_hex(16)
    folder: Path = tmp_path_factory.mktemp("again") / "site"
    # The engine speaks to the balancer without TLS: it would not take a certificate of the tests' authority.
    source = f"http://localhost:{stage.balancer.http}/{clone.name}"
    environment = environment_of(stage, name) | {"SOURCE_URL": source, "DB_PASSWORD": db_password}
    password, key, url = secrets.token_hex(16), new_key(), environment["CLONE_URL"]
    databases = Databases(stage.server, cluster="test", namespace="test")
    databases.create(name, db_password)
    secret = {"SOURCE_KEY": clone.api_key, "ADMIN_PASSWORD": password, "API_KEY": key}
    here = {"SITE_ROOT": str(folder), "DB_PORT": str(stage.server.port)}
    run_import(stage, environment | secret | here)
    own(folder)
    with web_server(stage, folder, environment) as served:
        stage.balancer.routes[name] = served.port
        yield Clone(name, url, folder, password, key, db_password, environment, stage, served)
    databases.drop(name)


def run_import(stage: Stage, environment: Mapping[str, str]) -> None:
    """Run the engine to its end."""
    command = [sys.executable, "-m", "tests.image.run_import", str(stage.server.ca_file)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_clone_of_a_clone_is_a_site_of_its_own(clone: Clone, copied: Clone) -> None:
    with copied.visitor() as visitor:
        page = visitor.get(f"{copied.url}/hello-world/")
        assert page.status_code == 200
        assert clone.url not in page.text
        assert f"{copied.url}/feed/" in page.text
        rest = visitor.get(f"{copied.url}/wp-json/").json()
        assert (rest["url"], rest["home"]) == (copied.url, copied.url)


def test_it_has_its_own_login_and_cookies(clone: Clone, copied: Clone) -> None:
    """`admin` is taken by the first clone's, so the engine has found another name, and said so."""
    ((login,),) = copied.rows("SELECT admin_user FROM _migrator_progress")
    assert str(login).startswith("admin-")
    with copied.visitor() as visitor:
        copied.log_in(visitor, str(login))
        clone.log_in(visitor)
        for one in (clone, copied):
            assert visitor.get(f"{one.url}/wp-admin/profile.php").status_code == 200
