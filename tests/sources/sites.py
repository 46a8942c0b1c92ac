"""The sites: four generations, and over them what differs between hosts.

Server, layout, scheme, permalinks, directories, prefix and language are spread so that each value is met by one site at
least; what a value means is told in `image/bin/site`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from local.image_build import Image
from local.images import target_image
from local.settings import REPOSITORY, SOURCES_DOMAIN

FOLDER = Path(__file__).parent / "image"


@dataclass(frozen=True)
class SourceSite:
    """One site.

    Args:
        name: First label of its host.
        wordpress: The branch that its Debian release has.
        php: Version of its PHP, and so of its clone's.
        database: What `VERSION()` begins with; MySQL runs from an image of its own.
        arguments: Of the image, beside those that follow from `php`.
        core: Path of WordPress's files below the document root.
        home: Path of the site's home.
    """

    name: str
    wordpress: str
    php: str
    database: str
    arguments: dict[str, str]
    server: Literal["apache", "nginx"]
    scheme: Literal["http", "https"]
    layout: Literal["debian", "plain"] = "plain"
    core: str = ""
    home: str = ""
    content: str = "wp-content"
    prefix: str = "wp_"
    locale: str = ""
    permalinks: str = ""

    @property
    def host(self) -> str:
        """The host's name."""
        return f"{self.name}.{SOURCES_DOMAIN}"

    @property
    def home_url(self) -> str:
        """WordPress's `home`."""
        return f"{self.scheme}://{self.host}{self.home}"

    @property
    def site_url(self) -> str:
        """WordPress's `siteurl`."""
        return f"{self.scheme}://{self.host}{self.core}"

    @property
    def base(self) -> Image:
        """Apache and PHP, as the site's clone has them; shared with its image."""
        return target_image(self.php, target="runtime")

    @property
    def image(self) -> Image:
        """The site's image."""
        arguments = {"BASE": self.base.fixed, "PHP_VERSION": self.php, **self.arguments}
        return Image(f"{REPOSITORY}/source-{self.name}", "local", FOLDER / "Dockerfile", FOLDER, arguments=arguments)

    @property
    def environment(self) -> dict[str, str]:
        """What `image/bin/site` is told."""
        return {
            "SITE_SERVER": self.server,
            "SITE_LAYOUT": self.layout,
            "SITE_CORE": self.core,
            "SITE_CONTENT": self.content,
            "SITE_HOME": self.home_url,
            "SITE_URL": self.site_url,
            "SITE_PREFIX": self.prefix,
            "SITE_LOCALE": self.locale,
            "SITE_PERMALINKS": self.permalinks,
        }


OLDEST = SourceSite(
    name="wp57",
    wordpress="5.7",
    php="7.4",
    database="10.5",
    arguments={"MARIADB": "mariadb-server-core-10.5"},
    server="apache",
    scheme="http",
    layout="debian",
    prefix="garten_",
    locale="de_DE",
)
IN_A_DIRECTORY = SourceSite(
    name="wp61",
    wordpress="6.1",
    php="8.2",
    database="10.11",
    arguments={},
    server="nginx",
    scheme="http",
    core="/blog",
    home="/blog",
    locale="de_DE",
    permalinks="/%year%/%monthnum%/%postname%/",
)
ON_MYSQL = SourceSite(
    name="wp68",
    wordpress="6.8",
    php="8.4",
    database="9.",
    arguments={},
    server="apache",
    scheme="https",
    core="/wordpress",
    prefix="x7_",
    permalinks="/%postname%/",
)
NEWEST = SourceSite(
    name="wp71",
    wordpress="7.1",
    php="8.4",
    database="11.8",
    arguments={"WORDPRESS_SUITE": "sid", "LANGUAGES": ""},
    server="nginx",
    scheme="https",
    content="inhalt",
    prefix="wp71_",
    permalinks="/%postname%/",
)
#: The two ends of what is supported; what differs between hosts is spread over all four.
ENDS = (OLDEST, NEWEST)
ALL = (OLDEST, IN_A_DIRECTORY, ON_MYSQL, NEWEST)
