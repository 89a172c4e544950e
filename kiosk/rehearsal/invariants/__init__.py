"""What must be true after a rehearsed day, whatever happened at the gates.

Each invariant is a function from the day to what contradicts it: short findings for a technician,
none when it holds. `check` runs them all. They compare what clients were told with what is stored,
so they hold for any server that speaks the same pages.
"""

from kiosk.rehearsal.invariants import (
    agenda,
    answers,
    ballots,
    book,
    checkup,
    copies,
    cut_off,
    desk,
    encrypted,
    fleet,
    motion,
    pairing,
    papers,
    pledge,
    presence,
    projector,
    secrecy,
    ways,
)
from kiosk.rehearsal.invariants.registry import REGISTERED, Invariant, Maybe
from kiosk.rehearsal.told import Day

#: Findings of one invariant that a report names; a broken server breaks it a thousand times.
MOST_FINDINGS = 5

_IN_ORDER = (
    *(answers, ways, cut_off, desk, presence),
    *(agenda, papers, motion, pledge, book, copies, projector),
    *(pairing, encrypted, fleet, checkup),
    *(ballots, secrecy),
)

#: By name, in the order of the day.
INVARIANTS: dict[str, Invariant] = {
    name: holds
    for part in _IN_ORDER
    for name, holds in REGISTERED.items()
    if holds.__module__ == part.__name__
}


def check(day: Day) -> dict[str, Maybe]:
    """What contradicts each invariant; an empty list where it holds, None where this machine could
    not try it."""
    found = {name: holds(day) for name, holds in INVARIANTS.items()}
    return {
        name: None if findings is None else findings[:MOST_FINDINGS]
        for name, findings in found.items()
    }
