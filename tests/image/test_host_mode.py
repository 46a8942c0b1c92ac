"""A clone with a host name of its own: the same web server, without a path."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.image.site import NAME, running_site


@pytest.fixture(scope="module")
def rooted(folder: Path) -> Iterator[httpx.Client]:
    """A client of a container that serves the files at its root."""
    with running_site(folder, path="") as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/a/page/", "/wp-login.php", f"/{NAME}/", "/wp-admin/"])
def test_the_site_answers_at_the_root(rooted: httpx.Client, path: str) -> None:
    assert rooted.get(path).text.startswith(f"ran {path}")


def test_files_and_the_health_check_answer(rooted: httpx.Client) -> None:
    assert rooted.get("/wp-content/uploads/2024/picture.jpg").text == "picture"
    assert rooted.get("/healthz").text == "ok\n"


def test_a_folder_gets_its_slash(rooted: httpx.Client) -> None:
    answer = rooted.get("/wp-admin")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/wp-admin/")


@pytest.mark.parametrize(
    "path",
    [
        "/wp-config.php",
        "/wp-content/debug.log",
        "/wp-admin/install.php",
        "/wp-content/uploads/2024/shell.php",
        "/wp-content/uploads/hostile/shell.php",
        "/backup/site.sql.gz",
    ],
)
def test_what_is_refused_below_a_path_is_refused_here(rooted: httpx.Client, path: str) -> None:
    assert rooted.get(path).status_code == httpx.codes.FORBIDDEN


def test_a_cookie_is_for_this_host_alone(rooted: httpx.Client) -> None:
    """One for the clones' domain would reach every other clone's."""
    answer = rooted.get("/wp-content/uploads/if/picture.jpg")
    assert answer.headers.get_list("Set-Cookie") == ["a=b; path=/"]


def test_an_upload_with_another_suffix_does_not_run(rooted: httpx.Client) -> None:
    assert not rooted.get("/wp-content/uploads/hostile/picture.jpg").text.startswith("ran")
