"""Whether there is room for another clone, and which load balancer (shard) leads to it: the one with the fewest.

An ALB takes 100 target groups, one for each clone, and fails as a whole beyond (AWS, "Quotas for your Application Load
Balancers"). Nothing is reserved on a shard: clones that are being made at the same time, here or in another facade, do
not see each other, so a shard may get a few more than MOST_CLONES. The 20 up to the limit are for these and for objects
of kubectl.
"""

import logging
from collections import Counter

from api.cloning.ports import Ports
from api.domain.errors import NoCapacity

logger = logging.getLogger(__name__)

MOST_CLONES = 80  # on one shard


class Placement:
    """Counts clones: `max_clones` in all, on shards that are numbered from 1 to `shards`.

    With 0 shards no load balancer has a limit, and the definition's default leads to the clone.
    """

    def __init__(self, ports: Ports, max_clones: int, shards: int) -> None:
        self._ports = ports
        self._max_clones = max_clones
        self._shards = shards

    def require_room(self) -> None:
        """Raise NoCapacity if as many clones live as there may be, or all shards are full."""
        living = sum(intent.phase != "Failed" for intent in self._ports.intents.list())
        if living >= self._max_clones:
            logger.warning("no room for another clone", extra={"clones": living})
            raise NoCapacity(
                f"There are {living} clones, and at most {self._max_clones} at one time. Delete one, or wait until one"
                " expires."
            )
        self._choose()

    def for_object(self) -> dict[str, object]:
        """Return what a WordPressClone has to say to be placed; raises NoCapacity."""
        shard = self._choose()
        return {} if shard is None else {"ingress": {"shard": shard}}

    def _choose(self) -> int | None:
        """Return the shard with the fewest clones, those that are being deleted counted; None without a limit."""
        if not self._shards:
            return None
        taken = Counter(state.shard for state in self._ports.objects.list())
        shard = min(range(1, self._shards + 1), key=lambda number: taken[number])
        if taken[shard] >= MOST_CLONES:
            logger.warning("no shard has room", extra={"clones": taken.total(), "shards": self._shards})
            raise NoCapacity(
                f"All load balancers have {MOST_CLONES} clones. Delete one that you do not need, or wait until one"
                " expires."
            )
        return shard
