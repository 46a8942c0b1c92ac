"""Rows of the benchmarks' site: made once in a few thousand, then multiplied by the server itself."""

from collections.abc import Callable, Mapping, Sequence

from tests.engine.content import Row
from tests.engine.rendering import Address, elementor, php, post, settings
from tests.engine.sites import Site, insert

#: Of the full size: 1.5 million rows, 500 MB.
COPIES = 100
POSTS, META, COMMENTS = 2_000, 10_000, 3_000
_SEED_TABLES = {"seed_posts": "wp_posts", "seed_meta": "wp_postmeta", "seed_comments": "wp_comments"}
_PARAGRAPH = "<!-- wp:paragraph -->\n<p>A garden has paths, and paths have borders of low box and lavender.</p>\n"


def add_rows(site: Site, scale: float) -> int:
    """Fill the site's tables, and give the number of rows that they have then."""
    connection = site.server.connect(site.account.database)
    copies = max(1, round(COPIES * scale))
    try:
        with connection.cursor() as cursor:
            for seed, table in _SEED_TABLES.items():
                cursor.execute(f"CREATE TABLE {seed} LIKE {table}")
            cursor.execute("CREATE TABLE seed_numbers (n int PRIMARY KEY)")
            insert(connection, "seed_numbers", ("n",), [(n,) for n in range(copies)])
            for table, columns, make, count in _SEEDS:
                insert(connection, table, columns, [make(site.address, n) for n in range(1, count + 1)])
            for statement in _MULTIPLY:
                cursor.execute(statement)
            cursor.execute(f"DROP TABLE seed_numbers, {', '.join(_SEED_TABLES)}")
            for table in _SEED_TABLES.values():
                cursor.execute(f"ANALYZE TABLE {table}")
                cursor.fetchall()
    finally:
        connection.close()
    return copies * (POSTS + META + COMMENTS)


def _post(address: Address, number: int) -> Row:
    """Four posts in five are long texts without an address, as most of a site's text is."""
    content = post(address, number) if number % 5 == 0 else (_PARAGRAPH * (5 + number % 11)).encode()
    return (number, content, b"Title %d" % number, b"", b"", b"", b"", f"{address.home}/?p={number}".encode())


def _meta(address: Address, number: int) -> Row:
    """Every tenth value is serialized or JSON with addresses in it."""
    if number % 10:
        return (number, number % POSTS, b"_field_%d" % (number % 40), b"%d " % number + b"v" * (number % 160))
    make = settings if number % 20 else elementor
    return (number, number % POSTS, b"_data", make(address, number))


def _comment(address: Address, number: int) -> Row:
    text = f"I liked it, number {number}. " * (3 + number % 12)
    value = php({"text": text, "from": address.home}) if number % 10 == 0 else text.encode()
    return (number, number % POSTS, b"A reader", value)


_Maker = Callable[[Address, int], Row]
_POST_COLUMNS = (
    "ID",
    "post_content",
    "post_title",
    "post_excerpt",
    "to_ping",
    "pinged",
    "post_content_filtered",
    "guid",
)
_SEEDS: tuple[tuple[str, tuple[str, ...], _Maker, int], ...] = (
    ("seed_posts", _POST_COLUMNS, _post, POSTS),
    ("seed_meta", ("meta_id", "post_id", "meta_key", "meta_value"), _meta, META),
    ("seed_comments", ("comment_ID", "comment_post_ID", "comment_author", "comment_content"), _comment, COMMENTS),
)


def _multiplied(table: str, seed: str, keys: Mapping[str, int], others: Sequence[str]) -> str:
    """A statement that fills a table with the seed's rows many times, the keys moved on each time."""
    columns = ", ".join([*keys, *others])
    moved = ", ".join([*(f"{key} + n * {step}" for key, step in keys.items()), *others])
    return f"INSERT INTO {table} ({columns}) SELECT {moved} FROM seed_numbers CROSS JOIN {seed} ORDER BY 1"


_MULTIPLY = (
    _multiplied("wp_posts", "seed_posts", {"ID": POSTS}, _POST_COLUMNS[1:]),
    _multiplied("wp_postmeta", "seed_meta", {"meta_id": META, "post_id": POSTS}, ("meta_key", "meta_value")),
    _multiplied(
        "wp_comments",
        "seed_comments",
        {"comment_ID": COMMENTS, "comment_post_ID": POSTS},
        ("comment_author", "comment_content"),
    ),
)
