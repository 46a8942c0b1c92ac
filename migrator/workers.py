"""Run several lanes of jobs at once, each with its own number of threads; the first failure stops them all.

Jobs are taken from iterators one by one, so that nothing piles up in memory. A job that takes long asks in between
whether it is still wanted.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

Job = TypeVar("Job")


@dataclass
class Lane(Generic[Job]):
    """Jobs of one kind, what to do with each, and by how many threads."""

    name: str
    jobs: Iterable[Job]
    work: Callable[[Job], None]
    threads: int


def once(name: str, work: Callable[[], None]) -> Lane[None]:
    """A lane that does one thing, beside others."""
    return Lane(name, [None], lambda _: work(), threads=1)


class Stopped(Exception):
    """Ends a job because another one has failed; that one's failure is the one that is raised."""


_of_this_thread = threading.local()


def end_if_stopped() -> None:
    """Raise Stopped if another job of the run that this thread works for has failed."""
    run: _Run | None = getattr(_of_this_thread, "run", None)
    if run is not None and run.stopped.is_set():
        raise Stopped


@dataclass
class _Run:
    failures: list[BaseException] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def drain(self, jobs: Iterator[Job], lock: threading.Lock, work: Callable[[Job], None]) -> None:
        """Take and do jobs until there are none; a failure of any kind is kept and stops every lane."""
        _of_this_thread.run = self
        try:
            while not self.stopped.is_set():
                with lock:
                    job = next(jobs, _END)
                if isinstance(job, _End):
                    return
                work(job)
        except BaseException as failure:  # noqa: BLE001 - handed to the caller's thread, nothing is lost
            self.failures.append(failure)
            self.stopped.set()


class _End:
    """Marks the end of an iterator."""


_END = _End()


def run_lanes(*lanes: Lane[Any]) -> None:
    """Do all jobs of all lanes; raises the first failure when all threads have ended."""
    run = _Run()
    threads: list[threading.Thread] = []
    for lane in lanes:
        jobs, lock = iter(lane.jobs), threading.Lock()
        for number in range(lane.threads):
            name = f"{lane.name}-{number}"
            threads.append(threading.Thread(target=run.drain, args=(jobs, lock, lane.work), name=name, daemon=True))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if run.failures:
        raise run.failures[0]
