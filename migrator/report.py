"""The report of a finished run, as published: `migrator schema` prints its JSON schema (docs/report.schema.json).

Lists that may be long hold their first entries and stand beside a count of all.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

LISTED = 200  # entries of a list that may be long


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Reason(_Part):
    """Something that was left out or refused, and why."""

    name: str
    reason: str


class Source(_Part):
    """What was copied from."""

    home: str
    wordpress: str
    php: str
    php_extensions_missing: list[str] = Field(description="Loaded in the source's PHP, and not there in the clone's.")
    database: str
    agent: str


class Target(_Part):
    """What was copied to."""

    url: str
    database: str


class FileClass(_Part):
    """Files of one root of the source."""

    files: int
    bytes: int


class GeneratedCss(_Part):
    """Generated style sheets below uploads in which URLs were replaced."""

    files: int
    replacements: int


class Files(_Part):
    """Files by root, those that were not copied, and what the second listing found."""

    classes: dict[str, FileClass]
    skipped: list[Reason]
    skipped_count: int
    skipped_reasons: dict[str, int]
    changed_while_read: list[str] = Field(description="Files that never held still; copied as they were last.")
    resumed: int = Field(description="Files that an earlier, interrupted run had copied.")
    refetched: int = Field(description="Files that changed during the copy and were fetched again.")
    removed: int = Field(description="Files that the source removed during the copy.")
    generated_css: GeneratedCss


class Warned(_Part):
    """A warning of the target's server."""

    code: int
    message: str


class Table(_Part):
    """One table."""

    name: str
    rows: int
    bytes: int = Field(description="As sent by the source.")
    seconds: float = Field(description="Time spent on it by all threads together.")
    source_digest: str | None = Field(
        description="Sum of the CRC32 of every row's line as the source sent it: what a restore compares with."
    )
    rows_moved: int = Field(description="Rows read again because they changed during the copy.")
    still_moving: bool = Field(description="It still changed when it was read the last time.")
    values_rewritten: int
    replacements: int
    values_unparsed: int
    binary_values_with_source_url: int
    definition_changes: list[str]
    warnings: list[Warned]
    last_key: list[str | None] | None = Field(description="Key of the last row, base64 of the values' text.")
    vanished: bool = Field(description="The source dropped it during the copy.")


class SchemaObjects(_Part):
    """Views and triggers, those that the target refused, and what the source did not hand out."""

    views: int
    views_refused: list[Reason]
    triggers: int
    triggers_refused: list[Reason]
    skipped: list[Reason]


class Rewriting(_Part):
    """What was replaced by what, and how often, in all tables."""

    urls: list[tuple[str, str]]
    paths: list[tuple[str, str]]
    values: int
    replacements: int
    values_unparsed: int


class Finalised(_Part):
    """What made the copy a site of its own."""

    admin_user: str
    drop_ins_set_aside: list[str]
    sessions_removed: int
    agent_deactivated: bool


class Leftover(_Part):
    """A column that still holds a URL of the source."""

    table: str
    column: str
    rows: int = Field(description="At most 1,000 are looked at.")


class Verified(_Part):
    """What was compared after the copy."""

    files: int = Field(description="Files whose sha256 on disk is the one that the source sent.")
    tables: int = Field(description="Tables whose rows in the clone are those that were written.")
    leftovers: list[Leftover]


class Report(_Part):
    """The report of one finished copy."""

    format: Literal[1] = 1
    engine: str
    seconds: dict[str, float] = Field(description="Per step.")
    peak_memory_mb: float = Field(description="Largest resident size of the engine's process so far.")
    source: Source
    target: Target
    files: Files
    tables: list[Table]
    schema_objects: SchemaObjects
    rewriting: Rewriting
    finalise: Finalised
    verify: Verified


def json_schema() -> dict[str, Any]:
    """The report's JSON schema (draft 2020-12)."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Report.model_json_schema()}
