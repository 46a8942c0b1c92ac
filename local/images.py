"""The project's own images: one table, built by content, loaded into the nodes that run pods of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from local.base_image import base_image
from local.image_build import Image, ensure_image
from local.node_images import ensure_loaded
from local.progress import together
from local.settings import LOCAL, PHP_SUITES, REPOSITORY, ROOT, WORKER

TARGET = ROOT / "wordpress-target-image"
BROWSER = ROOT / "browser"
DEMO_SOURCE = LOCAL / "demo_source"
MYSQL = LOCAL / "mysql"
MARIADB = LOCAL / "mariadb"


def target_image(php_version: str, *, target: str = "") -> Image:
    """What the clones of one PHP version run on; with `target="runtime"` only Apache and PHP."""
    repository = f"{REPOSITORY}/{target or 'target'}"
    arguments = {"BASE": base_image(PHP_SUITES[php_version]), "PHP_VERSION": php_version}
    dockerfile = TARGET / "Dockerfile"
    return Image(repository, f"php{php_version}", dockerfile, TARGET, arguments=arguments, target=target)


#: Facade, controller and engine; the egress proxy; the facade's Chromium; a site's Apache, one for each PHP version;
#: the shared database; the demo source and its database.
PROJECT_IMAGES: Sequence[Image] = (
    Image(f"{REPOSITORY}/api", "local", ROOT / "Dockerfile", ROOT, target="api"),
    Image(f"{REPOSITORY}/egress-proxy", "local", ROOT / "Dockerfile", ROOT, target="egress-proxy"),
    Image(f"{REPOSITORY}/browser", "local", BROWSER / "Dockerfile", BROWSER),
    *map(target_image, PHP_SUITES),
    Image(f"{REPOSITORY}/mysql", "9.7", MYSQL / "Dockerfile", MYSQL),
    Image(f"{REPOSITORY}/demo-source-web", "local", DEMO_SOURCE / "Dockerfile", DEMO_SOURCE, target="web"),
    Image(f"{REPOSITORY}/demo-source-db", "local", DEMO_SOURCE / "Dockerfile", DEMO_SOURCE, target="db"),
)

#: Only tests run it, beside the cluster.
MARIADB_IMAGE = Image(f"{REPOSITORY}/mariadb", "11.8", MARIADB / "Dockerfile", MARIADB)


def build_project_images(names: Sequence[str] = ()) -> dict[str, str]:
    """Build what is not built yet.

    Args:
        names: fixed names to restrict it to; all when empty.

    Returns:
        Fixed name → name by hash.
    """
    wanted = [image for image in PROJECT_IMAGES if not names or image.fixed in names]
    hashed: dict[str, str] = {}

    def one(image: Image) -> None:
        hashed[image.fixed] = ensure_image(image)

    def several(images: Sequence[Image]) -> None:
        for image in images:
            one(image)

    # Two at a time: the builds are half download, half processor. Stages that an image shares with its neighbour in
    # the table (the demo source's two) are built once, because they are in the same half.
    half = (len(wanted) + 1) // 2
    together(lambda: several(wanted[:half]), lambda: several(wanted[half:]))
    return hashed


def load_project_images(hashed: Mapping[str, str]) -> None:
    """Load built images into the worker: the control plane's taint keeps our pods off the other node."""
    ensure_loaded([(by_hash, fixed) for fixed, by_hash in sorted(hashed.items())], [WORKER])
