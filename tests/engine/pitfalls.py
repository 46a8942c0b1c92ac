"""Tables as plugins and old hosts leave them: one for each thing that copies of databases get wrong."""

from collections.abc import Callable

from tests.engine.content import Row, Table
from tests.engine.pitfall_types import definition_tables, value_tables
from tests.engine.rendering import Address, php, settings

#: Per kind of server: a collation of its own that tells a from A, and its default one.
COLLATIONS = {
    "mysql": ("utf8mb4_0900_as_cs", "utf8mb4_0900_ai_ci"),
    "mariadb": ("utf8mb4_uca1400_as_cs", "utf8mb4_uca1400_ai_ci"),
}


def pitfall_tables(kind: str, *, bulk: int, largest: int) -> list[Table]:
    """The tables of a site on a server of this kind: `bulk` rows in the longest, a value of `largest` bytes."""
    sensitive, usual = COLLATIONS[kind]
    tables = [*_keys(sensitive, usual), *value_tables(usual), *definition_tables(usual)]
    large = "CREATE TABLE wp_large (id int NOT NULL, v longtext, PRIMARY KEY (id)) CHARSET=utf8mb4"
    many = "CREATE TABLE wp_bulk (id bigint NOT NULL AUTO_INCREMENT, v longtext, PRIMARY KEY (id)) CHARSET=utf8mb4"
    tables.append(Table("wp_large", ("id", "v"), lambda address: _large(address, largest), large))
    tables.append(Table("wp_bulk", ("id", "v"), lambda address: _bulk(address, bulk), many))
    return tables


def _keys(sensitive: str, usual: str) -> list[Table]:
    three = (
        "CREATE TABLE wp_three (a int NOT NULL, b varchar(20) NOT NULL, c datetime NOT NULL, v text,"
        f" PRIMARY KEY (a, b, c)) CHARSET=utf8mb4 COLLATE={usual}"
    )
    none = f"CREATE TABLE wp_no_key (a varchar(200) DEFAULT NULL, n int DEFAULT NULL) CHARSET=utf8mb4 COLLATE={usual}"
    case = f"CREATE TABLE wp_case (k varchar(20) COLLATE {sensitive} NOT NULL, UNIQUE KEY k (k)) CHARSET=utf8mb4"
    binary = "CREATE TABLE wp_binary_key (k varbinary(40) NOT NULL, v text, PRIMARY KEY (k)) CHARSET=utf8mb4"
    strings = (
        "CREATE TABLE wp_strings (k varchar(100) NOT NULL, v text, PRIMARY KEY (k))"
        " CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci"
    )
    cased: list[Row] = [(text.encode(),) for text in ("a", "A", "ä", "Ä", "á", "ss", "ß")]
    return [
        Table("wp_three", ("a", "b", "c", "v"), _three, three),
        Table("wp_no_key", ("a", "n"), _no_key, none),
        Table("wp_case", ("k",), lambda _: cased, case),
        Table("wp_binary_key", ("k", "v"), _binary_keys, binary),
        Table("wp_strings", ("k", "v"), _strings, strings),
    ]


def _three(address: Address) -> list[Row]:
    """Few values in the first columns: the key's last one decides at the borders of pages."""
    return [
        (
            n // 1_500,
            ("ab", "cd", "ÄÖ", "日本")[n // 300 % 4].encode(),
            f"2026-01-01 00:{n % 300 // 60:02}:{n % 60:02}",
            b"%d" % n,
        )
        for n in range(6_000)
        if n % 1_500 < 1_200
    ]


def _no_key(address: Address) -> list[Row]:
    same: Row = (f"{address.home}/same".encode(), 1)
    return [same] * 7 + [(None, None)] * 3 + [(b"%d" % (n // 2), n // 2) for n in range(4_000)]


def _binary_keys(address: Address) -> list[Row]:
    keys = [bytes([n]) for n in range(256)] + [b"", b"a\0", b"a\0\0", b"%s", b"\\N"]
    return [(key, f"{address.home}/k".encode()) for key in keys]


def _strings(address: Address) -> list[Row]:
    keys = [address.source, "zoë", "z", "Ω", "🌱 tree", "x\ty", "x\ny", "NULL", "%", "\\"]
    return [(key.encode(), settings(address, n)) for n, key in enumerate(keys)]


def _large(address: Address, size: int) -> list[Row]:
    """A value larger than an answer may be: its URL's change moves every byte behind it."""
    return [(1, php({"u": address.home, "v": ALL_TEXT * (size // len(ALL_TEXT))})), (2, address.home.encode())]


ALL_TEXT = "a line of some text, with a tab\tand a \\ and, here and there, a tree 🌳\n"


def _bulk(address: Address, count: int) -> list[Row]:
    makers: dict[int, Callable[[Address, int], bytes]] = {0: settings}
    plain = b"p" * 300
    return [(n, makers[n % 10](address, n) if n % 10 in makers else b"%d %b" % (n, plain)) for n in range(1, count + 1)]


VIEWS = (
    "CREATE VIEW wp_b_view AS SELECT k FROM wp_case",
    "CREATE VIEW wp_a_view AS SELECT k FROM wp_b_view",
)
TRIGGER = "CREATE TRIGGER wp_lower BEFORE INSERT ON wp_case FOR EACH ROW SET NEW.k = LOWER(NEW.k)"
ROUTINE = "CREATE PROCEDURE wp_routine() SELECT 1"
