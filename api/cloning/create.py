"""Making a clone, in an order in which a crash at any point can be seen and undone.

    record of intent → source prepared, key registered → database → object → Ready → its URL answers

1. The Secret with the record comes first and is removed last: whatever a killed process leaves, the record tells
   whose it is; the controller's sweep takes it from there (`PREPARATION_INTERRUPTED`).
2. Each further thing is noted for undoing before it is tried, and undone in reverse: object and its parts, database,
   source key, Secret. Where the object does not go in time, the controller's finalizer on it does the rest.
3. A failure while the caller waits: all is undone, the problem is the answer. After a 202, or where there are
   screenshots to be looked at: all is undone but the record, which says step, code and why, without values. An import
   that fails after a 202 leaves the object, which says the same.
4. Once the record says `Created` nothing but a failed import takes the clone back.
"""

import logging
from collections.abc import Callable

from api.cloning.attendance import Attendance
from api.cloning.begin import Beginner
from api.cloning.build import build
from api.cloning.heartbeat import Heartbeat
from api.cloning.placement import Placement
from api.cloning.ports import Clock, Ports
from api.cloning.ready import answer_of, await_ready
from api.cloning.run import Removed, Run
from api.cloning.timings import Timings
from api.cloning.undo import UndoStack
from api.domain.codes import from_record
from api.domain.errors import CloneError, ImportFailed, InternalError, PreparationInterrupted
from api.domain.intent import Intent
from api.domain.models import CloneAnswer, CloneRequest

logger = logging.getLogger(__name__)

Report = Callable[[str, dict[str, float]], None]


class CloneCreator:
    """Makes clones where `placement` has room for them; safe to share between threads.

    `report` is told each outcome (a code) with its timings.
    """

    def __init__(self, ports: Ports, clock: Clock, report: Report, placement: Placement) -> None:
        self._ports = ports
        self._clock = clock
        self._report = report
        self._placement = placement
        self._beginner = Beginner(ports.intents, clock, ports.egress, placement.require_room)

    def create(
        self, request: CloneRequest, caller: str, idempotency_key: str | None, attendance: Attendance
    ) -> CloneAnswer | None:
        """Make a clone, or find the one that the same call made before.

        Returns the answer, or None if the caller was told to come back. Raises any CloneError to a caller who waits.
        """
        timings = Timings(self._clock.monotonic, "accepted")
        begun = self._beginner.begin(request, caller, idempotency_key, attended=attendance.is_present)
        attendance.start(begun.name)
        if isinstance(begun, Intent):
            return self._answer_again(begun, attendance, timings)
        logger.info("clone accepted", extra={"clone": begun.name, "caller": caller, "source": request.source.url})
        return self._create(Run(begun, attendance, timings, UndoStack(begun.name)), request)

    def _create(self, run: Run, request: CloneRequest) -> CloneAnswer | None:
        try:
            with Heartbeat(self._ports.intents, run.name, lambda: run.attendance.is_present):
                build(self._ports, self._placement, run, request)
            answer = self._await(run, request.source.url)
        except Exception as error:
            problem = self._problem(run, error)
            self._undo(run, problem)
            raise problem from error
        self._report("READY" if answer else "ACCEPTED", run.timings.seconds())
        logger.info("clone ready" if answer else "clone handed over", extra=run.facts())
        return answer

    def _await(self, run: Run, given_url: str) -> CloneAnswer | None:
        state = await_ready(self._ports, run.name, run.attendance, run.timings)
        return answer_of(self._ports, state, run.begun.secrets, run.timings, given_url) if state else None

    def _problem(self, run: Run, error: Exception) -> CloneError:
        if isinstance(error, CloneError):
            logger.warning(
                "clone failed", extra=run.facts() | {"code": error.code, "reason": error.reason, "detail": error.detail}
            )
            problem = error
        else:
            logger.error("clone failed by a defect", extra=run.facts(), exc_info=error)
            problem = InternalError("The clone could not be made because of a defect in this service.")
        self._report(problem.code, run.timings.seconds())
        return problem

    def _undo(self, run: Run, problem: CloneError) -> None:
        """Take back what was done; see the module for what stays when nobody waits for the answer."""
        if isinstance(problem, ImportFailed):
            run.undo.forget("source key")  # the engine has revoked it
        if (run.attendance.claim() and not problem.screenshots) or isinstance(problem, Removed):
            run.undo.run()
        elif not isinstance(problem, ImportFailed):
            run.undo.forget("record")
            run.undo.run()
            self._record(run, problem)

    def _record(self, run: Run, problem: CloneError) -> None:
        intents, said, code = self._ports.intents, problem.detail, problem.code
        try:
            intents.drop_values(run.name)
            kept = self._keep_screenshots(run, problem)
            intents.update(run.name, phase="Failed", step=run.timings.phase, message=said, code=code, screenshots=kept)
        except CloneError as error:  # its heartbeat stops now, and the sweep finds it by that
            logger.warning("could not record the failure", extra=run.facts() | {"code": error.code})

    def _keep_screenshots(self, run: Run, problem: CloneError) -> int:
        if not problem.screenshots:
            return 0
        self._ports.screenshots.keep(run.name, problem.screenshots)
        problem.kept_as = run.name
        return len(problem.screenshots)

    def _answer_again(self, intent: Intent, attendance: Attendance, timings: Timings) -> CloneAnswer | None:
        """Answer a repeated call with the clone that the first one made, whatever became of it."""
        if self._ports.objects.get(intent.name) is None:
            self._refuse_failed(intent)
        state = await_ready(self._ports, intent.name, attendance, timings)
        if state is None and self._is_gone(
            intent.name
        ):  # the facade that made it has died meanwhile, and it was undone
            raise PreparationInterrupted(PreparationInterrupted.sentence)
        secrets = self._ports.intents.read_secrets(intent.name) if state else None
        return answer_of(self._ports, state, secrets, None, intent.source_url) if state and secrets else None

    def _is_gone(self, name: str) -> bool:
        return self._ports.intents.read(name) is None and self._ports.objects.get(name) is None

    def _refuse_failed(self, intent: Intent) -> None:
        if intent.phase == "Failed":
            problem = from_record(intent.code, intent.message)
            problem.kept_as = intent.name if intent.screenshots else ""
            raise problem
        if intent.phase == "Created":
            raise Removed(intent.name)
        if intent.is_interrupted(self._clock.now()):
            raise PreparationInterrupted(PreparationInterrupted.sentence)
