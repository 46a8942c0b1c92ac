"""What goes over the wire: requests and answers of the HTTP API, with their bounds.

Unknown fields are errors, numbers are not guessed from strings, and no error ever repeats an input value.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.domain import ttl
from api.domain.egress import HOST_PATTERN, MAX_ALLOWED_HOSTS
from api.domain.php import PhpVersion
from api.domain.request_model import RequestModel
from api.domain.source_login import SourceLogin, SourceOptions


class DatabaseOptions(RequestModel):
    """Where a clone's database is: on the `shared` server, or on a `dedicated` RDS instance of a class."""

    mode: Literal["shared", "dedicated"] = "shared"
    size_class: Annotated[str | None, Field(alias="class", pattern=r"^db\.[a-z0-9]+\.[a-z0-9]+$")] = None


class StorageOptions(RequestModel):
    """Where a clone's files are: `persistent` ones outlive its pod; `size` is what they may take up, 1Gi to 50Gi."""

    persistent: Annotated[bool, Field(strict=True)] = False
    size: Annotated[str, Field(pattern=r"^([1-9]|[1-4][0-9]|50)Gi$")] | None = None


HostName = Annotated[str, Field(max_length=253, pattern=HOST_PATTERN)]


class CloneOptions(SourceOptions):
    """What may differ from one clone to another: all of it may be left out.

    `php_version` is taken instead of the one that is nearest to the source's. A `gated` clone is seen only by those who
    have its password or a login link. `allow_hosts` may be called by its PHP, beside WordPress.org's.
    """

    php_version: PhpVersion | None = None
    access: Literal["open", "gated"] = "open"
    database: DatabaseOptions = DatabaseOptions()
    storage: StorageOptions = StorageOptions()
    allow_hosts: Annotated[tuple[HostName, ...], Field(max_length=MAX_ALLOWED_HOSTS)] = ()

    @property
    def room_bytes(self) -> int | None:
        """The size of the volume that was asked for."""
        return int(self.storage.size.removesuffix("Gi")) * 2**30 if self.storage.size else None

    def for_object(self) -> dict[str, object]:
        """Return the fields of a WordPressClone's spec; for what was left out the definition has defaults."""
        fields = self.model_dump(include={"access", "database", "storage"}, exclude_defaults=True, by_alias=True)
        return fields | ({"allowHosts": list(self.allow_hosts)} if self.allow_hosts else {})


class CloneRequest(RequestModel):
    """The body of `POST /clone`."""

    source: SourceLogin
    ttl_minutes: Annotated[int, Field(strict=True, ge=ttl.MIN_MINUTES, le=ttl.MAX_MINUTES)] = ttl.DEFAULT_MINUTES
    options: CloneOptions = CloneOptions()

    def for_hashing(self) -> dict[str, object]:
        """Return the body's values, secrets in clear: only for `api.domain.idempotency`.

        What was left out stays out, so that a body keeps its hash when fields are added to the API.
        """
        options = self.options.model_dump(exclude_defaults=True)
        return {"source": self.source.for_hashing(), "ttl_minutes": self.ttl_minutes, "options": options}


class CloneChange(RequestModel):
    """The body of `PATCH /clones/{name}`: what is left out stays as it is."""

    ttl_minutes: Annotated[int | None, Field(strict=True, ge=ttl.MIN_MINUTES, le=ttl.MAX_MINUTES)] = None
    suspended: Annotated[bool | None, Field(strict=True)] = None

    def for_object(self) -> dict[str, object]:
        """Return the fields of the object's spec that change."""
        given = {"ttlMinutes": self.ttl_minutes, "suspended": self.suspended}
        return {field: value for field, value in given.items() if value is not None}


class CloneCredentials(BaseModel):
    """How to log in to a clone; `api_key` is the key of the clone's own agent."""

    name: str
    clone_url: str
    wordpress_username: str
    wordpress_password: str = Field(repr=False)
    api_key: str = Field(repr=False)


class CloneAnswer(CloneCredentials):
    """The answer to `POST /clone` when the clone answers. `target_url` is `clone_url` under its older name.

    `timings` has the seconds of each phase; it is missing when an Idempotency-Key brought back an earlier clone.
    """

    success: Literal[True] = True
    target_url: str
    expires_at: datetime
    message: str
    timings: dict[str, float] | None = None


class LoginLink(BaseModel):
    """The answer to `POST /clones/{name}/login-link`: opened in a browser it logs in as the clone's administrator.

    It works once, until `expires_at` (UTC). What stands behind the `#` is secret.
    """

    name: str
    login_url: str
    expires_at: datetime


class CloneAccepted(BaseModel):
    """The answer to `POST /clone` while the clone is still being made; `status_url` tells when it is ready."""

    success: Literal[True] = True
    name: str
    phase: str
    status_url: str
    message: str


class CloneView(BaseModel):
    """A clone as `GET /clones` shows it. Times are in UTC.

    `step` and `message` tell where it is, or which step failed and why; `code` is set for a failed clone only.
    `percent` is that of the import. `expires_at` is null until the cluster has the clone. `screenshots` is how many
    pictures there are of what a browser saw when it did not get into the source.
    """

    name: str
    phase: str
    percent: int
    step: str
    message: str
    code: str | None = None
    source_url: str
    clone_url: str
    created_at: datetime
    expires_at: datetime | None
    ttl_minutes: int
    screenshots: int = 0


class Screenshots(BaseModel):
    """Where the pictures are (PNG) of what a browser saw when it did not get into the source, in their order."""

    screenshots: list[str]


class CloneList(BaseModel):
    """All clones, newest first."""

    clones: list[CloneView]


class Health(BaseModel):
    """The answer to `GET /health`."""

    status: Literal["ok"] = "ok"
    version: str
    platform: Literal["kubernetes"] = "kubernetes"


class Readiness(BaseModel):
    """The answer to `GET /ready`: what answers and what does not."""

    ready: bool
    checks: dict[str, bool]


class ProblemField(BaseModel):
    """One field that does not fit."""

    field: str
    detail: str


class Problem(BaseModel):
    """A problem document (RFC 9457, `application/problem+json`) with extensions of ours, from `code` on.

    `screenshots` leads to the pictures of what a browser saw at the source, where one was needed and did not get in.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str
    reason: str | None = None
    errors: list[ProblemField] | None = None
    screenshots: str | None = None


class CodeMeaning(BaseModel):
    """What a problem's code means."""

    code: str
    status: int
    title: str
    meaning: str
