"""Changing a clone that lives: how long it lives, and whether it rests. All else is fixed when it is made."""

from collections.abc import Mapping

from api.cloning.ports import Ports
from api.domain.errors import NotFound, NotReady
from api.domain.names import is_name


class CloneChanger:
    """Changes clones."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def change(self, name: str, spec: Mapping[str, object]) -> None:
        """Set fields of a clone's object.

        Raises NotFound; NotReady while there is only its record; InvalidRequest, in the cluster's words, for what the
        object does not allow.
        """
        if not is_name(name):
            raise NotFound("There is no such clone.")
        try:
            self._ports.objects.change(name, spec)
        except NotFound:
            if self._ports.intents.read(name) is None:
                raise NotFound(f"There is no clone {name}.") from None
            raise NotReady(f"The cluster does not have the clone {name} yet: change it when it has.") from None
