"""Which load balancer (shard) leads to a new clone: the one with the fewest clones, counted live.

An ALB takes 100 target groups, one for each clone, and fails as a whole beyond (AWS, "Quotas for your Application Load
Balancers"). Nothing is reserved: clones that are being made at the same time, here or in another facade, do not see
each other, so a shard may get a few more than MOST_CLONES. The 20 up to the limit are for these and for objects of
kubectl.
"""

import logging
from collections import Counter

from api.cloning.ports import CloneObjects
from api.domain.errors import NoCapacity

logger = logging.getLogger(__name__)

MOST_CLONES = 80  # on one shard
RETRY_SECONDS = 60  # clones go one by one, at any time


class Placement:
    """Chooses shards, numbered from 1 to `shards`; with 0 nothing has a limit, and the definition has its default."""

    def __init__(self, objects: CloneObjects, shards: int) -> None:
        self._objects = objects
        self._shards = shards

    def choose(self) -> int | None:
        """Return the shard with the fewest clones, those that are being deleted counted; None without a limit.

        Raises NoCapacity when all are full.
        """
        if not self._shards:
            return None
        taken = Counter(state.shard for state in self._objects.list())
        shard = min(range(1, self._shards + 1), key=lambda number: taken[number])
        if taken[shard] >= MOST_CLONES:
            logger.warning("no shard has room", extra={"clones": taken.total(), "shards": self._shards})
            raise NoCapacity(
                f"All load balancers have {MOST_CLONES} clones. Delete one that you do not need, or try again later.",
                retry_after=RETRY_SECONDS,
            )
        return shard

    def for_object(self) -> dict[str, object]:
        """Return what a WordPressClone has to say to be placed; raises NoCapacity."""
        shard = self.choose()
        return {} if shard is None else {"ingress": {"shard": shard}}
