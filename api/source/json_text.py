"""JSON out of an answer that a site may have put other text in front of: PHP prints its warnings where it likes."""

import json
import re

_STARTS = re.compile(r"\{\s*\"")
_TRIES = 20  # a warning may hold a brace or two


def parse_object(text: str) -> dict[str, object] | None:
    """Return the first JSON object in `text`, None if there is none."""
    decoder = json.JSONDecoder()
    for _, start in zip(range(_TRIES), _STARTS.finditer(text), strict=False):
        try:
            found, _ = decoder.raw_decode(text, start.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            return found
    return None
