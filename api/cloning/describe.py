"""What a clone looks like to a caller: from its object where there is one, else from its record of intent."""

from collections.abc import Callable

from api.cloning.failure import failure_of
from api.cloning.ports import Clock, Ports
from api.cloning.ready import credentials_of
from api.domain.clone import CloneState
from api.domain.errors import NotFound, NotReady, PreparationInterrupted
from api.domain.intent import CloneSecrets, Intent
from api.domain.models import CloneCredentials, CloneView
from api.domain.names import is_name


class CloneDescriber:
    """Reads clones."""

    def __init__(self, ports: Ports, clock: Clock) -> None:
        self._ports = ports
        self._clock = clock

    def list(self) -> list[CloneView]:
        """Return all clones, newest first.

        Records are read before objects: a clone whose object appears between the two reads is seen once, as an object.
        """
        intents = {intent.name: intent for intent in self._ports.intents.list()}
        objects = {state.name: state for state in self._ports.objects.list()}
        views = [self._from_object(state) for state in objects.values()]
        views += [self._from_intent(intent) for name, intent in intents.items() if name not in objects]
        return sorted(views, key=lambda view: (view.created_at, view.name), reverse=True)

    def get(self, name: str) -> CloneView:
        """Return one clone; raises NotFound."""
        return self._find(name, self._from_object, self._from_intent)

    def credentials(self, name: str) -> CloneCredentials:
        """Return how to log in to a clone; raises what `ready` does."""
        return credentials_of(self._ports, *self.ready(name))

    def ready(self, name: str) -> tuple[CloneState, CloneSecrets]:
        """Return a clone and its secrets; raises NotFound, or NotReady in any phase but Ready."""
        state = self._ports.objects.get(name) if is_name(name) else None
        if state is None:
            raise NotReady(f"The clone {name} is {self.get(name).phase}: it has no login yet.")
        secrets = self._ports.intents.read_secrets(name)
        if state.phase != "Ready" or secrets is None:
            raise NotReady(f"The clone {name} is {state.phase}: it has no login.")
        return state, secrets

    def screenshots(self, name: str) -> int:
        """Return how many pictures there are of a failed visit at the source; raises NotFound."""
        return self.get(name).screenshots

    def screenshot(self, name: str, number: int) -> bytes:
        """Return one of them, counted from 1; raises NotFound."""
        image = self._ports.screenshots.read(name, number) if is_name(name) else None
        if image is None:
            raise NotFound("There is no such screenshot.")
        return image

    def _find(
        self,
        name: str,
        from_object: Callable[[CloneState], CloneView],
        from_intent: Callable[[Intent], CloneView],
    ) -> CloneView:
        state = self._ports.objects.get(name) if is_name(name) else None
        if state is not None:
            return from_object(state)
        intent = self._ports.intents.read(name) if is_name(name) else None
        if intent is None:
            raise NotFound(f"There is no clone {name[:64]}.")
        return from_intent(intent)

    def _from_object(self, state: CloneState) -> CloneView:
        failed = state.phase in ("Failed", "Lost") and not state.deleting
        failure = failure_of(self._ports.progress, state) if failed else None
        return CloneView(
            name=state.name,
            phase="Deleting" if state.deleting else state.phase,
            percent=state.percent,
            step=failure.step if failure else state.step,
            message=failure.message if failure else state.message,
            code=failure.code if failure else None,
            source_url=state.source_url,
            clone_url=state.url,
            created_at=state.created,
            expires_at=state.expires_at,
            ttl_minutes=state.ttl_minutes,
        )

    def _from_intent(self, intent: Intent) -> CloneView:
        interrupted = intent.is_interrupted(self._clock.now())
        failed = interrupted or intent.phase == "Failed"
        return CloneView(
            name=intent.name,
            phase="Failed" if failed else "Deleting" if intent.phase == "Created" else intent.phase,
            percent=0,
            step=intent.step,
            message=PreparationInterrupted.sentence if interrupted else intent.message,
            code=PreparationInterrupted.code if interrupted else intent.code if failed else None,
            source_url=intent.source_url,
            clone_url="",
            created_at=intent.created,
            expires_at=None,
            ttl_minutes=intent.ttl_minutes,
            screenshots=intent.screenshots,
        )
