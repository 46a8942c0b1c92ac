"""Lines and hosts that lie: each has a status and a sentence of its own, and nothing half-made can be seen."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from tests.engine.harness import Bench
from tests.engine.process import Clone, Outcome
from tests.engine.proxy import ANSWER_MAGIC, Call, running_proxy

pytestmark = pytest.mark.engine
Change = Callable[[Call, str], None]


def corrupt_frame(call: Call, key: str) -> None:
    """One byte in the middle of the rows is another."""
    if call.op == "db.rows":
        middle = len(call.body) // 2
        call.body = call.body[:middle] + bytes([call.body[middle] ^ 1]) + call.body[middle + 1 :]


def wrong_hash(call: Call, key: str) -> None:
    """A file's bytes are not those that were hashed; the signature is of the hash."""
    if call.op == "files.read":
        call.body = call.body[:-1] + bytes([call.body[-1] ^ 1])


def truncated(call: Call, key: str) -> None:
    """An answer ends early."""
    if call.op == "files.read":
        call.body = call.body[: len(call.body) // 2]


class OfAnotherCall:
    """Rows are answered with what an earlier call was answered."""

    def __init__(self) -> None:
        self.earlier = b""

    def __call__(self, call: Call, key: str) -> None:
        if call.op == "db.rows":
            call.body = self.earlier
        self.earlier = call.body


def no_answer(call: Call, key: str) -> None:
    """The connection is closed instead of an answer."""
    if call.op == "files.read":
        call.cut = 0


def internal_error(call: Call, key: str) -> None:
    """The agent says that PHP broke off."""
    if call.op == "db.rows":
        call.answer(b'{"code":"internal","message":"x"}', key, "error")


def ordinary_page(call: Call, key: str) -> None:
    """The site answers as if there were no agent."""
    call.body = b"<!DOCTYPE html><title>A garden</title>"


def hostile_structure(call: Call, key: str) -> None:
    """A table's name leads out of the site."""
    if call.op == "db.tables":
        call.answer(call.payload().replace(b'"wp_posts"', b'"mysql.user"'), key)


@dataclass(frozen=True)
class Case:
    """What is done to answers, and how the engine ends."""

    change: Change
    status: int
    code: str


CASES = {
    "no-answer": Case(no_answer, 10, "SOURCE_UNREACHABLE"),
    "internal-error": Case(internal_error, 11, "SOURCE_INTERNAL"),
    "corrupt-frame": Case(corrupt_frame, 12, "SOURCE_ANSWER_DAMAGED"),
    "answer-of-another-call": Case(OfAnotherCall(), 12, "SOURCE_ANSWER_DAMAGED"),
    "truncated-answer": Case(truncated, 13, "SOURCE_ANSWER_TRUNCATED"),
    "wrong-hash": Case(wrong_hash, 14, "SOURCE_DIGEST_MISMATCH"),
    "no-agent": Case(ordinary_page, 23, "SOURCE_AGENT_MISSING"),
    "hostile-structure": Case(hostile_structure, 27, "SOURCE_DATA_INVALID"),
}


@pytest.fixture(scope="module")
def runs(bench: Bench) -> Iterator[dict[str, tuple[Clone, Outcome]]]:
    """One run per case, all at the same time: most of a run is the pauses between its attempts."""
    site, target = bench.mysql_site, bench.target
    with ExitStack() as stack, ThreadPoolExecutor(len(CASES)) as pool:
        engines = {}
        for name, case in CASES.items():
            proxy, clone, key = (
                stack.enter_context(running_proxy(bench.web.container.port)),
                stack.enter_context(bench.clone(target)),
                site.new_key(),
            )
            proxy.answering = _changing(case.change, key)
            engines[name] = clone, clone.start(site.home, key, proxy.url)
        outcomes = pool.map(lambda started: started[1].wait(), engines.values())
        yield {name: (engines[name][0], outcome) for name, outcome in zip(engines, outcomes, strict=True)}


def _changing(change: Change, key: str) -> Callable[[Call], None]:
    return lambda call: change(call, key)


@pytest.mark.parametrize("name", CASES)
def test_a_bad_line_has_a_status_of_its_own(runs: dict[str, tuple[Clone, Outcome]], name: str) -> None:
    clone, outcome = runs[name]
    assert (outcome.status, outcome.code) == (CASES[name].status, CASES[name].code), outcome.text
    assert outcome.message
    assert not (clone.root / "wp-config.php").exists()
    state, _, _ = clone.progress()
    assert state == ("running" if outcome.status < 20 else "failed")


def test_every_bad_line_has_a_sentence_of_its_own(runs: dict[str, tuple[Clone, Outcome]]) -> None:
    sentences = {CASES[name].code: outcome.message for name, (_, outcome) in runs.items()}
    assert len(set(sentences.values())) == len(sentences)
    assert not any(ANSWER_MAGIC.decode() in sentence or "cm_" in sentence for sentence in sentences.values())
