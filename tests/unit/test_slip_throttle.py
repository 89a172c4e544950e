"""Guessed slips cost time, for one tablet, for a while."""

from __future__ import annotations

import pytest

from kiosk.ballot.slip_throttle import FORGETS_AFTER, FREE, LONGEST, SlipThrottle
from kiosk.core.errors import Refused


def test_five_are_free_then_the_pause_grows_and_ends() -> None:
    now = [100.0]
    guesses = SlipThrottle(clock=lambda: now[0])
    waits = []
    for _ in range(FREE + 8):
        guesses.ensure_may_try(1)
        guesses.note_unknown(1)
        try:
            guesses.ensure_may_try(1)
            waits.append(0)
        except Refused as refused:
            waits.append(refused.facts["seconds"])
            now[0] += refused.facts["seconds"]
    assert waits[: FREE - 1] == [0] * (FREE - 1)
    assert waits[FREE - 1 : FREE + 2] == [3, 5, 9]
    assert max(waits) == LONGEST + 1
    guesses.ensure_may_try(2)
    guesses.note_unknown(1)
    with pytest.raises(Refused, match="ballot_slips_wait"):
        guesses.ensure_may_try(1)
    now[0] += FORGETS_AFTER
    guesses.note_unknown(1)
    guesses.ensure_may_try(1)
