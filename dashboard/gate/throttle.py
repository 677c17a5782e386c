"""Bounds how often one address may try to sign in; it must not know what an attempt is."""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

ATTEMPTS = 120
PERIOD = 60.0
MOST_ADDRESSES = 10_000


class Throttle:
    """A bucket of attempts for every address, filled again over the period.

    Past so many addresses the one longest unseen is forgotten, so that memory stays bounded.
    """

    def __init__(
        self, attempts: int = ATTEMPTS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.attempts, self.clock = attempts, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def room(self, address: str) -> bool:
        """Whether one more attempt of an address is let through; counts it where it is."""
        now = self.clock()
        with self._lock:
            left, then = self._left.pop(address, (float(self.attempts), now))
            left = min(self.attempts, left + (now - then) * self.attempts / PERIOD)
            self._left[address] = (left - 1 if left >= 1 else left, now)
            if len(self._left) > MOST_ADDRESSES:
                self._left.popitem(last=False)
        return left >= 1
