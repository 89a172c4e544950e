"""Guessing slips costs time: whoever types unknown numbers at a tablet waits longer and longer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from kiosk.core.errors import Refused

#: Old eyes may read a slip wrongly a few times, one voter after another.
FREE = 5
LONGEST = 60.0
#: Seconds without an unknown number after which a tablet begins anew.
FORGETS_AFTER = 600.0


@dataclass
class SlipThrottle:
    """Five unknown numbers of a device are free, then 2, 4, 8 … 60 s between two questions.

    A right number forgives nothing: who holds one slip could try others between its questions.
    Memory only; the numbers themselves are kept nowhere.
    """

    clock: Callable[[], float] = time.monotonic
    _unknown: dict[int, tuple[int, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ensure_may_try(self, device: int) -> None:
        """Refused with `ballot_slips_wait`."""
        with self._lock:
            count, last = self._unknown.get(device, (0, 0.0))
        left = last + self._pause(count) - self.clock()
        if left > 0:
            raise Refused("ballot_slips_wait", seconds=int(left) + 1)

    def note_unknown(self, device: int) -> None:
        with self._lock:
            count, last = self._unknown.get(device, (0, 0.0))
            now = self.clock()
            kept = count if now - last < FORGETS_AFTER else 0
            self._unknown[device] = (kept + 1, now)

    @staticmethod
    def _pause(count: int) -> float:
        return 0.0 if count < FREE else min(2.0 ** (min(count, 60) - FREE + 1), LONGEST)
