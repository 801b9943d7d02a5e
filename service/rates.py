"""How often a client may ask: a token bucket each, in memory."""

import time
from collections import OrderedDict
from collections.abc import Callable

_CLIENTS = 10_000
"""Clients remembered; the one not seen for longest is forgotten first."""


class Rates:
    """Buckets that hold a minute's requests and fill steadily.

    Args:
        a_minute: requests a minute; 0 for no limit.
        now: the clock, in seconds.

    """

    def __init__(self, a_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        self._capacity = float(a_minute)
        self._now = now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> float:
        """Count a request; return 0, or in how many seconds the client may send the next."""
        if not self._capacity:
            return 0.0
        level, at = self._level(client)
        if level < 1:
            return (1 - level) * 60 / self._capacity
        self._buckets[client] = (level - 1, at)
        self._buckets.move_to_end(client)
        if len(self._buckets) > _CLIENTS:
            self._buckets.popitem(last=False)
        return 0.0

    def _level(self, client: str) -> tuple[float, float]:
        now = self._now()
        level, at = self._buckets.get(client, (self._capacity, now))
        return min(self._capacity, level + (now - at) * self._capacity / 60), now
