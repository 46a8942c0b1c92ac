"""The plugin under every PHP that clones run on, and small enough for the hosts that take little."""

import pytest

from api.source.package import build_package
from local import packages
from local.settings import REPOSITORY, ROOT
from tests.agent.wordpress import PLUGIN
from tests.engine.containers import docker

pytestmark = pytest.mark.engine

VERSIONS = ("7.4", "8.2", "8.4")
LARGEST_ZIP = 200_000  # bytes
#: PHP's own check of each file; whatever is wrong is printed, and makes the command fail.
SYNTAX = "find /repository/wordpress-target-image/plugin -name '*.php' -print0 | xargs -0 -n1 -P4 php -l >/tmp/said"


def run_php(version: str, *command: str) -> str:
    """Run a command on the image of a PHP version, which has the project and the host's phpunit, both read only."""
    places = {ROOT: "/repository", "/usr/share/php": "/usr/share/php", "/usr/bin/phpunit": "/usr/bin/phpunit"}
    volumes = [f"--volume={place}:{inside}:ro" for place, inside in places.items()]
    options = ["--rm", "--network=none", "--workdir=/repository", f"--entrypoint={command[0]}", *volumes]
    return docker("run", *options, f"{REPOSITORY}/target:php{version}", *command[1:])


@pytest.mark.parametrize("version", VERSIONS)
def test_syntax(version: str) -> None:
    packages.ensure(("phpunit",))
    assert run_php(version, "php", "-r", "echo PHP_VERSION;").startswith(version)
    run_php(version, "sh", "-c", f"{SYNTAX} || {{ cat /tmp/said; exit 1; }}")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_plugins_own_tests(version: str) -> None:
    packages.ensure(("phpunit",))
    assert "OK (" in run_php(version, "php", "/usr/bin/phpunit", "-c", "tests/php/phpunit.xml")


def test_the_zip_is_small() -> None:
    assert len(build_package(PLUGIN).content) < LARGEST_ZIP
