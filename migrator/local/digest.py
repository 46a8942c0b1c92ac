"""Fingerprints of the clone's rows, made by its own server: the twin of the source's (docs/protocol.md, `db.digest`).

What the engine wrote and what lies in the clone are then compared by one number for each table, whatever its size.
"""

import re
from dataclasses import dataclass

from migrator.ends import Digest
from migrator.local.database import Connection, identifier, named, text_of

_TAB, _NULL = "X'09'", "X'5C4E'"
_GENERATED = re.compile(r"\b(?:VIRTUAL|STORED|PERSISTENT)\b", re.IGNORECASE)
# Charsets whose texts are the same bytes in another one.
_WITHIN = {"utf8mb4": {"utf8mb3", "utf8", "ascii"}, "utf8mb3": {"utf8", "ascii"}, "utf8": {"utf8mb3", "ascii"}}
_TEXT_WITHOUT_CHARSET = {"json", "uuid", "inet4", "inet6"}
# Every server writes these in its own way: they are compared by no number.
_OWN_FORMS = (
    *("json", "geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon"),
    *("geometrycollection", "geomcollection", "vector"),
)


def is_comparable(kind: str) -> bool:
    """Whether every server writes values of a type (without length and attributes) in the same way."""
    return kind not in _OWN_FORMS


@dataclass(frozen=True)
class ClonedColumn:
    """A column of the clone: type without length and attributes, charset (None: no text), whether it may be NULL.

    counts: It is the table's AUTO_INCREMENT column.
    """

    name: str
    kind: str
    charset: str | None
    nullable: bool
    counts: bool = False

    def expression(self, charset: str) -> str:
        """SQL of its value in a fingerprint; `charset` is the connection's."""
        name = identifier(self.name)
        if self.kind == "float":
            value = f"({name} + 0e0)"
        elif self.needs_conversion(charset):
            value = f"CAST(CONVERT({name} USING {charset}) AS BINARY)"
        elif self.charset is not None or self.kind == "bit":
            value = f"CAST({name} AS BINARY)"
        else:
            value = name
        return f"IF({name} IS NULL, {_NULL}, {value})" if self.nullable else value

    def needs_conversion(self, charset: str) -> bool:
        """Whether its text is in another charset than the connection's."""
        if self.charset is None:
            return self.kind in _TEXT_WITHOUT_CHARSET
        return self.charset != charset and self.charset not in _WITHIN.get(charset, set())


def cloned_columns(connection: Connection, table: str) -> list[ClonedColumn]:
    """The columns of a table of the clone that hold values of their own: generated ones are left out."""
    rows = connection.rows(named("SHOW FULL COLUMNS FROM {table}", table=table), f"looking at {table}")
    found = list[ClonedColumn]()
    for name, kind, collation, nullable, _key, _default, extra, *_ in rows:
        if not _GENERATED.search(text_of(extra)):
            charset = None if collation is None else text_of(collation).partition("_")[0]
            plain = re.split(r"\W", text_of(kind).lower(), maxsplit=1)[0]
            counts = "auto_increment" in text_of(extra).lower()
            found.append(ClonedColumn(text_of(name), plain, charset, text_of(nullable) == "YES", counts))
    return found


def line_digest(columns: list[ClonedColumn], charset: str) -> str:
    """SQL of the two numbers of a Digest over a table's rows, without the columns that are not comparable.

    CONCAT, not CONCAT_WS, and IF, not IFNULL: a value that is larger than max_allowed_packet becomes NULL on its way,
    and must not pass for one that is missing.
    """
    values = [column.expression(charset) for column in columns if is_comparable(column.kind)]
    line = f"CONCAT({f', {_TAB}, '.join(values)}, X'')" if values else "''"
    return f"COUNT(*), CAST(COALESCE(SUM(CRC32({line})), 0) AS UNSIGNED)"


def read_digest(connection: Connection, table: str, charset: str) -> Digest:
    """The digest of a table of the clone."""
    query = f"SELECT {line_digest(cloned_columns(connection, table), charset)} FROM {identifier(table)}"  # noqa: S608
    ((rows, total),) = connection.rows(query, f"comparing {table}")
    return Digest(int(rows), int(total))
