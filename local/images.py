"""The project's own images: one table, built by content, loaded into the nodes that run pods of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from local.image_build import Image, ensure_image
from local.node_images import ensure_loaded
from local.progress import together
from local.settings import LOCAL, REPOSITORY, ROOT, WORKER

TARGET = ROOT / "wordpress-target-image"
BROWSER = ROOT / "browser"
DEMO_SOURCE = LOCAL / "demo_source"
MYSQL = LOCAL / "mysql"
MARIADB = LOCAL / "mariadb"

#: Facade, controller and engine; the facade's Chromium; the site's Apache; the shared database; the demo source's two.
PROJECT_IMAGES: Sequence[Image] = (
    Image(f"{REPOSITORY}/api", "local", ROOT / "Dockerfile", ROOT),
    Image(f"{REPOSITORY}/browser", "local", BROWSER / "Dockerfile", BROWSER),
    Image(f"{REPOSITORY}/target", "php8.4", TARGET / "Dockerfile", TARGET),
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
