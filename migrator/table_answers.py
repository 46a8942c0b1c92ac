"""The agent's answers about tables as checked values: lists, headers of pages, digests, measures."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from migrator.site import AnswerModel, Name, Table, Text, Trigger, php_array

Count = Annotated[int, Field(ge=0)]


class TablePage(AnswerModel):
    """The answer to `db.tables`; `next` is what to pass as `after` for the rest."""

    tables: list[Table]
    triggers: list[Trigger] = Field(default_factory=list)
    skipped: list[tuple[Text, Text]] = Field(default_factory=list)
    next: Text | None = None


class RowsHeader(AnswerModel):
    """The header of a page of rows: sum of their fingerprints; `last` is opaque and goes back as `after`."""

    rows: Count
    sum: Count | None = None
    done: bool
    last: list[Text | None] | None = None


class ValueHeader(AnswerModel):
    """The header of a piece of a value: length and CRC32 of the whole value, null when it is gone."""

    length: Count | None = None
    crc: int | None = None


class Digests(AnswerModel):
    """The answer to `db.digest`: (rows, sum of their CRC32) of each range or bucket."""

    digests: list[tuple[Count, Count]]


class TableMeasure(AnswerModel):
    """One table in the answer to `db.measure`."""

    widest: int | None = None
    low: int | None = None
    high: int | None = None


class Measures(AnswerModel):
    """The answer to `db.measure`."""

    tables: Annotated[dict[Name, TableMeasure], BeforeValidator(php_array)]
