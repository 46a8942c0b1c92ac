"""What all refusals of a source share: a sentence that says what to do, and the way out that is left."""

from typing import ClassVar

from api.domain.errors import SourceRefused

BY_HAND = (
    " Or install the migration plugin by hand, make a standing key with it, and give that key as source.api_key"
    " instead of user name and password."
)


class Refusal(SourceRefused):
    """A cause with a code of its own. `sentence` is the detail where whoever raises it knows nothing more precise.

    `by_hand` says that the plugin, installed by hand, gets around the cause; the sentence then says so too. `reason`
    repeats the code: callers of the API's first version find it there, beside `SOURCE_REFUSED`.
    """

    sentence: ClassVar[str]
    by_hand: ClassVar[bool] = False

    def __init__(self, detail: str = "", *, retry_after: int | None = None) -> None:
        way_out = BY_HAND if self.by_hand else ""
        super().__init__((detail or self.sentence) + way_out, reason=self.code, retry_after=retry_after)
