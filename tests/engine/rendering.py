"""Values as WordPress and its plugins store them, made for a given address: the source's to fill a site, the clone's
to know what the copy must hold. This is the tests' own knowledge of the formats, independent of the engine's.
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus


@dataclass(frozen=True)
class Address:
    """Where a site is.

    Args:
        home: Its URL without trailing slash.
        root: Its folder.
        source: URL of the source, for what is never rewritten.
    """

    home: str
    root: str
    source: str

    @property
    def bare(self) -> str:
        """The URL without its scheme."""
        return self.home.partition(":")[2]


def php(value: Any) -> bytes:
    """`serialize()` of PHP: lengths count bytes."""
    if value is None:
        return b"N;"
    if isinstance(value, bool):
        return b"b:%d;" % value
    if isinstance(value, int):
        return b"i:%d;" % value
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return b's:%d:"%b";' % (len(value), value)
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    return b"a:%d:{%b}" % (len(value), b"".join(php(key) + php(item) for key, item in pairs))


def php_json(value: Any) -> str:
    """`json_encode()` of PHP: slashes are escaped, and so is everything outside ASCII."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/")


def post(address: Address, number: int) -> bytes:
    """A post: blocks with URLs in HTML and in their attributes, and addresses that only look like the site's."""
    picture = f"{address.home}/wp-content/uploads/2026/11/{number}.jpg"
    attributes = json.dumps({"id": number, "url": picture}, separators=(",", ":"))
    source = address.source.partition("//")[2]
    return (
        f"<!-- wp:image {attributes} -->\n"
        f'<figure><img src="{picture}" alt="Ein Baum 🌳"/></figure>\n<!-- /wp:image -->\r\n'
        f'<a href="{address.home}/?p={number}&amp;x=%20">it\'s \\ here</a> {address.bare}/shop\t|'
        f"http://{source}.au/ http://bad-{source}/ mail@{source} "
        f"/go?to={quote_plus(address.home + '/a b')}"
    ).encode()


def settings(address: Address, number: int) -> bytes:
    """An option of a plugin: serialized, with serialized and JSON values in it."""
    inner = php([address.home, {"bild": f"{address.home}/größe.png"}])
    return php(
        {
            "url": f"{address.home}/{number}",
            "list": [1, True, None, f"{address.bare}/x"],
            "inner": inner,
            "json": php_json({"background": f"{address.home}/b.png", "n": number}),
            "ünï": "🌱" * (number % 5),
        }
    )


def elementor(address: Address, number: int) -> bytes:
    """`_elementor_data`: JSON with JSON in it."""
    element = {"id": f"{number:07x}", "settings": {"image": {"url": f"{address.home}/e.jpg"}}}
    element["settings"]["inner"] = php_json({"link": f"{address.home}/deep"})  # type: ignore[index]
    return php_json([element]).encode()
