"""What all parts of a request share: unknown fields are errors, and no error repeats an input value."""

from pydantic import BaseModel, ConfigDict


class RequestModel(BaseModel):
    """Base of all that callers send."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
