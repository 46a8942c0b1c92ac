"""A host that loses a tenth of all calls in the ways that hosts do, the same ones in every run."""

import random
from collections import Counter

from tests.engine.proxy import RESET, Call

SHARE = 0.1
CHALLENGE = b'<html><head><meta http-equiv="refresh" content="0;/.well-known/sgcaptcha/?r=%2F"></head></html>'


class LosesATenth:
    """Spoils answers by the numbers of their calls; the source has done what it was asked for. `lost` counts them."""

    def __init__(self, seed: int = 5) -> None:
        self._seed = seed
        self.lost: Counter[str] = Counter()

    def __call__(self, call: Call) -> None:
        """Spoil an answer, or let it pass."""
        chance = random.Random(f"{self._seed} {call.number}")
        if chance.random() >= SHARE:
            return
        way = chance.choice(("502", "reset", "truncated", "challenge"))
        self.lost[way] += 1
        match way:
            case "502":
                call.status, call.body = 502, b"<h1>Bad Gateway</h1>"
            case "reset":
                call.cut = RESET
            case "truncated":
                call.cut = len(call.body) // 2
            case "challenge":
                call.status, call.body = 202, CHALLENGE
