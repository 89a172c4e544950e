"""The wall: it shows each change, and finds its way back."""

from __future__ import annotations

import statistics

from kiosk.rehearsal.invariants.registry import Findings, invariant
from kiosk.rehearsal.told import Day

#: Milliseconds within which the hall sees a change (issue 2: "follows within a second").
FOLLOWS_WITHIN = 1000.0


@invariant
def projector_follows(day: Day) -> Findings:
    """The wall shows each change; half of them within a second (issue 2)."""
    missing = sum(lag is None for lag in day.lags)
    findings = [f"{missing} of {len(day.lags)} changes never reached the wall"] if missing else []
    lags = [lag for lag in day.lags if lag is not None]
    if not lags:
        return [*findings, "no change was followed"]
    middle = statistics.median(lags)
    return findings + ([f"median {middle:.0f} ms"] if middle > FOLLOWS_WITHIN else [])


@invariant
def projector_heals(day: Day) -> Findings:
    """After its stream was cut the wall shows the present state again, by itself (lessons 37)."""
    return [] if day.healed else ["the wall stayed behind after its stream was cut"]
