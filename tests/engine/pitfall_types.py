"""Tables for what values and definitions can be: every type at its borders, and what refers to something else."""

from tests.engine.content import Row, Table, Value
from tests.engine.rendering import Address, php, php_json

ALL_BYTES = bytes(range(256))


def value_tables(usual: str) -> list[Table]:
    kinds = (
        "CREATE TABLE wp_kinds (id int NOT NULL AUTO_INCREMENT, bits bit(10) DEFAULT NULL, data longblob, json json"
        " DEFAULT NULL, choice enum('x','y','') DEFAULT NULL, some set('a','b') DEFAULT NULL, small float DEFAULT NULL,"
        " big double DEFAULT NULL, price decimal(20,6) DEFAULT NULL, fixed binary(8) DEFAULT NULL, moment time(3)"
        " DEFAULT NULL, y year DEFAULT NULL, place point DEFAULT NULL, PRIMARY KEY (id))"
        f" CHARSET=utf8mb4 COLLATE={usual}"
    )
    zero = (
        "CREATE TABLE wp_zero (id int NOT NULL AUTO_INCREMENT, d date NOT NULL DEFAULT '0000-00-00', t datetime NOT"
        " NULL DEFAULT '0000-00-00 00:00:00', s timestamp NOT NULL DEFAULT '0000-00-00 00:00:00', PRIMARY KEY (id))"
        f" CHARSET=utf8mb4 COLLATE={usual}"
    )
    endings = "CREATE TABLE wp_endings (id int NOT NULL, v text, PRIMARY KEY (id)) CHARSET=utf8mb4"
    latin = "CREATE TABLE wp_latin (id int NOT NULL, v varchar(50), PRIMARY KEY (id)) CHARSET=latin1"
    kind_columns = ("id", "bits", "data", "json", "choice", "some", "small", "big", "price", "fixed", "moment", "y")
    latins: list[Row] = [(1, "é".encode()), (2, "€".encode()), (3, b"plain")]
    return [
        Table("wp_kinds", kind_columns, _kinds, kinds),
        Table("wp_zero", ("id", "d", "t", "s"), lambda _: _zeros(), zero),
        Table("wp_endings", ("id", "v"), _endings, endings),
        Table("wp_latin", ("id", "v"), lambda _: latins, latin),
    ]


def _kinds(address: Address) -> list[Row]:
    kept = ALL_BYTES + address.source.encode()
    empty: list[Value] = [None] * 11
    return [
        (
            0,
            b"\x02\x01",
            kept,
            php_json({"u": address.home}),
            "",
            "a,b",
            "0.1",
            "1e300",
            "-12345678901234.567891",
            b"a\0b",
            "-100:30:00.125",
            2026,
        ),
        (1, *empty),
        (2, b"\x00\x00", b"", php_json([]), "y", "", "16777216", "-0.1", "0", b"\\\\\n\t", "00:00:00", 1901),
    ]


def _zeros() -> list[Row]:
    return [
        (0, "0000-00-00", "0000-00-00 00:00:00", "0000-00-00 00:00:00"),
        (1, "2024-00-00", "2024-02-29 23:59:59", "2026-03-29 01:30:00"),
    ]


def _endings(address: Address) -> list[Row]:
    texts = [
        "\\",
        "a\\\\",
        "a;\n",
        "%",
        "%s",
        "NULL",
        "\\N",
        "\\n",
        "\t",
        "\r\n",
        "\0",
        "'\"`",
        "\x1a",
        "-- ",
        "",
        "🌳",
    ]
    texts += ["\\L123:45", f"{address.home}\\", f"{address.home};\n"]
    return [(n, text.encode()) for n, text in enumerate(texts)] + [(len(texts), None)]


def definition_tables(usual: str) -> list[Table]:
    generated = (
        "CREATE TABLE wp_generated (id int NOT NULL, v varchar(100) DEFAULT NULL, twice int GENERATED ALWAYS AS (id"
        " * 2) VIRTUAL, l int GENERATED ALWAYS AS (length(v)) STORED, PRIMARY KEY (id), UNIQUE KEY twice (twice))"
        f" CHARSET=utf8mb4 COLLATE={usual}"
    )
    # Made and filled before its parent, in the order of names.
    child = (
        "CREATE TABLE wp_child (id int NOT NULL, parent int NOT NULL, above int DEFAULT NULL, PRIMARY KEY (id),"
        " KEY parent (parent), CONSTRAINT wp_fk_parent FOREIGN KEY (parent) REFERENCES wp_parent (id) ON DELETE"
        " CASCADE, CONSTRAINT wp_fk_above FOREIGN KEY (above) REFERENCES wp_child (id) ON DELETE SET NULL)"
        f" CHARSET=utf8mb4 COLLATE={usual}"
    )
    parent = f"CREATE TABLE wp_parent (id int NOT NULL, PRIMARY KEY (id)) CHARSET=utf8mb4 COLLATE={usual}"
    odd = (
        "CREATE TABLE `wp_odd-name %s` (`order` int NOT NULL, `per cent %` text, PRIMARY KEY (`order`)) CHARSET=utf8mb4"
    )
    old = "CREATE TABLE wp_old (id int NOT NULL, v text, PRIMARY KEY (id), FULLTEXT KEY v (v)) ENGINE=MyISAM"
    old += " CHARSET=utf8mb4"
    children: list[Row] = [(n, n % 10, None if n < 10 else n - 10) for n in range(100)]
    return [
        Table("wp_generated", ("id", "v"), _generated, generated),
        Table("wp_parent", ("id",), lambda _: [(n,) for n in range(10)], parent),
        Table("wp_child", ("id", "parent", "above"), lambda _: children, child),
        Table("wp_odd-name %s", ("order", "per cent %"), _linked, odd),
        Table("wp_old", ("id", "v"), _linked, old),
    ]


def _generated(address: Address) -> list[Row]:
    return [(n, f"{address.home}/{n}".encode()) for n in range(300)]


def _linked(address: Address) -> list[Row]:
    return [(n, php([f"{address.home}/{n}"])) for n in range(5)]
