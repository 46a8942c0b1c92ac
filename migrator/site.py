"""What a source says about itself: the agent's answers as checked values.

A source is not trusted: every field is validated before anything is derived from it. A wrong type or an impossible
value ends the run as SourceDataInvalid and never reaches a path, a statement or a configuration file.
"""

import base64
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from migrator.errors import SourceDataInvalid


class AnswerModel(BaseModel):
    """A part of an answer; what we do not know in it is ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


Model = TypeVar("Model", bound=AnswerModel)


def _no_control_characters(text: str) -> str:
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise ValueError("control character")
    return text


def _encodable(text: str) -> str:
    """JSON can carry lone surrogates (`\\ud800`), which no file name, statement or log line can."""
    text.encode()  # a UnicodeEncodeError is a ValueError
    return text


def _from_base64(value: object) -> bytes:
    if not isinstance(value, str):
        raise ValueError("not base64")  # noqa: TRY004 - pydantic turns ValueError, not TypeError, into its own error
    return base64.b64decode(value, validate=True)


def php_array(value: object) -> object:
    """PHP encodes an empty associative array as a JSON list."""
    return {} if value == [] else value


Text = Annotated[str, AfterValidator(_encodable)]
Line = Annotated[str, Field(max_length=4096), AfterValidator(_encodable), AfterValidator(_no_control_characters)]
Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{0,64}$")]
Name = Annotated[
    str, Field(min_length=1, max_length=64), AfterValidator(_encodable), AfterValidator(_no_control_characters)
]
Encoded = Annotated[bytes, BeforeValidator(_from_base64)]
Scalar = bool | int | float | Text
RootName = Literal["core", "content", "plugins", "mu_plugins", "uploads"]


class WordPress(AnswerModel):
    """The site as WordPress sees it. URLs without trailing slash; prefix is that of the tables."""

    version: Line
    home: Line
    siteurl: Line
    content_url: Line = ""
    plugins_url: Line = ""
    mu_plugins_url: Line = ""
    uploads_url: Line = ""
    prefix: Word
    charset: Word = "utf8mb4"
    collate: Word = ""
    multisite: bool = False


class Roots(AnswerModel):
    """Absolute directories of the site."""

    core: Line
    content: Line
    plugins: Line = ""
    mu_plugins: Line = ""
    uploads: Line = ""


class Php(AnswerModel):
    """The source's PHP."""

    version: Line = ""
    extensions: list[Line] = []


class SourceDatabase(AnswerModel):
    """The source's database server."""

    server: Line = ""
    version: Line = ""


class Limits(AnswerModel):
    """What one call to this host may carry, in bytes."""

    budget: int = Field(default=4_194_304, ge=4096)


class SourceKey(AnswerModel):
    """What the source says of the key that we call with: `clone` was made for one copy, `standing` by its owner."""

    purpose: Line = "clone"


class Site(AnswerModel):
    """The answer to `hello`."""

    protocol: int
    agent_version: Line = ""
    wordpress: WordPress
    roots: Roots
    roots_to_walk: list[tuple[RootName, Line]]
    php: Php = Php()
    database: SourceDatabase = SourceDatabase()
    constants: Annotated[dict[Line, Scalar], BeforeValidator(php_array)] = {}
    limits: Limits = Limits()
    key: SourceKey = SourceKey()


class FilePage(AnswerModel):
    """One page of a root's files: entries are (percent-encoded path, `f` or `d`, size in bytes, mtime in seconds)."""

    entries: list[tuple[Text, Literal["f", "d"], Annotated[int, Field(ge=0)], int]]
    next: Text | None
    skipped: list[tuple[Text, Text]] = []


class Column(AnswerModel):
    """A column: `type` is the full column type, e.g. `varchar(191)`."""

    name: Name
    type: Line
    charset: Line | None = None
    collation: Line | None = None
    generated: bool = False
    nullable: bool = True


class Table(AnswerModel):
    """A table or view: its DDL as SHOW CREATE gives it, and the key (None: no usable key) that pages go by."""

    name: Name
    type: Literal["table", "view"]
    bytes: int = 0
    create: Encoded
    columns: list[Column] = []
    key: list[Name] | None = None
    collation: Line | None = None

    @property
    def stored_columns(self) -> list[Column]:
        """The columns that are copied; generated ones are computed by the target."""
        return [column for column in self.columns if not column.generated]


class Trigger(AnswerModel):
    """A trigger: `statement` is its body."""

    name: Name
    table: Name
    timing: Literal["BEFORE", "AFTER"]
    event: Literal["INSERT", "UPDATE", "DELETE"]
    statement: Encoded


class FileFrame(AnswerModel):
    """The header of a piece of a file; `sha256` is of the piece, size and mtime of the file after reading.

    Where `error` says why there is no piece, the others are null.
    """

    index: Annotated[int, Field(ge=0)]
    offset: Annotated[int, Field(ge=0)] = 0
    length: Annotated[int, Field(ge=0)] = 0
    size: Annotated[int, Field(ge=0, lt=2**62)] | None = None
    mtime: Annotated[int, Field(gt=-(2**40), lt=2**40)] | None = None
    sha256: Text | None = None
    eof: bool = False
    error: Text | None = None


def checked(model: type[Model], value: Mapping[str, Any] | object) -> Model:
    """Validate an answer; raises SourceDataInvalid naming the field, never repeating the value."""
    try:
        return model.model_validate(value)
    except ValidationError as cause:
        where = ".".join(_spelt(part) for part in cause.errors()[0]["loc"])
        raise SourceDataInvalid(f"The source's agent sent an answer with a wrong field ({where}).") from cause


def _spelt(part: int | str) -> str:
    """A step to a field; where it is a name that the source chose, only if it is harmless."""
    return str(part) if re.fullmatch(r"\w{1,64}", str(part), re.ASCII) else "?"
