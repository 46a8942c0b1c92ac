"""A source site as a caller gives it: where it is, how to get in, and what to do where the usual way does not work."""

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from api.domain.keys import AgentKey, parse_key
from api.domain.request_model import RequestModel
from api.domain.source_url import MAX_LENGTH, parse_page_url, parse_source_url

MAX_USERNAME = 100  # an e-mail address may be a login too; wp_users.user_email has 100 characters
MAX_PASSWORD = 4096  # WordPress refuses longer ones (wp_check_password)


def _checked_key(value: SecretStr | None) -> SecretStr | None:
    if value is None:
        return None
    try:
        parse_key(value.get_secret_value())
    except ValueError:
        raise ValueError("This is no key of the migration plugin: cm_ and 81 further characters.") from None
    return value


def _revealed(value: object) -> object:
    """Return a dumped value with its secrets in clear."""
    if isinstance(value, dict):
        return {name: _revealed(inner) for name, inner in value.items()}
    return value.get_secret_value() if isinstance(value, SecretStr) else value


class BasicAuth(RequestModel):
    """What the web server in front of a site asks for (RFC 7617): a user name without colon, and a password."""

    username: Annotated[str, Field(min_length=1, max_length=MAX_USERNAME, pattern=r"^[^\x00-\x1f\x7f:]+$")]
    password: Annotated[SecretStr, Field(min_length=1, max_length=MAX_PASSWORD)]


class SourceLogin(RequestModel):
    """A live WordPress site, and how to get in: as an administrator, or with a standing key that its owner made."""

    url: Annotated[str, Field(max_length=MAX_LENGTH), AfterValidator(parse_source_url)]
    api_key: Annotated[SecretStr | None, AfterValidator(_checked_key)] = None
    username: Annotated[
        str | None, Field(min_length=1, max_length=MAX_USERNAME, pattern=r"^[^\x00-\x1f\x7f]+$", validate_default=True)
    ] = None
    password: Annotated[SecretStr | None, Field(min_length=1, max_length=MAX_PASSWORD, validate_default=True)] = None
    basic_auth: BasicAuth | None = None

    @field_validator("username", "password")
    @classmethod
    def _one_way_in(cls, value: object, info: ValidationInfo) -> object:
        """Want user name and password, or the key."""
        if "api_key" not in info.data:
            return value  # it was refused, which is told already
        key = info.data["api_key"]
        if value is None and key is None:
            raise PydanticCustomError("missing", "Field required")
        if value is not None and key is not None:
            raise ValueError("Give either api_key, or username and password.")
        return value

    @property
    def standing_key(self) -> AgentKey | None:
        """The key of `api_key`, None where there is a login."""
        return parse_key(self.api_key.get_secret_value()) if self.api_key else None

    def for_hashing(self) -> dict[str, object]:
        """Return what was given, secrets in clear: only for `api.domain.idempotency`."""
        given = self.model_dump(exclude_none=True)
        return {name: _revealed(value) for name, value in given.items()}


class SourceOptions(RequestModel):
    """How a source may be entered, where the usual way does not do.

    `login_url` is where its login form is; `allow_insecure` lets the password travel by plain http.
    """

    login_url: Annotated[str, Field(max_length=MAX_LENGTH), AfterValidator(parse_page_url), Field(repr=False)] = ""
    allow_insecure: Annotated[bool, Field(strict=True)] = False

    @property
    def room_bytes(self) -> int | None:
        """How large the source may be, None where nothing was said about it."""
        return None
