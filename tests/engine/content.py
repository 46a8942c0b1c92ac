"""Rows of WordPress's own tables."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.engine.rendering import Address, elementor, php, post, settings

Value = bytes | str | int | None
Row = tuple[Value, ...]


@dataclass(frozen=True)
class Table:
    """A table and its rows.

    Args:
        name: Its name.
        columns: Those that are filled.
        rows: Rows of a site at an address.
        create: Its definition; empty where the file wordpress.sql has it.
    """

    name: str
    columns: Sequence[str]
    rows: Callable[[Address], list[Row]]
    create: str = ""


def core_tables(posts: int) -> list[Table]:
    """Tables of a site with some posts, each with a row of meta data."""
    post_columns = ("ID", "post_content", "post_title", "post_excerpt", "to_ping", "pinged", "post_content_filtered")
    return [
        Table("wp_options", ("option_id", "option_name", "option_value"), _options),
        Table(
            "wp_users", ("ID", "user_login", "user_pass", "user_nicename", "user_url", "user_activation_key"), _users
        ),
        Table("wp_usermeta", ("umeta_id", "user_id", "meta_key", "meta_value"), _usermeta),
        Table("wp_posts", (*post_columns, "guid"), lambda address: _posts(address, posts)),
        Table("wp_postmeta", ("meta_id", "post_id", "meta_key", "meta_value"), lambda at: _postmeta(at, posts)),
        Table("wp_terms", ("term_id", "name", "slug"), lambda _: [(n, f"Térm {n}".encode(), b"t") for n in range(9)]),
        Table("wp_term_relationships", ("object_id", "term_taxonomy_id"), lambda _: _relationships()),
    ]


def _options(address: Address) -> list[Row]:
    values: dict[str, bytes] = {
        "siteurl": address.home.encode(),
        "home": address.home.encode(),
        "blogname": "Größe & Ärger 🌳".encode(),
        "blog_public": b"1",
        "template": b"twentytwentyfive",
        "stylesheet": b"twentytwentyfive",
        "active_plugins": php(["custom-migrator/custom-migrator.php"]),
        "permalink_structure": b"/%year%/%postname%/",
        "widget_text": php({2: {"text": f'<a href="{address.home}/w">w</a>'}, "_multiwidget": 1}),
        "theme_mods_garden": php({"header": f"{address.home}/h.png", "css": php([address.home])}),
        "own_folder": f"{address.root}/wp-content/uploads".encode(),
        "cut_off": php([address.source])[:-3],
        "session": b'O:8:"stdClass":1:{s:4:"\0*\0u";' + php(f"{address.home}/p") + b"}",
    }
    values |= {f"plugin_{n}": settings(address, n) for n in range(20)}
    return [(n, name, value) for n, (name, value) in enumerate(values.items(), 1)]


def _users(address: Address) -> list[Row]:
    return [
        (1, b"owner", b"$P$Bowner", b"owner", address.home.encode(), b""),
        (2, "josé".encode(), address.source.encode(), b"jose", b"", b""),
    ]


def _usermeta(address: Address) -> list[Row]:
    return [
        (1, 1, b"wp_capabilities", php({"administrator": True})),
        (2, 1, b"avatar", php({"full": f"{address.home}/a.png"})),
        (3, 2, None, None),
    ]


def _posts(address: Address, count: int) -> list[Row]:
    """The first has id 0; dates are left at their default of zeros."""
    empty: list[Value] = [b"", b"", b"", b""]
    return [
        (n, post(address, n), f"Beitrag {n}".encode(), *empty, f"{address.source}/?p={n}".encode())
        for n in range(count)
    ]


def _postmeta(address: Address, count: int) -> list[Row]:
    makers = (settings, elementor, lambda _at, n: b"%d" % n)
    return [(n, n, b"_data", makers[n % 3](address, n)) for n in range(1, count + 1)]


def _relationships() -> list[Row]:
    """Two-column key, the rows of one object across many pages."""
    return [(n // 500, n % 500) for n in range(2_000)]
