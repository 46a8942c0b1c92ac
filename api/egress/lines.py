"""Squid's protocols with its helper programs: a question a line, an answer a line (wiki.squid-cache.org, AddonHelpers).

Nothing of a question is ever logged: it may hold a password, or a URL's query.
"""

import re
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from urllib.parse import unquote

from api.domain.egress import EgressKeys
from api.egress.gate import Decision, Verdict

Write = Callable[[str], object]
Decide = Callable[[str, str, int], Decision]

_PLAIN = re.compile(r"http://[^/?#]*(.*)", re.IGNORECASE | re.DOTALL)


def authenticate(keys: EgressKeys, lines: Iterable[str], write: Write) -> None:
    """Answer `user password`, both percent-encoded, with OK or ERR, in order."""
    for line in lines:
        user, _, password = line.strip().partition(" ")
        write("OK\n" if keys.is_password(unquote(user), unquote(password)) else "ERR\n")


def rewrite(decide: Decide, lines: Iterable[str], write: Write, threads: Executor) -> None:
    """Answer `channel URL user host port` with the URL to ask instead, in which the address stands for the host.

    Several at a time, in any order: `channel` tells which question an answer belongs to. `write` is called from several
    threads. A refusal names its verdict and no URL; what is no question gets an answer that opens nothing.
    """
    for line in lines:
        threads.submit(_answer, decide, line, write)


def _answer(decide: Decide, line: str, write: Write) -> None:
    channel, _, question = line.strip().partition(" ")
    try:
        url, user, host, port = question.split(" ")
        decision = decide(unquote(user), unquote(host), int(port))
    except Exception:  # noqa: BLE001 - whatever it was: no answer would leave the client waiting for ever
        write(f"{channel} ERR verdict_={Verdict.UNDECIDED}\n")
        return
    if decision.verdict is not Verdict.OPEN:
        write(f"{channel} ERR verdict_={decision.verdict}\n")
        return
    target = _quoted(pinned(url, decision.address, int(port)))
    write(f'{channel} OK rewrite-url="{target}" verdict_={decision.verdict}\n')


def pinned(url: str, address: str, port: int) -> str:
    """Return a request's target with an address in place of the host: of an absolute URL, else of CONNECT's."""
    authority = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    plain = _PLAIN.match(url)
    return f"http://{authority}{plain[1]}" if plain else authority


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
