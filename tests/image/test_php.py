"""The images for all versions of PHP: what they have, and that an empty WordPress gets its release's theme."""

import subprocess

import pytest

from local.images import target_image
from local.settings import PHP_SUITES
from migrator.extensions import of_image

pytestmark = pytest.mark.database  # needs Docker, like the tests with a database server


def php(version: str, code: str) -> str:
    """What PHP code prints in the image."""
    command = ["docker", "run", "--rm", "--entrypoint=php", target_image(version).fixed, "-r", code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("version", PHP_SUITES)
def test_extensions_are_those_that_the_engine_knows(version: str) -> None:
    loaded = php(version, "echo PHP_VERSION, ' ', strtolower(implode(',', get_loaded_extensions()));")
    number, _, extensions = loaded.partition(" ")
    assert number.startswith(f"{version}.")
    assert set(extensions.split(",")) - {"pcntl"} == of_image(version)


@pytest.mark.parametrize(("version", "branch"), [("7.4", "5.7"), ("8.2", "6.1"), ("8.4", "6.8")])
def test_wordpress_has_the_theme_that_it_gives_to_new_sites(version: str, branch: str) -> None:
    code = (
        "$root = '/opt/wordpress'; require \"$root/wp-includes/version.php\";"
        '$constants = file_get_contents("$root/wp-includes/default-constants.php");'
        "preg_match(\"/'WP_DEFAULT_THEME', '(.*)'/\", $constants, $theme);"
        "echo $wp_version, ' ', is_file(\"$root/wp-content/themes/$theme[1]/style.css\") ? 'themed' : $theme[1];"
    )
    number, _, theme = php(version, code).partition(" ")
    assert number.startswith(f"{branch}.")
    assert theme == "themed"
